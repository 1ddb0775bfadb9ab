using System.Buffers;

namespace CleanStreets.Mqtt.Packets;

/// <summary>CONNECT (§3.1): who wants to talk, how, and the will.</summary>
internal ref struct ConnectPacket
{
    public MqttProtocolVersion Version;

    /// <summary>Whether it is MQTT 3.1, which is served as 3.1.1 is: the packets are the same.</summary>
    public bool IsV310;
    public bool CleanStart;
    public ushort KeepAliveSeconds;
    public ReadOnlySpan<byte> ClientId;
    public PropertySet Properties;

    public bool HasWill;
    public QualityOfService WillQualityOfService;
    public bool WillRetain;
    public ReadOnlySpan<byte> WillTopic;
    public ReadOnlySpan<byte> WillPayload;
    public PropertySet WillProperties;

    public bool HasUserName;
    public ReadOnlySpan<byte> UserName;
    public bool HasPassword;
    public ReadOnlySpan<byte> Password;

    /// <summary>Reads the body. <see cref="Version"/> is set as soon as it is known, so that the refusal can be said in the peer's words.</summary>
    public static WireFault Read(byte headerFlags, ReadOnlySpan<byte> body, out ConnectPacket packet)
    {
        var read = default(ConnectPacket);
        var fault = read.Fill(headerFlags, body);
        packet = read;
        return fault;
    }

    private WireFault Fill(byte headerFlags, ReadOnlySpan<byte> body)
    {
        var reader = new SpanReader(body);
        var name = reader.ReadText();
        var level = reader.ReadByte();
        if (reader.Fault.IsFault)
        {
            return reader.Fault;
        }

        IsV310 = name.SequenceEqual("MQIsdp"u8);
        if (!IsV310 && !name.SequenceEqual("MQTT"u8))
        {
            return WireFault.Silent("[MQTT-3.1.2-1] protocol name");
        }

        if (IsV310 ? level != 3 : level is not (4 or 5))
        {
            // A peer that says MQTT hears of a version below ours in the words of 3.1.1, which asks for that in its [MQTT-3.1.2-2].
            Version = level > 5 || IsV310 ? MqttProtocolVersion.V500 : MqttProtocolVersion.V311;
            return new WireFault(MqttReasonCode.UnsupportedProtocolVersion, "[MQTT-3.1.2-2] protocol version");
        }

        if (!IsV310 && headerFlags != 0)
        {
            return WireFault.Silent("[MQTT-2.1.3-1] reserved flag bits of the fixed header");
        }

        Version = IsV310 ? MqttProtocolVersion.V311 : (MqttProtocolVersion)level;
        var flags = reader.ReadByte();
        ReadFlags(ref reader, flags);
        KeepAliveSeconds = reader.ReadUInt16();
        if (Version == MqttProtocolVersion.V500)
        {
            PropertySet.Read(ref reader, PacketType.Connect, out Properties);
            if (Properties.Has(PropertyId.AuthenticationData) && !Properties.Has(PropertyId.AuthenticationMethod))
            {
                reader.Fail(WireFault.Protocol("authentication data without a method (§3.1.2.11.10)"));
            }
        }

        ReadPayload(ref reader);
        reader.ExpectEnd();
        return reader.Fault;
    }

    private void ReadFlags(scoped ref SpanReader reader, byte flags)
    {
        CleanStart = (flags & 2) != 0;
        HasWill = (flags & 4) != 0;
        WillQualityOfService = (QualityOfService)(flags >> 3 & 3);
        WillRetain = (flags & 0x20) != 0;
        HasPassword = (flags & 0x40) != 0;
        HasUserName = (flags & 0x80) != 0;
        if ((flags & 1) != 0 && !IsV310)
        {
            reader.Fail(WireFault.Malformed("[MQTT-3.1.2-3] reserved connect flag is set"));
        }
        else if ((!HasWill && (flags & 0x38) != 0) || WillQualityOfService > QualityOfService.ExactlyOnce)
        {
            reader.Fail(WireFault.Malformed("[MQTT-3.1.2-11] [MQTT-3.1.2-12] [MQTT-3.1.2-13] will flags"));
        }
        else if (HasPassword && !HasUserName && Version == MqttProtocolVersion.V311)
        {
            reader.Fail(WireFault.Malformed("3.1.1 [MQTT-3.1.2-22] password without user name"));
        }
    }

    private void ReadPayload(scoped ref SpanReader reader)
    {
        ClientId = reader.ReadBinary();
        if (!MqttText.IsString(ClientId) || MqttText.HasControl(ClientId))
        {
            const string Because = "[MQTT-3.1.3-4] client identifier is not well-formed UTF-8 or holds a control character";
            reader.Fail(new WireFault(MqttReasonCode.ClientIdentifierNotValid, Because, IsSilent: Version == MqttProtocolVersion.V311));
        }

        if (HasWill)
        {
            if (Version == MqttProtocolVersion.V500)
            {
                PropertySet.Read(ref reader, PacketType.Will, out WillProperties);
                CheckResponseTopic(ref reader, in WillProperties);
            }

            WillTopic = reader.ReadText();
            WillPayload = reader.ReadBinary();
            if (!reader.Fault.IsFault && !MqttText.IsTopicName(WillTopic))
            {
                reader.Fail(new WireFault(MqttReasonCode.TopicNameInvalid, "[MQTT-3.3.2-2] will topic with wildcards, or empty"));
            }
        }

        var before = reader.Fault;
        UserName = HasUserName ? reader.ReadText() : default;
        Password = HasPassword ? reader.ReadBinary() : default;
        if (!before.IsFault && (reader.Fault.IsFault || MqttText.HasControl(UserName)))
        {
            reader.Replace(WireFault.Silent("[MQTT-3.1.3-11] [MQTT-3.1.2-17] [MQTT-3.1.2-19] user name or password that is broken or missing"));
        }
    }

    internal static void CheckResponseTopic(scoped ref SpanReader reader, in PropertySet properties)
    {
        if (properties.Has(PropertyId.ResponseTopic) && !reader.Fault.IsFault && !MqttText.IsTopicName(properties.Bytes(PropertyId.ResponseTopic)))
        {
            reader.Fail(WireFault.Protocol("[MQTT-3.3.2-14] response topic with wildcards, or empty"));
        }
    }

    /// <summary>Writes the packet; property blocks are given beside it.</summary>
    public readonly void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> willProperties)
    {
        var length = 10 + Wire.PropertiesSize(Version, properties) + 2 + ClientId.Length
            + (HasWill ? Wire.PropertiesSize(Version, willProperties) + 4 + WillTopic.Length + WillPayload.Length : 0)
            + (HasUserName ? 2 + UserName.Length : 0) + (HasPassword ? 2 + Password.Length : 0);
        var writer = Wire.Begin(output, PacketType.Connect, 0, length);
        writer.Prefixed("MQTT"u8);
        writer.Byte((int)Version);
        writer.Byte((CleanStart ? 2 : 0) | (HasWill ? 4 | (int)WillQualityOfService << 3 | (WillRetain ? 0x20 : 0) : 0)
            | (HasPassword ? 0x40 : 0) | (HasUserName ? 0x80 : 0));
        writer.UInt16(KeepAliveSeconds);
        writer.Properties(Version, properties);
        writer.Prefixed(ClientId);
        if (HasWill)
        {
            writer.Properties(Version, willProperties);
            writer.Prefixed(WillTopic);
            writer.Prefixed(WillPayload);
        }

        if (HasUserName)
        {
            writer.Prefixed(UserName);
        }

        if (HasPassword)
        {
            writer.Prefixed(Password);
        }

        Wire.End(output, in writer);
    }
}
