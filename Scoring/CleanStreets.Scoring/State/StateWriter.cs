using System.Buffers.Binary;
using System.Text;

namespace CleanStreets.Scoring.State;

/// <summary>Writes state into memory that is kept and used again.</summary>
/// <remarks>One owner. Items end with <see cref="EndItem"/>; between items the bytes may be cut into blocks, so that no reader needs all of them at once.</remarks>
public sealed class StateWriter
{
    /// <summary>A block is cut at the end of the item with which it reaches this many bytes.</summary>
    public const int BlockBytes = 256 * 1024;

    private readonly List<int> _cuts = [];
    private byte[] _bytes = new byte[4096];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Empties the writer and keeps its memory.</summary>
    public void Clear()
    {
        Length = 0;
        _cuts.Clear();
    }

    /// <summary>An item is complete.</summary>
    public void EndItem()
    {
        if (Length - (_cuts.Count == 0 ? 0 : _cuts[^1]) >= BlockBytes)
        {
            _cuts.Add(Length);
        }
    }

    /// <summary>Gives everything written, block by block.</summary>
    public void Read(Action<ReadOnlyMemory<byte>> block)
    {
        ArgumentNullException.ThrowIfNull(block);
        var start = 0;
        foreach (var cut in _cuts)
        {
            block(_bytes.AsMemory(start, cut - start));
            start = cut;
        }

        if (start < Length)
        {
            block(_bytes.AsMemory(start, Length - start));
        }
    }

    /// <summary>Writes a whole number.</summary>
    public void Number(long value)
    {
        const int longest = 10;
        Demand(longest);
        var rest = (ulong)((value << 1) ^ (value >> 63));
        while (rest >= 0x80)
        {
            _bytes[Length++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        _bytes[Length++] = (byte)rest;
    }

    /// <summary>Writes a number by its bits.</summary>
    public void Real(double value)
    {
        Demand(sizeof(double));
        BinaryPrimitives.WriteDoubleLittleEndian(_bytes.AsSpan(Length), value);
        Length += sizeof(double);
    }

    /// <summary>Writes a truth value.</summary>
    public void Flag(bool value)
    {
        Demand(1);
        _bytes[Length++] = value ? (byte)1 : (byte)0;
    }

    /// <summary>Writes a text, or that there is none.</summary>
    public void Text(string? value)
    {
        if (value is null)
        {
            Number(0);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(value);
        Number(length + 1);
        Demand(length);
        Length += Encoding.UTF8.GetBytes(value, _bytes.AsSpan(Length));
    }

    /// <summary>Writes bytes as they are, behind their length.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        Number(value.Length);
        Demand(value.Length);
        value.CopyTo(_bytes.AsSpan(Length));
        Length += value.Length;
    }

    private void Demand(int bytes)
    {
        if (_bytes.Length - Length < bytes)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(_bytes.Length * 2L, Length + (long)bytes)));
        }
    }
}
