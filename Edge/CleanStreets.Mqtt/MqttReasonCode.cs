namespace CleanStreets.Mqtt;

/// <summary>Every reason code of MQTT 5.0 §2.4; <see cref="MqttReasonCodes.Sentence"/> says each in one sentence.</summary>
/// <remarks>Values from 0x80 are failures. 3.1.1 knows only the codes of CONNACK and SUBACK; there the nearest one is used.</remarks>
public enum MqttReasonCode : byte
{
    /// <summary>The request was carried out; in DISCONNECT: closed normally, the will is not sent; in SUBACK: granted at most QoS 0.</summary>
    Success = 0x00,

    /// <summary>The subscription is granted and messages arrive with at most QoS 1.</summary>
    GrantedQoS1 = 0x01,

    /// <summary>The subscription is granted and messages arrive with at most QoS 2.</summary>
    GrantedQoS2 = 0x02,

    /// <summary>The client closes and asks that its will is published.</summary>
    DisconnectWithWill = 0x04,

    /// <summary>The message is accepted, but nobody subscribes to its topic.</summary>
    NoMatchingSubscribers = 0x10,

    /// <summary>There was no such subscription to remove.</summary>
    NoSubscriptionExisted = 0x11,

    /// <summary>The authentication goes on with another step.</summary>
    ContinueAuthentication = 0x18,

    /// <summary>The client starts another authentication.</summary>
    Reauthenticate = 0x19,

    /// <summary>The sender does not want to say why, or no other code fits.</summary>
    UnspecifiedError = 0x80,

    /// <summary>The bytes of the packet cannot be read as the specification says.</summary>
    MalformedPacket = 0x81,

    /// <summary>The packet is well formed but not allowed here or now.</summary>
    ProtocolError = 0x82,

    /// <summary>The packet is valid but the receiver cannot handle it.</summary>
    ImplementationSpecificError = 0x83,

    /// <summary>The server does not speak the version of MQTT that the client asked for.</summary>
    UnsupportedProtocolVersion = 0x84,

    /// <summary>The client identifier is well formed but the server does not allow it.</summary>
    ClientIdentifierNotValid = 0x85,

    /// <summary>The server does not accept the user name or password.</summary>
    BadUserNameOrPassword = 0x86,

    /// <summary>The client may not do this.</summary>
    NotAuthorized = 0x87,

    /// <summary>The server cannot serve this client now.</summary>
    ServerUnavailable = 0x88,

    /// <summary>The server has too much to do; try again later.</summary>
    ServerBusy = 0x89,

    /// <summary>The client has been banned by an administrator.</summary>
    Banned = 0x8A,

    /// <summary>The server is stopping.</summary>
    ServerShuttingDown = 0x8B,

    /// <summary>The authentication method is not supported or not the one in use.</summary>
    BadAuthenticationMethod = 0x8C,

    /// <summary>Nothing arrived for one and a half times the keep-alive interval.</summary>
    KeepAliveTimeout = 0x8D,

    /// <summary>Another connection uses the same client identifier.</summary>
    SessionTakenOver = 0x8E,

    /// <summary>The topic filter is well formed but not accepted here.</summary>
    TopicFilterInvalid = 0x8F,

    /// <summary>The topic name is well formed but not accepted here.</summary>
    TopicNameInvalid = 0x90,

    /// <summary>The packet identifier is still in use.</summary>
    PacketIdentifierInUse = 0x91,

    /// <summary>The packet identifier is not known.</summary>
    PacketIdentifierNotFound = 0x92,

    /// <summary>More publishes are unacknowledged than the receiver allowed.</summary>
    ReceiveMaximumExceeded = 0x93,

    /// <summary>The topic alias is zero, above the maximum, or not defined yet.</summary>
    TopicAliasInvalid = 0x94,

    /// <summary>The packet is larger than the receiver accepts.</summary>
    PacketTooLarge = 0x95,

    /// <summary>Messages arrive faster than the receiver accepts.</summary>
    MessageRateTooHigh = 0x96,

    /// <summary>A limit of the receiver has been reached.</summary>
    QuotaExceeded = 0x97,

    /// <summary>The connection is closed by an administrator.</summary>
    AdministrativeAction = 0x98,

    /// <summary>The payload is not what its format indicator says.</summary>
    PayloadFormatInvalid = 0x99,

    /// <summary>The server does not keep retained messages.</summary>
    RetainNotSupported = 0x9A,

    /// <summary>The quality of service is above what the server supports.</summary>
    QoSNotSupported = 0x9B,

    /// <summary>The client should use another server for now.</summary>
    UseAnotherServer = 0x9C,

    /// <summary>The client should use another server from now on.</summary>
    ServerMoved = 0x9D,

    /// <summary>The server does not support shared subscriptions.</summary>
    SharedSubscriptionsNotSupported = 0x9E,

    /// <summary>Connections are made faster than the server allows.</summary>
    ConnectionRateExceeded = 0x9F,

    /// <summary>The connection has lasted as long as the server allows.</summary>
    MaximumConnectTime = 0xA0,

    /// <summary>The server does not support subscription identifiers.</summary>
    SubscriptionIdentifiersNotSupported = 0xA1,

    /// <summary>The server does not support wildcards in subscriptions.</summary>
    WildcardSubscriptionsNotSupported = 0xA2,
}
