using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Edge.Spool;

/// <summary>What a frame says.</summary>
internal enum FrameType : byte
{
    /// <summary>A whole frame of another session than was asked for; it was not opened.</summary>
    NotOpened = 0,

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
///  8      2      ordinal of the session in this chunk, from 1; 0 in a mark
/// 10      n-18   the content, sealed (<see cref="ChunkCipher"/>)
/// n-8     16     tag
///
/// the content
///  0      1      type: 1 reading, 2 mark
///  1      1      format of the reading: 0 JSON, 1 Protobuf; 0 in a mark
///  2      1      length t of the truck id
///  3      1      length s of the session id
///  4      8      sequence of the reading, or stored-through of the mark
/// 12      8      captured at, ms since 1970 UTC; 0 in a mark
/// 20      t      truck id, ASCII
/// 20+t    s      session id, ASCII
/// 20+t+s  …      the encoded reading; nothing in a mark
/// </code>
/// Length and checksum stand in the clear, so that the next frame is found behind a damaged one; the ordinal, so that a reader opens only what is its session's. The chunk's number
/// in the checksum keeps bytes of a file that once lay in the same place from looking like ours. In chunks of before the content stands at offset 8 in clear text.
/// </remarks>
internal readonly ref struct SpoolFrame
{
    /// <summary>Longest frame: a reading far beyond any that a truck makes.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int PrefixBytes = 8;
    private const int OrdinalBytes = 2;
    private const int FixedBytes = 20;
    private const int SealedExtra = OrdinalBytes + SealingKey.TagBytes;

    public FrameType Type { get; private init; }

    public ReadingFormat Format { get; private init; }

    /// <summary>Which session of the chunk it is of; 0 in marks and in chunks of before.</summary>
    public ushort Ordinal { get; private init; }

    /// <summary>Truck id and session id behind one another: what tells sessions apart.</summary>
    public ReadOnlySpan<byte> Key { get; private init; }

    public int TruckLength { get; private init; }

    public long Sequence { get; private init; }

    public long CapturedAtMs { get; private init; }

    public ReadOnlySpan<byte> Encoded { get; private init; }

    public int TotalBytes { get; private init; }

    /// <summary>Bytes of a frame on disk.</summary>
    public static int SizeOf(int keyLength, int encodedLength) => PrefixBytes + SealedExtra + FixedBytes + keyLength + encodedLength;

    /// <summary>Writes one frame.</summary>
    /// <param name="output">Takes the bytes.</param>
    /// <param name="chunk">The chunk's number.</param>
    /// <param name="cipher">The chunk's cipher.</param>
    /// <param name="offset">Where the frame will begin in the file.</param>
    /// <param name="ordinal">The session's ordinal in the chunk; 0 for a mark.</param>
    /// <param name="type">What it says.</param>
    /// <param name="key">Truck and session.</param>
    /// <param name="reading">The reading; of a mark the sequence alone.</param>
    public static void Write(
        IBufferWriter<byte> output, long chunk, ChunkCipher cipher, long offset, ushort ordinal, FrameType type, SpoolKey key, in SpooledReading reading)
    {
        var encoded = reading.Encoded.Span;
        var total = SizeOf(key.Bytes.Length, encoded.Length);
        var span = output.GetSpan(total)[..total];
        var content = ArrayPool<byte>.Shared.Rent(total);
        try
        {
            var plain = content.AsSpan(0, total - PrefixBytes - SealedExtra);
            plain[0] = (byte)type;
            plain[1] = (byte)reading.Format;
            plain[2] = (byte)key.TruckLength;
            plain[3] = (byte)(key.Bytes.Length - key.TruckLength);
            BinaryPrimitives.WriteInt64LittleEndian(plain[4..], reading.Sequence);
            BinaryPrimitives.WriteInt64LittleEndian(plain[12..], reading.CapturedAtMs);
            key.Bytes.CopyTo(plain[FixedBytes..]);
            encoded.CopyTo(plain[(FixedBytes + key.Bytes.Length)..]);
            var body = span[PrefixBytes..];
            BinaryPrimitives.WriteUInt16LittleEndian(body, ordinal);
            cipher.Seal(offset, ordinal, plain, body[OrdinalBytes..]);
            BinaryPrimitives.WriteInt32LittleEndian(span, body.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(span[4..], Crc32C.Of(chunk, body));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(content);
        }

        output.Advance(total);
    }

    /// <summary>Reads the frame that begins at the start of <paramref name="data"/>; false when none does, whole and unharmed.</summary>
    /// <param name="chunk">The chunk's number.</param>
    /// <param name="cipher">The chunk's cipher; null for a chunk in clear text.</param>
    /// <param name="offset">Where <paramref name="data"/> begins in the file.</param>
    /// <param name="data">The file from there on.</param>
    /// <param name="wanted">Ordinal of the only session whose frames are opened; 0 opens all.</param>
    /// <param name="plain">Room for what is opened, <see cref="MaxBytes"/>; the frame points into it.</param>
    /// <param name="frame">The frame.</param>
    public static bool TryRead(long chunk, ChunkCipher? cipher, long offset, ReadOnlySpan<byte> data, ushort wanted, Span<byte> plain, out SpoolFrame frame)
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
        if (BinaryPrimitives.ReadUInt32LittleEndian(data[4..]) != Crc32C.Of(chunk, body))
        {
            return false;
        }

        if (cipher is null)
        {
            return TryUnderstand(body, 0, length, out frame);
        }

        if (length < FixedBytes + SealedExtra)
        {
            return false;
        }

        var ordinal = BinaryPrimitives.ReadUInt16LittleEndian(body);
        if (wanted > 0 && ordinal != wanted)
        {
            frame = new SpoolFrame { TotalBytes = PrefixBytes + length };
            return true;
        }

        var content = plain[..(length - SealedExtra)];
        return cipher.TryOpen(offset, ordinal, body[OrdinalBytes..], content) && TryUnderstand(content, ordinal, length, out frame);
    }

    /// <summary>The ids of <see cref="Key"/>.</summary>
    public SpoolKey ToKey() => new(Encoding.ASCII.GetString(Key[..TruckLength]), Encoding.ASCII.GetString(Key[TruckLength..]));

    private static bool TryUnderstand(ReadOnlySpan<byte> content, ushort ordinal, int length, out SpoolFrame frame)
    {
        frame = default;
        int truck = content[2], session = content[3];
        if (content[0] is not (1 or 2) || content[1] > 1 || truck is 0 or > IdentifierRule.MaxLength || session is 0 or > IdentifierRule.MaxLength
            || FixedBytes + truck + session > content.Length)
        {
            return false;
        }

        frame = new SpoolFrame
        {
            Type = (FrameType)content[0],
            Format = (ReadingFormat)content[1],
            Ordinal = ordinal,
            TruckLength = truck,
            Key = content.Slice(FixedBytes, truck + session),
            Sequence = BinaryPrimitives.ReadInt64LittleEndian(content[4..]),
            CapturedAtMs = BinaryPrimitives.ReadInt64LittleEndian(content[12..]),
            Encoded = content[(FixedBytes + truck + session)..],
            TotalBytes = PrefixBytes + length,
        };
        return true;
    }
}
