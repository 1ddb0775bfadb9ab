using System.Buffers;
using CleanStreets.Contracts.Disk;
using Microsoft.Win32.SafeHandles;

namespace CleanStreets.Edge.Spool;

/// <summary>Appends to the newest chunk. What <see cref="Commit"/> has returned from is on disk.</summary>
internal sealed class ChunkWriter : IDisposable
{
    private readonly SafeFileHandle _file;

    public ChunkWriter(string folder, long number)
    {
        Chunk = new Chunk(folder, number);
        _file = File.OpenHandle(Chunk.Path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete);
        Span<byte> header = stackalloc byte[Chunk.HeaderBytes];
        Chunk.WriteHeader(header, number);
        RandomAccess.Write(_file, header, 0);
        FileFlush.Flush(_file);
        DirectoryFlush.Flush(folder);
    }

    public Chunk Chunk { get; }

    /// <summary>Frames that wait for the next commit.</summary>
    public ArrayBufferWriter<byte> Pending { get; } = new(64 * 1024);

    /// <summary>Where the next frame will begin.</summary>
    public long Position => Chunk.Bytes + Pending.WrittenCount;

    /// <summary>Writes what is pending and syncs it.</summary>
    /// <remarks>After an error the kernel may have thrown the bytes away, so a second try would lie: the caller stops.</remarks>
    public void Commit()
    {
        RandomAccess.Write(_file, Pending.WrittenSpan, Chunk.Bytes);
        FileFlush.Flush(_file);
        Chunk.Bytes += Pending.WrittenCount;
        Pending.ResetWrittenCount();
    }

    public void Dispose() => _file.Dispose();
}
