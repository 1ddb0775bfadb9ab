using System.Buffers.Binary;
using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.State;

namespace CleanStreets.Ingest.Snapshot;

/// <summary>Reads one item of a part; it must read what one item's writing wrote.</summary>
internal delegate void ReadItem(ref StateReader item);

/// <summary>Reads one part of a snapshot from its file, block by block; no byte is believed before its block's sum agrees.</summary>
internal static class PartReader
{
    private const int KnownTexts = 4096;

    /// <summary>Gives every item to <paramref name="read"/>, in order.</summary>
    /// <exception cref="SnapshotException">The part is missing, torn, damaged, or of another version. What was read so far must be thrown away.</exception>
    public static void Read(string path, SnapshotPart part, long position, ReadItem read)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 256 * 1024, FileOptions.SequentialScan);
            Read(file, part, position, read);
        }
        catch (Exception ex) when (ex is EndOfStreamException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SnapshotException($"its {part.Name()} part is {(ex is EndOfStreamException ? "torn" : "missing")}", ex);
        }
        catch (Exception ex) when (ex is StateException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new SnapshotException($"its {part.Name()} part does not read: {ex.Message}", ex);
        }
    }

    private static void Read(FileStream file, SnapshotPart part, long position, ReadItem read)
    {
        Span<byte> head = stackalloc byte[PartFormat.HeaderBytes];
        file.ReadExactly(head);
        var version = PartFormat.DemandHeader(head, part, position);
        var texts = new TextCache(KnownTexts);
        var buffer = Array.Empty<byte>();
        for (var index = 0; ; index++)
        {
            var blockHead = head[..PartFormat.BlockHeaderBytes];
            file.ReadExactly(blockHead);
            var length = BinaryPrimitives.ReadInt32LittleEndian(blockHead);
            if (length < 0 || length > file.Length - file.Position)
            {
                throw new SnapshotException($"its {part.Name()} part is torn or damaged at block {index}");
            }

            buffer = buffer.Length < length ? new byte[length] : buffer;
            var block = buffer.AsSpan(0, length);
            file.ReadExactly(block);
            if (PartFormat.Checksum(block, part, position, index) != BinaryPrimitives.ReadUInt32LittleEndian(blockHead[4..]))
            {
                throw new SnapshotException($"its {part.Name()} part is damaged at block {index}");
            }

            if (length == 0)
            {
                return;
            }

            ReadBlock(block, texts, version, read);
        }
    }

    private static void ReadBlock(ReadOnlySpan<byte> block, TextCache texts, int version, ReadItem read)
    {
        var items = new StateReader(block, texts, version);
        while (!items.IsAtEnd)
        {
            read(ref items);
        }
    }
}
