using System.Buffers.Binary;
using System.Numerics;

namespace CleanStreets.Mqtt.Listener.State;

/// <summary>Records one after another, ready for the file.</summary>
/// <remarks>
/// <code>
/// offset 0  length of kind and fields (4)
/// offset 4  CRC-32C of length, kind and fields (4)
/// offset 8  kind (1), then the fields: numbers little endian, byte strings with a length of 4 bytes in front
/// </code>
/// </remarks>
internal sealed class RecordBuffer
{
    public const int HeaderLength = 8;

    private byte[] _bytes = new byte[4096];
    private int _recordStart;

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > 1024 * 1024)
        {
            _bytes = new byte[4096]; // A burst must not keep its memory.
        }
    }

    public RecordBuffer Begin(RecordKind kind)
    {
        _recordStart = Length;
        Room(HeaderLength);
        return Byte((byte)kind);
    }

    public void End()
    {
        var record = _bytes.AsSpan(_recordStart, Length - _recordStart);
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length - HeaderLength);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Checksum(record[HeaderLength..]));
    }

    public RecordBuffer Byte(byte value)
    {
        Room(1)[0] = value;
        return this;
    }

    public RecordBuffer UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Room(2), value);
        return this;
    }

    public RecordBuffer UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Room(4), value);
        return this;
    }

    public RecordBuffer Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Room(8), value);
        return this;
    }

    public RecordBuffer Bytes(ReadOnlySpan<byte> value)
    {
        UInt32((uint)value.Length);
        value.CopyTo(Room(value.Length));
        return this;
    }

    /// <summary>CRC-32C over the length and the bytes.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = BitOperations.Crc32C(uint.MaxValue, (uint)bytes.Length);
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var one in bytes)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return ~crc;
    }

    /// <summary>Twice as long, or as long as needed; twice more than 1 GiB is more than an array can be.</summary>
    internal static int LargerThan(int length, int needed) => Math.Max(needed, (int)Math.Min((long)length * 2, Array.MaxLength));

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Array.Resize(ref _bytes, LargerThan(_bytes.Length, checked(Length + count)));
        }

        var room = _bytes.AsSpan(Length, count);
        Length += count;
        return room;
    }
}
