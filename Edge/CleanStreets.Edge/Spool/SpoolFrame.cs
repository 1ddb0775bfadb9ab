using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Edge.Spool;

/// <summary>What a frame says.</summary>
internal enum FrameType : byte
{
    /// <summary>A reading.</summary>
    Reading = 1,

    /// <summary>The city has stored a session up to a sequence.</summary>
    Mark = 2,
}

/// <summary>One record of the spool, self-contained: damage to one loses only that one.</summary>
/// <remarks>
/// <code>
/// offset  bytes
///  0      4      length n of everything from offset 8, little endian
///  4      4      CRC-32C of the chunk's number (8 bytes) and the n bytes from offset 8
///  8      1      type: 1 reading, 2 mark
///  9      1      format of the reading: 0 JSON, 1 Protobuf; 0 in a mark
/// 10      1      length t of the truck id
/// 11      1      length s of the session id
/// 12      8      sequence of the reading, or stored-through of the mark
/// 20      8      captured at, ms since 1970 UTC; 0 in a mark
/// 28      t      truck id, ASCII
/// 28+t    s      session id, ASCII
/// 28+t+s  …      the encoded reading; nothing in a mark
/// </code>
/// The chunk's number in the checksum keeps bytes of a file that once lay in the same place from looking like ours.
/// </remarks>
internal readonly ref struct SpoolFrame
{
    public const int PrefixBytes = 8;
    private const int FixedBytes = 20;

    /// <summary>Longest frame: a reading far beyond any that a truck makes.</summary>
    public const int MaxBytes = 64 * 1024;

    public FrameType Type { get; private init; }

    public ReadingFormat Format { get; private init; }

    /// <summary>Truck id and session id behind one another: what tells sessions apart.</summary>
    public ReadOnlySpan<byte> Key { get; private init; }

    public int TruckLength { get; private init; }

    public long Sequence { get; private init; }

    public long CapturedAtMs { get; private init; }

    public ReadOnlySpan<byte> Encoded { get; private init; }

    public int TotalBytes { get; private init; }

    public static int SizeOf(int keyLength, int encodedLength) => PrefixBytes + FixedBytes + keyLength + encodedLength;

    /// <summary>Writes one frame.</summary>
    public static void Write(
        IBufferWriter<byte> output, long chunk, FrameType type, ReadingFormat format, SpoolKey key, long sequence, long capturedAtMs, ReadOnlySpan<byte> encoded)
    {
        var total = SizeOf(key.Bytes.Length, encoded.Length);
        var span = output.GetSpan(total)[..total];
        BinaryPrimitives.WriteInt32LittleEndian(span, total - PrefixBytes);
        var body = span[PrefixBytes..];
        body[0] = (byte)type;
        body[1] = (byte)format;
        body[2] = (byte)key.TruckLength;
        body[3] = (byte)(key.Bytes.Length - key.TruckLength);
        BinaryPrimitives.WriteInt64LittleEndian(body[4..], sequence);
        BinaryPrimitives.WriteInt64LittleEndian(body[12..], capturedAtMs);
        key.Bytes.CopyTo(body[FixedBytes..]);
        encoded.CopyTo(body[(FixedBytes + key.Bytes.Length)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(span[4..], Checksum(chunk, body));
        output.Advance(total);
    }

    /// <summary>Reads the frame that begins at the start of <paramref name="data"/>; false when none does, whole and unharmed.</summary>
    public static bool TryRead(long chunk, ReadOnlySpan<byte> data, out SpoolFrame frame)
    {
        frame = default;
        if (data.Length < PrefixBytes + FixedBytes)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(data);
        if (length < FixedBytes || length > MaxBytes - PrefixBytes || length > data.Length - PrefixBytes)
        {
            return false;
        }

        var body = data.Slice(PrefixBytes, length);
        int truck = body[2], session = body[3];
        if (body[0] is not (1 or 2) || body[1] > 1 || truck is 0 or > IdentifierRule.MaxLength || session is 0 or > IdentifierRule.MaxLength
            || FixedBytes + truck + session > length
            || BinaryPrimitives.ReadUInt32LittleEndian(data[4..]) != Checksum(chunk, body))
        {
            return false;
        }

        frame = new SpoolFrame
        {
            Type = (FrameType)body[0],
            Format = (ReadingFormat)body[1],
            TruckLength = truck,
            Key = body.Slice(FixedBytes, truck + session),
            Sequence = BinaryPrimitives.ReadInt64LittleEndian(body[4..]),
            CapturedAtMs = BinaryPrimitives.ReadInt64LittleEndian(body[12..]),
            Encoded = body[(FixedBytes + truck + session)..],
            TotalBytes = PrefixBytes + length,
        };
        return true;
    }

    /// <summary>The ids of <see cref="Key"/>.</summary>
    public SpoolKey ToKey() => new(Encoding.ASCII.GetString(Key[..TruckLength]), Encoding.ASCII.GetString(Key[TruckLength..]));

    private static uint Checksum(long chunk, ReadOnlySpan<byte> body)
    {
        var crc = BitOperations.Crc32C(uint.MaxValue, (ulong)chunk);
        while (body.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(body));
            body = body[sizeof(ulong)..];
        }

        foreach (var b in body)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
