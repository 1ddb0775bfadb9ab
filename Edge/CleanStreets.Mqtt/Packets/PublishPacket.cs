using System.Buffers;

namespace CleanStreets.Mqtt.Packets;

/// <summary>PUBLISH (§3.3): one application message, lent from the buffer it arrived in.</summary>
internal ref struct PublishPacket
{
    public bool Duplicate;
    public QualityOfService QualityOfService;
    public bool Retain;
    public ReadOnlySpan<byte> Topic;
    public ushort PacketId;
    public PropertySet Properties;
    public ReadOnlySpan<byte> Payload;

    public static WireFault Read(MqttProtocolVersion version, byte flags, ReadOnlySpan<byte> body, out PublishPacket packet)
    {
        var read = default(PublishPacket);
        var fault = read.Fill(version, flags, body, isForwarded: false);
        packet = read;
        return fault;
    }

    /// <summary>Reads what a server forwards.</summary>
    /// <remarks>
    /// What its author wrote and the server did not look at is no fault of the link, and ending that would only bring it again, for ever: a response
    /// topic that is none, a flag of 2 and what is given twice are left out, and control characters in a topic name are taken (§1.5.4: MAY).
    /// </remarks>
    public static WireFault ReadForwarded(MqttProtocolVersion version, byte flags, ReadOnlySpan<byte> body, out PublishPacket packet)
    {
        var read = default(PublishPacket);
        var fault = read.Fill(version, flags, body, isForwarded: true);
        packet = read;
        return fault;
    }

    private WireFault Fill(MqttProtocolVersion version, byte flags, ReadOnlySpan<byte> body, bool isForwarded)
    {
        Retain = (flags & 1) != 0;
        QualityOfService = (QualityOfService)(flags >> 1 & 3);
        Duplicate = (flags & 8) != 0;
        if (QualityOfService > QualityOfService.ExactlyOnce)
        {
            return WireFault.Malformed("[MQTT-3.3.1-4] both QoS bits are set");
        }

        if (Duplicate && QualityOfService == QualityOfService.AtMostOnce)
        {
            return WireFault.Malformed("[MQTT-3.3.1-2] DUP with QoS 0");
        }

        var reader = new SpanReader(body);
        Topic = reader.ReadBinary();
        PacketId = QualityOfService == QualityOfService.AtMostOnce ? (ushort)0 : reader.ReadPacketIdentifier();
        if (version == MqttProtocolVersion.V500)
        {
            PropertySet.Read(ref reader, PacketType.Publish, out Properties, isForwarded);
        }

        Payload = reader.TakeRest();
        if (isForwarded && !reader.Fault.IsFault && Properties.Has(PropertyId.ResponseTopic) && !MqttText.IsTopicName(Properties.Bytes(PropertyId.ResponseTopic)))
        {
            Properties.LeaveOut(PropertyId.ResponseTopic);
        }

        CheckTopics(ref reader, isForwarded);
        return reader.Fault;
    }

    private readonly void CheckTopics(scoped ref SpanReader reader, bool isForwarded)
    {
        if (Topic.IsEmpty)
        {
            if (!Properties.Has(PropertyId.TopicAlias))
            {
                reader.Fail(WireFault.Malformed("[MQTT-4.7.3-1] §3.3.2.1: empty topic without a topic alias"));
            }
        }
        else if (!MqttText.IsTopicName(Topic) && !(isForwarded && MqttText.IsString(Topic) && Topic.IndexOfAny((byte)'+', (byte)'#') < 0))
        {
            reader.Fail(MqttText.IsString(Topic) && !MqttText.HasControl(Topic)
                ? WireFault.Malformed("[MQTT-3.3.2-2] topic name with wildcards")
                : WireFault.Malformed("[MQTT-3.3.2-1] [MQTT-1.5.4-1] [MQTT-1.5.4-2] topic name is not well-formed UTF-8 or holds a control character"));
        }

        if (Properties.Has(PropertyId.TopicAlias) && Properties.Number(PropertyId.TopicAlias) == 0)
        {
            reader.Fail(new WireFault(MqttReasonCode.TopicAliasInvalid, "[MQTT-3.3.2-8] topic alias of zero"));
        }

        ConnectPacket.CheckResponseTopic(ref reader, in Properties);
    }

    /// <summary>Bytes of the packet that <see cref="Write"/> writes.</summary>
    public static int Size(MqttProtocolVersion version, QualityOfService qualityOfService, int topic, int payload, int properties)
    {
        var body = BodySize(version, qualityOfService, topic, payload, properties);
        return 1 + Wire.VariableSize(body) + body;
    }

    /// <summary>Writes a packet; <paramref name="properties"/> is the finished block (ignored by 3.1.1).</summary>
    public static void Write(
        IBufferWriter<byte> output, MqttProtocolVersion version, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload,
        QualityOfService qualityOfService, bool retain, bool duplicate, ushort packetId, ReadOnlySpan<byte> properties)
    {
        var flags = (retain ? 1 : 0) | (int)qualityOfService << 1 | (duplicate ? 8 : 0);
        var writer = Wire.Begin(output, PacketType.Publish, flags, BodySize(version, qualityOfService, topic.Length, payload.Length, properties.Length));
        writer.Prefixed(topic);
        if (qualityOfService != QualityOfService.AtMostOnce)
        {
            writer.UInt16(packetId);
        }

        writer.Properties(version, properties);
        writer.Bytes(payload);
        Wire.End(output, in writer);
    }

    private static int BodySize(MqttProtocolVersion version, QualityOfService qualityOfService, int topic, int payload, int properties) =>
        2 + topic + (qualityOfService == QualityOfService.AtMostOnce ? 0 : 2)
        + (version == MqttProtocolVersion.V500 ? Wire.VariableSize(properties) + properties : 0) + payload;
}
