namespace CleanStreets.Mqtt.Packets;

/// <summary>The properties of MQTT 5.0 §2.2.2.2.</summary>
internal enum PropertyId : byte
{
    PayloadFormatIndicator = 0x01,
    MessageExpiryInterval = 0x02,
    ContentType = 0x03,
    ResponseTopic = 0x08,
    CorrelationData = 0x09,
    SubscriptionIdentifier = 0x0B,
    SessionExpiryInterval = 0x11,
    AssignedClientIdentifier = 0x12,
    ServerKeepAlive = 0x13,
    AuthenticationMethod = 0x15,
    AuthenticationData = 0x16,
    RequestProblemInformation = 0x17,
    WillDelayInterval = 0x18,
    RequestResponseInformation = 0x19,
    ResponseInformation = 0x1A,
    ServerReference = 0x1C,
    ReasonString = 0x1F,
    ReceiveMaximum = 0x21,
    TopicAliasMaximum = 0x22,
    TopicAlias = 0x23,
    MaximumQoS = 0x24,
    RetainAvailable = 0x25,
    UserProperty = 0x26,
    MaximumPacketSize = 0x27,
    WildcardSubscriptionAvailable = 0x28,
    SubscriptionIdentifierAvailable = 0x29,
    SharedSubscriptionAvailable = 0x2A,
}

/// <summary>How a property's value is written.</summary>
internal enum PropertyKind : byte
{
    /// <summary>No property has this identifier.</summary>
    Unknown,

    /// <summary>One byte that must be 0 or 1.</summary>
    Flag,
    UInt16,
    UInt32,
    Variable,
    Text,
    Binary,
    TextPair,
}

/// <summary>Which property has which form and may stand in which packets (the specification's table 2-4).</summary>
internal static class PropertyTable
{
    public const int Size = 0x2B;

    private const ushort Acknowledgements = 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 9 | 1 << 11;
    private const ushort Messages = 1 << (int)PacketType.Publish | 1 << (int)PacketType.Will;
    private const ushort Connect = 1 << (int)PacketType.Connect;
    private const ushort ConnAck = 1 << (int)PacketType.ConnAck;
    private const ushort Disconnect = 1 << (int)PacketType.Disconnect;
    private const ushort Auth = 1 << (int)PacketType.Auth;
    private const ushort Everywhere = ushort.MaxValue & ~(1 << 12 | 1 << 13);

    private static readonly (PropertyKind Kind, ushort Packets)[] Rows = Build();

    public static PropertyKind KindOf(uint id) => id < Size ? Rows[id].Kind : PropertyKind.Unknown;

    public static bool MayStandIn(uint id, PacketType packet) => (Rows[id].Packets >> (int)packet & 1) != 0;

    /// <summary>The value must not be zero.</summary>
    public static bool ExcludesZero(PropertyId id) =>
        id is PropertyId.ReceiveMaximum or PropertyId.MaximumPacketSize or PropertyId.SubscriptionIdentifier;

    private static (PropertyKind, ushort)[] Build()
    {
        var rows = new (PropertyKind, ushort)[Size];
        void Row(PropertyId id, PropertyKind kind, int packets) => rows[(int)id] = (kind, (ushort)packets);

        Row(PropertyId.PayloadFormatIndicator, PropertyKind.Flag, Messages);
        Row(PropertyId.MessageExpiryInterval, PropertyKind.UInt32, Messages);
        Row(PropertyId.ContentType, PropertyKind.Text, Messages);
        Row(PropertyId.ResponseTopic, PropertyKind.Text, Messages);
        Row(PropertyId.CorrelationData, PropertyKind.Binary, Messages);
        Row(PropertyId.SubscriptionIdentifier, PropertyKind.Variable, 1 << (int)PacketType.Publish | 1 << (int)PacketType.Subscribe);
        Row(PropertyId.SessionExpiryInterval, PropertyKind.UInt32, Connect | ConnAck | Disconnect);
        Row(PropertyId.AssignedClientIdentifier, PropertyKind.Text, ConnAck);
        Row(PropertyId.ServerKeepAlive, PropertyKind.UInt16, ConnAck);
        Row(PropertyId.AuthenticationMethod, PropertyKind.Text, Connect | ConnAck | Auth);
        Row(PropertyId.AuthenticationData, PropertyKind.Binary, Connect | ConnAck | Auth);
        Row(PropertyId.RequestProblemInformation, PropertyKind.Flag, Connect);
        Row(PropertyId.WillDelayInterval, PropertyKind.UInt32, 1 << (int)PacketType.Will);
        Row(PropertyId.RequestResponseInformation, PropertyKind.Flag, Connect);
        Row(PropertyId.ResponseInformation, PropertyKind.Text, ConnAck);
        Row(PropertyId.ServerReference, PropertyKind.Text, ConnAck | Disconnect);
        Row(PropertyId.ReasonString, PropertyKind.Text, ConnAck | Acknowledgements | Disconnect | Auth);
        Row(PropertyId.ReceiveMaximum, PropertyKind.UInt16, Connect | ConnAck);
        Row(PropertyId.TopicAliasMaximum, PropertyKind.UInt16, Connect | ConnAck);
        Row(PropertyId.TopicAlias, PropertyKind.UInt16, 1 << (int)PacketType.Publish);
        Row(PropertyId.MaximumQoS, PropertyKind.Flag, ConnAck);
        Row(PropertyId.RetainAvailable, PropertyKind.Flag, ConnAck);
        Row(PropertyId.UserProperty, PropertyKind.TextPair, Everywhere);
        Row(PropertyId.MaximumPacketSize, PropertyKind.UInt32, Connect | ConnAck);
        Row(PropertyId.WildcardSubscriptionAvailable, PropertyKind.Flag, ConnAck);
        Row(PropertyId.SubscriptionIdentifierAvailable, PropertyKind.Flag, ConnAck);
        Row(PropertyId.SharedSubscriptionAvailable, PropertyKind.Flag, ConnAck);
        return rows;
    }
}
