using System.Buffers.Binary;
using System.Numerics;
using Microsoft.Win32.SafeHandles;

namespace CleanStreets.Ingest.Journal;

/// <summary>Works out the head of a journal file from its records, when neither copy of it is whole.</summary>
/// <remarks>
/// A file's name says where it begins. Of the salt only the 32 bits matter to which the sum over it comes; one record gives them, reckoned back from its sum through its
/// bytes, and every other record proves or refutes them. So at least two records that follow each other must agree, or one with a salt that still stands in the head.
/// A payload may hold records of somebody else's making, which agree with each other; they lie within one record. So what agrees must be more than the longest record, or
/// half of the file; of several it is what most agrees with. Otherwise there is no head, and the file is set aside.
/// </remarks>
internal static class HeadSalvage
{
    /// <summary>Places looked at that may begin a record, until one gives a salt that others agree with.</summary>
    private const int MostPlaces = 256;

    private static readonly uint[] Forward = [.. Enumerable.Range(0, 256).Select(value => BitOperations.Crc32C(0, (byte)value))];

    /// <summary>By the highest byte of an entry, which no two share, its place in <see cref="Forward"/>.</summary>
    private static readonly byte[] ByHighest = Inverse();

    /// <summary>The head; null when the records do not tell, or the file is of another version.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">Its name, for reports.</param>
    /// <param name="basePosition">Position of its first byte, by its name.</param>
    /// <param name="head">What stands where the head should be.</param>
    public static SegmentHeader? Find(SafeFileHandle file, string name, long basePosition, ReadOnlySpan<byte> head)
    {
        var length = RandomAccess.GetLength(file);
        if (length <= JournalFormat.SegmentHeaderBytes || SegmentHeader.IsOfAnotherVersion(head))
        {
            return null;
        }

        var window = new byte[4 * JournalFormat.MaxRecordBytes];
        SegmentHeader? best = null;
        var most = 0L;
        foreach (var salt in SaltsIn(head).Concat(SaltsOfRecords(file, length)).Distinct())
        {
            var candidate = new SegmentHeader(basePosition, salt, CreatedAtMs: 0);
            var (covered, begun) = Agreeing(file, name, candidate, window);
            if (covered > most && (covered > JournalFormat.MaxRecordBytes || 2 * covered >= length - JournalFormat.SegmentHeaderBytes))
            {
                (best, most) = (candidate with { CreatedAtMs = begun }, covered);
            }

            if (2 * most > length)
            {
                break; // No other salt can have more.
            }
        }

        return best;
    }

    /// <summary>Bytes of the records that hold under a head, and when the first of them was received.</summary>
    private static (long Bytes, long FirstReceivedAtMs) Agreeing(SafeFileHandle file, string name, SegmentHeader head, byte[] window)
    {
        var scanner = new SegmentScanner(file, name, head, window);
        var (bytes, first) = (0L, 0L);
        while (scanner.TryReadNext(out var record))
        {
            first = bytes == 0 ? record.ReceivedAtMs : first;
            bytes += record.Length;
        }

        return (bytes, first);
    }

    /// <summary>What stands where the two copies have the salt. One that is damaged fits no record.</summary>
    private static IEnumerable<ulong> SaltsIn(ReadOnlySpan<byte> head)
    {
        var one = BinaryPrimitives.ReadUInt64LittleEndian(head[SegmentHeader.OffsetSalt..]);
        var other = BinaryPrimitives.ReadUInt64LittleEndian(head[(JournalFormat.SegmentHeaderCopyBytes + SegmentHeader.OffsetSalt)..]);
        return one == other ? [one] : [one, other];
    }

    /// <summary>Salts by which two records hold that follow each other.</summary>
    private static IEnumerable<ulong> SaltsOfRecords(SafeFileHandle file, long length)
    {
        var (at, places) = ((long)JournalFormat.SegmentHeaderBytes, 0);
        var piece = new byte[2 * JournalFormat.MaxRecordBytes];
        while (places < MostPlaces && at + (2 * JournalFormat.RecordHeaderBytes) <= length)
        {
            var filled = RandomAccess.Read(file, piece, at);
            var found = piece.AsSpan(0, filled).IndexOf("CSjR"u8);
            if (found != 0)
            {
                at += found > 0 ? found : Math.Max(1, filled - (sizeof(uint) - 1));
                continue;
            }

            places++;
            if (SaltOf(piece.AsSpan(0, filled), at) is { } salt)
            {
                yield return salt;
            }

            at++;
        }
    }

    private static ulong? SaltOf(ReadOnlySpan<byte> bytes, long offset)
    {
        if (!JournalRecord.TryReadLength(bytes, out var length) || length > bytes.Length)
        {
            return null;
        }

        var salt = SaltOfRecord(bytes[..length], offset);
        var next = bytes[length..];
        return JournalRecord.TryRead(bytes[..length], salt, offset, 0, out _)
            && JournalRecord.TryReadLength(next, out var nextLength)
            && nextLength <= next.Length
            && JournalRecord.TryRead(next[..nextLength], salt, offset + length, 0, out _)
            ? salt
            : null;
    }

    /// <summary>A salt by which a record's sum is right: not the one that was drawn, but one with the same sum.</summary>
    private static ulong SaltOfRecord(ReadOnlySpan<byte> record, long offset)
    {
        var sum = ~BinaryPrimitives.ReadUInt32LittleEndian(record[JournalFormat.OffsetChecksum..]);
        Span<byte> place = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(place, offset);
        sum = Back(Back(sum, record[JournalFormat.OffsetType..]), place);

        // Of the eight bytes of a salt the first four are zero; the last four make the difference.
        ReadOnlySpan<byte> zeros = [0, 0, 0, 0];
        return (ulong)(Back(sum, zeros) ^ BitOperations.Crc32C(uint.MaxValue, 0u)) << 32;
    }

    /// <summary>What a sum was before it was carried on over <paramref name="bytes"/>.</summary>
    private static uint Back(uint sum, ReadOnlySpan<byte> bytes)
    {
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            var entry = ByHighest[sum >> 24];
            sum = ((sum ^ Forward[entry]) << 8) | (uint)(entry ^ bytes[i]);
        }

        return sum;
    }

    private static byte[] Inverse()
    {
        var places = new byte[256];
        for (var i = 0; i < Forward.Length; i++)
        {
            places[Forward[i] >> 24] = (byte)i;
        }

        return places;
    }
}
