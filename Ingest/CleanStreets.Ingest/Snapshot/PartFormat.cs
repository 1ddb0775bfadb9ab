using System.Buffers.Binary;
using System.Numerics;
using CleanStreets.Ingest.Journal;

namespace CleanStreets.Ingest.Snapshot;

/// <summary>The byte layout of a part's file, version 1; README.md of this folder shows it as tables.</summary>
internal static class PartFormat
{
    public const int HeaderBytes = 40;
    public const int BlockHeaderBytes = 8;

    private static ReadOnlySpan<byte> Magic => "CSSNAPP1"u8;

    public static void WriteHeader(Span<byte> target, SnapshotPart part, long position)
    {
        target = target[..HeaderBytes];
        target.Clear();
        Magic.CopyTo(target);
        target[8] = (byte)part;
        BinaryPrimitives.WriteInt32LittleEndian(target[12..], part.Version());
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], position);
        BinaryPrimitives.WriteUInt32LittleEndian(target[36..], JournalChecksum.Of(target[..36]));
    }

    /// <summary>Checks the head and answers the version of what follows.</summary>
    /// <exception cref="SnapshotException">It is another part, of another snapshot or a newer version, or damaged.</exception>
    public static int DemandHeader(ReadOnlySpan<byte> header, SnapshotPart part, long position)
    {
        if (header.Length < HeaderBytes || !header.StartsWith(Magic) ||
            BinaryPrimitives.ReadUInt32LittleEndian(header[36..]) != JournalChecksum.Of(header[..36]))
        {
            throw new SnapshotException($"the head of its {part.Name()} part is damaged");
        }

        if (header[8] != (byte)part || BinaryPrimitives.ReadInt64LittleEndian(header[16..]) != position)
        {
            throw new SnapshotException($"its {part.Name()} part is of another snapshot");
        }

        if (BinaryPrimitives.ReadInt32LittleEndian(header[12..]) is var version && (version < 1 || version > part.Version()))
        {
            throw new SnapshotException($"its {part.Name()} part is of version {version}, this program reads 1 to {part.Version()}");
        }

        return version;
    }

    /// <summary>The sum of a block knows its snapshot, its part and its place, so no block can stand in for another.</summary>
    public static uint Checksum(ReadOnlySpan<byte> block, SnapshotPart part, long position, int index) => JournalChecksum.Of(
        block, BitOperations.Crc32C(BitOperations.Crc32C(uint.MaxValue, (ulong)position), ((ulong)part << 32) | (uint)index));
}
