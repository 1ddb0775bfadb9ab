using System.Buffers.Binary;

namespace CleanStreets.Ingest.Journal;

/// <summary>The head of a journal file.</summary>
/// <param name="BasePosition">Position of the file's first byte in the journal.</param>
/// <param name="Salt">Random, part of every checksum of the file.</param>
/// <param name="CreatedAtMs">When the file was begun, milliseconds since 1970 UTC.</param>
/// <param name="Gap">The positions between the file before and this one were skipped on purpose, after damage.</param>
internal readonly record struct SegmentHeader(long BasePosition, ulong Salt, long CreatedAtMs, bool Gap = false)
{
    /// <summary>Where the salt stands in a copy.</summary>
    public const int OffsetSalt = 24;

    private static ReadOnlySpan<byte> Magic => "CSJOURN1"u8;

    /// <summary>Writes both copies.</summary>
    public void Write(Span<byte> target)
    {
        var copy = target[..JournalFormat.SegmentHeaderCopyBytes];
        copy.Clear();
        Magic.CopyTo(copy);
        BinaryPrimitives.WriteUInt32LittleEndian(copy[8..], JournalFormat.Version);
        BinaryPrimitives.WriteUInt32LittleEndian(copy[12..], Gap ? 1u : 0u);
        BinaryPrimitives.WriteInt64LittleEndian(copy[16..], BasePosition);
        BinaryPrimitives.WriteUInt64LittleEndian(copy[OffsetSalt..], Salt);
        BinaryPrimitives.WriteInt64LittleEndian(copy[32..], CreatedAtMs);
        BinaryPrimitives.WriteUInt32LittleEndian(copy[60..], JournalChecksum.Of(copy[..60]));
        copy.CopyTo(target[JournalFormat.SegmentHeaderCopyBytes..]);
    }

    /// <summary>Reads whichever copy is whole.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out SegmentHeader header) =>
        TryReadCopy(source, out header) ||
        (source.Length > JournalFormat.SegmentHeaderCopyBytes && TryReadCopy(source[JournalFormat.SegmentHeaderCopyBytes..], out header));

    /// <summary>Whether a copy is whole and says that the file is of a version that this program does not know.</summary>
    public static bool IsOfAnotherVersion(ReadOnlySpan<byte> source) =>
        IsOfAnother(source) || (source.Length > JournalFormat.SegmentHeaderCopyBytes && IsOfAnother(source[JournalFormat.SegmentHeaderCopyBytes..]));

    private static bool IsOfAnother(ReadOnlySpan<byte> copy) =>
        IsWhole(copy) && BinaryPrimitives.ReadUInt32LittleEndian(copy[8..]) != JournalFormat.Version;

    private static bool IsWhole(ReadOnlySpan<byte> copy) =>
        copy.Length >= JournalFormat.SegmentHeaderCopyBytes &&
        copy.StartsWith(Magic) &&
        BinaryPrimitives.ReadUInt32LittleEndian(copy[60..]) == JournalChecksum.Of(copy[..60]);

    private static bool TryReadCopy(ReadOnlySpan<byte> copy, out SegmentHeader header)
    {
        header = default;
        if (!IsWhole(copy) || BinaryPrimitives.ReadUInt32LittleEndian(copy[8..]) != JournalFormat.Version)
        {
            return false;
        }

        header = new SegmentHeader(
            BinaryPrimitives.ReadInt64LittleEndian(copy[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(copy[OffsetSalt..]),
            BinaryPrimitives.ReadInt64LittleEndian(copy[32..]),
            BinaryPrimitives.ReadUInt32LittleEndian(copy[12..]) != 0);
        return true;
    }
}
