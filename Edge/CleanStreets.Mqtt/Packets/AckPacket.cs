using System.Buffers;

namespace CleanStreets.Mqtt.Packets;

/// <summary>PUBACK, PUBREC, PUBREL and PUBCOMP (§3.4 to §3.7), which share one shape.</summary>
internal ref struct AckPacket
{
    public ushort PacketId;
    public MqttReasonCode Code;
    public PropertySet Properties;

    public static WireFault Read(MqttProtocolVersion version, PacketType type, ReadOnlySpan<byte> body, out AckPacket packet)
    {
        packet = default;
        var reader = new SpanReader(body);
        packet.PacketId = reader.ReadPacketIdentifier();
        if (version == MqttProtocolVersion.V500 && !reader.IsEmpty)
        {
            packet.Code = (MqttReasonCode)reader.ReadByte();
            if (!IsAllowed(type, packet.Code))
            {
                reader.Fail(WireFault.Protocol("[MQTT-3.4.2-1] [MQTT-3.5.2-1] [MQTT-3.6.2-1] [MQTT-3.7.2-1] reason code not of this packet"));
            }

            if (!reader.IsEmpty)
            {
                PropertySet.Read(ref reader, type, out packet.Properties);
            }
        }

        reader.ExpectEnd();
        return reader.Fault;
    }

    /// <summary>Writes the four-byte form when there is nothing to say, otherwise the code too.</summary>
    public static void Write(IBufferWriter<byte> output, MqttProtocolVersion version, PacketType type, ushort packetId, MqttReasonCode code = MqttReasonCode.Success)
    {
        var withCode = version == MqttProtocolVersion.V500 && code != MqttReasonCode.Success;
        var writer = Wire.Begin(output, type, type == PacketType.PubRel ? 2 : 0, withCode ? 3 : 2);
        writer.UInt16(packetId);
        if (withCode)
        {
            writer.Byte((byte)code);
        }

        Wire.End(output, in writer);
    }

    private static bool IsAllowed(PacketType type, MqttReasonCode code) => type is PacketType.PubRel or PacketType.PubComp
        ? code is MqttReasonCode.Success or MqttReasonCode.PacketIdentifierNotFound
        : code is MqttReasonCode.Success or MqttReasonCode.NoMatchingSubscribers or MqttReasonCode.UnspecifiedError
            or MqttReasonCode.ImplementationSpecificError or MqttReasonCode.NotAuthorized or MqttReasonCode.TopicNameInvalid
            or MqttReasonCode.PacketIdentifierInUse or MqttReasonCode.QuotaExceeded or MqttReasonCode.PayloadFormatInvalid;
}
