using CleanStreets.Contracts.Disk;
using Microsoft.Win32.SafeHandles;

namespace CleanStreets.Ingest.Journal;

/// <summary>The file a journal writes to. A seam so that tests can make a disk fail between any two writes.</summary>
internal interface IJournalFile : IDisposable
{
    /// <summary>Writes all bytes at <paramref name="offset"/>.</summary>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Takes back what lies behind <paramref name="length"/>.</summary>
    void Truncate(long length);

    /// <summary>Returns once everything written is on the disk itself.</summary>
    void Flush();
}

/// <summary>A file on disk; <see cref="Flush"/> is fsync(2). What it has flushed it does not keep in memory: it is read after a restart at most.</summary>
internal sealed class DiskJournalFile(string path, FileMode mode) : IJournalFile
{
    private const long PageBytes = 4096;

    private (long From, long To) _unflushed;

    // No FileStream: its buffer would hide what was written when.
    private readonly SafeFileHandle _handle = File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.Read);

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        RandomAccess.Write(_handle, bytes, offset);
        _unflushed = (_unflushed.To == 0 ? offset : _unflushed.From, offset + bytes.Length);
    }

    public void Truncate(long length) => RandomAccess.SetLength(_handle, length);

    public void Flush()
    {
        FileFlush.Flush(_handle);

        // Whole pages: the last one is written on.
        var from = _unflushed.From / PageBytes * PageBytes;
        PageCache.LetGo(_handle, from, (_unflushed.To / PageBytes * PageBytes) - from);
        _unflushed = default;
    }

    public void Dispose() => _handle.Dispose();
}
