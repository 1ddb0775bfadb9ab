using System.Buffers;
using CleanStreets.Contracts.Disk;
using Microsoft.Win32.SafeHandles;

namespace CleanStreets.Edge.Spool;

/// <summary>Appends to the newest chunk. What <see cref="Commit"/> has returned from is on disk.</summary>
internal sealed class ChunkWriter : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly ChunkCipher _cipher;
    private readonly ArrayBufferWriter<byte> _pending = new(64 * 1024);

    /// <summary>Begins a chunk; its header and its name are on disk when this returns.</summary>
    /// <exception cref="IOException">The disk does not take it; nothing of it is left.</exception>
    public ChunkWriter(string folder, long number, SealingKey key)
    {
        Chunk = new Chunk(folder, number) { Header = ChunkHeader.New(number, key) };
        _cipher = Chunk.Header.Cipher(key)!;
        try
        {
            _file = File.OpenHandle(Chunk.Path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete);
            RandomAccess.Write(_file, Chunk.Header.ToBytes(), 0);
            FileFlush.Flush(_file);
            DirectoryFlush.Flush(folder);
        }
        catch
        {
            Dispose();
            File.Delete(Chunk.Path);
            throw;
        }

        Chunk.Bytes = Chunk.Header.Bytes;
    }

    public Chunk Chunk { get; }

    /// <summary>Whether frames wait for the commit.</summary>
    public bool HasPending => _pending.WrittenCount > 0;

    /// <summary>Adds a frame to the next commit.</summary>
    /// <returns>Where it begins.</returns>
    public long Append(FrameType type, ushort ordinal, SpoolKey key, in SpooledReading reading)
    {
        var offset = Chunk.Bytes + _pending.WrittenCount;
        SpoolFrame.Write(_pending, Chunk.Number, _cipher, offset, ordinal, type, key, in reading);
        return offset;
    }

    /// <summary>Writes what is pending and syncs it.</summary>
    /// <remarks>
    /// After an error the kernel may have thrown the bytes away. On a full disk the same bytes may be written again to the same place, or the chunk is cut (<see cref="GiveUp"/>);
    /// after any other error the caller stops.
    /// </remarks>
    public void Commit()
    {
        RandomAccess.Write(_file, _pending.WrittenSpan, Chunk.Bytes);
        FileFlush.Flush(_file);
        Chunk.Bytes += _pending.WrittenCount;
        _pending.ResetWrittenCount();
    }

    /// <summary>Writes a part of what is pending and does not sync it, as when the power is cut in the middle.</summary>
    public void Tear(double share) => RandomAccess.Write(_file, _pending.WrittenSpan[..(int)(_pending.WrittenCount * share)], Chunk.Bytes);

    /// <summary>Throws away what is pending and cuts what a refused write left of it. Nothing more may be appended: its places have been used.</summary>
    public void GiveUp()
    {
        _pending.ResetWrittenCount();
        RandomAccess.SetLength(_file, Chunk.Bytes);
        Dispose();
    }

    public void Dispose()
    {
        _cipher.Dispose();
        _file?.Dispose();
    }
}
