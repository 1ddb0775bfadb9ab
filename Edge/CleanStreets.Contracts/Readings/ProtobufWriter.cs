using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace CleanStreets.Contracts.Readings;

/// <summary>Writes Protobuf fields to an output. Fields at their proto3 default are for the caller to leave out.</summary>
internal readonly struct ProtobufWriter(IBufferWriter<byte> output)
{
    private const int MaxVarintBytes = 10;

    public void Varint(int field, ulong value)
    {
        var span = output.GetSpan(2 * MaxVarintBytes);
        var length = Put(span, Tag(field, WireType.Varint));
        length += Put(span[length..], value);
        output.Advance(length);
    }

    public void SInt32(int field, int value) => Varint(field, (uint)((value << 1) ^ (value >> 31)));

    /// <summary>Writes the number unless it is NaN: "not sent".</summary>
    public void Float(int field, float value)
    {
        if (float.IsNaN(value))
        {
            return;
        }

        var span = output.GetSpan(MaxVarintBytes + sizeof(float));
        var length = Put(span, Tag(field, WireType.Fixed32));
        BinaryPrimitives.WriteSingleLittleEndian(span[length..], value);
        output.Advance(length + sizeof(float));
    }

    public void Double(int field, double value)
    {
        var span = output.GetSpan(MaxVarintBytes + sizeof(double));
        var length = Put(span, Tag(field, WireType.Fixed64));
        BinaryPrimitives.WriteDoubleLittleEndian(span[length..], value);
        output.Advance(length + sizeof(double));
    }

    /// <summary>Writes the text unless it is absent or empty.</summary>
    public void Text(int field, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        var bytes = Encoding.UTF8.GetByteCount(text);
        var span = output.GetSpan((2 * MaxVarintBytes) + bytes);
        var length = Put(span, Tag(field, WireType.Bytes));
        length += Put(span[length..], (uint)bytes);
        length += Encoding.UTF8.GetBytes(text, span[length..]);
        output.Advance(length);
    }

    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        var span = output.GetSpan((2 * MaxVarintBytes) + value.Length);
        var length = Put(span, Tag(field, WireType.Bytes));
        length += Put(span[length..], (uint)value.Length);
        value.CopyTo(span[length..]);
        output.Advance(length + value.Length);
    }

    private static ulong Tag(int field, WireType type) => ((ulong)field << 3) | (uint)type;

    private static int Put(Span<byte> span, ulong value)
    {
        var i = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[i++] = (byte)(value | 0x80);
        }

        span[i++] = (byte)value;
        return i;
    }
}
