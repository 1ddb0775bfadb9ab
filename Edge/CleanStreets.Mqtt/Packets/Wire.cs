using System.Buffers;
using System.Buffers.Binary;

namespace CleanStreets.Mqtt.Packets;

/// <summary>The small pieces every packet is written from.</summary>
internal static class Wire
{
    /// <summary>Bytes that a variable byte integer takes.</summary>
    public static int VariableSize(int value) => value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : 4;

    public static int WriteVariable(Span<byte> to, int value)
    {
        var written = 0;
        do
        {
            var more = value >= 0x80;
            to[written++] = (byte)(more ? value & 0x7F | 0x80 : value);
            value >>= 7;
        }
        while (value > 0);

        return written;
    }

    /// <summary>Bytes of a property block with its length in front; 3.1.1 has none.</summary>
    public static int PropertiesSize(MqttProtocolVersion version, ReadOnlySpan<byte> properties) =>
        version == MqttProtocolVersion.V500 ? VariableSize(properties.Length) + properties.Length : 0;

    /// <summary>Starts a packet: asks for its whole room at once and writes the fixed header.</summary>
    public static SpanWriter Begin(IBufferWriter<byte> output, PacketType type, int flags, int bodyLength)
    {
        var span = output.GetSpan(1 + VariableSize(bodyLength) + bodyLength);
        span[0] = (byte)((int)type << 4 | flags);
        return new SpanWriter(span, 1 + WriteVariable(span[1..], bodyLength));
    }

    /// <summary>Hands the finished packet over.</summary>
    public static void End(IBufferWriter<byte> output, in SpanWriter writer) => output.Advance(writer.Position);
}

/// <summary>Writes fields one after another into room that is known to suffice.</summary>
internal ref struct SpanWriter(Span<byte> span, int position)
{
    private readonly Span<byte> _span = span;

    public int Position { get; private set; } = position;

    public void Byte(int value) => _span[Position++] = (byte)value;

    public void UInt16(int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_span[Position..], (ushort)value);
        Position += 2;
    }

    public void UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_span[Position..], value);
        Position += 4;
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_span[Position..]);
        Position += value.Length;
    }

    /// <summary>Text or binary data with its length in front.</summary>
    public void Prefixed(ReadOnlySpan<byte> value)
    {
        UInt16(value.Length);
        Bytes(value);
    }

    /// <summary>A property block with its length in front; nothing in 3.1.1.</summary>
    public void Properties(MqttProtocolVersion version, ReadOnlySpan<byte> properties)
    {
        if (version == MqttProtocolVersion.V500)
        {
            Position += Wire.WriteVariable(_span[Position..], properties.Length);
            Bytes(properties);
        }
    }
}
