using System.Buffers;

namespace CleanStreets.Mqtt.Packets;

/// <summary>SUBACK and UNSUBACK (§3.9, §3.11): a packet identifier and one code per filter.</summary>
internal ref struct SubAckPacket
{
    public ushort PacketId;
    public PropertySet Properties;

    /// <summary>One reason code per filter, in order; empty in an UNSUBACK of 3.1.1.</summary>
    public ReadOnlySpan<byte> Codes;

    public static WireFault Read(MqttProtocolVersion version, PacketType type, ReadOnlySpan<byte> body, out SubAckPacket packet)
    {
        packet = default;
        var reader = new SpanReader(body);
        packet.PacketId = reader.ReadPacketIdentifier();
        if (version == MqttProtocolVersion.V500)
        {
            PropertySet.Read(ref reader, type, out packet.Properties);
        }

        packet.Codes = reader.TakeRest();
        var wantsCodes = version == MqttProtocolVersion.V500 || type == PacketType.SubAck;
        if (!reader.Fault.IsFault && packet.Codes.IsEmpty == wantsCodes)
        {
            return WireFault.Malformed("[MQTT-3.8.4-6] [MQTT-3.11.3-1] one reason code per filter");
        }

        return reader.Fault;
    }

    /// <summary>Bytes of the packet that <see cref="Write"/> writes.</summary>
    public static int Size(MqttProtocolVersion version, PacketType type, int codes)
    {
        var body = version == MqttProtocolVersion.V500 ? 3 + codes : type == PacketType.UnsubAck ? 2 : 2 + codes;
        return 1 + Wire.VariableSize(body) + body;
    }

    /// <summary>Writes the packet; 3.1.1 says 0x80 for every failure and has no codes in UNSUBACK.</summary>
    public static void Write(IBufferWriter<byte> output, MqttProtocolVersion version, PacketType type, ushort packetId, ReadOnlySpan<byte> codes)
    {
        var old = version == MqttProtocolVersion.V311;
        var count = old && type == PacketType.UnsubAck ? 0 : codes.Length;
        var writer = Wire.Begin(output, type, 0, 2 + (old ? 0 : 1) + count);
        writer.UInt16(packetId);
        writer.Properties(version, default);
        for (var i = 0; i < count; i++)
        {
            writer.Byte(old && codes[i] > 0x80 ? 0x80 : codes[i]);
        }

        Wire.End(output, in writer);
    }
}
