using CleanStreets.Contracts.Disk;

namespace CleanStreets.Ingest.Journal;

/// <summary>Appends records to the newest file of a journal.</summary>
/// <remarks>
/// One owner. <see cref="Append"/> only fills a buffer; records are on disk when <see cref="Commit"/> has returned, and not before.
/// After a failed write or fsync the writer is broken for good: the kernel may have dropped the pages it could not write, so a
/// second fsync that succeeds would prove nothing. Only a write that found no room may be made again (<see cref="DiskFullException"/>):
/// what it had written is taken back, and the record stays in the buffer or was not taken.
/// </remarks>
internal sealed class JournalWriter : IDisposable
{
    private const int BufferBytes = 2 * JournalFormat.MaxRecordBytes;

    private readonly string _directory;
    private readonly long _segmentBytes;
    private readonly TimeProvider _time;
    private readonly Func<ulong> _newSalt;
    private readonly Func<string, FileMode, IJournalFile> _openFile;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private IJournalFile _file;
    private SegmentHeader _header;
    private long _fileOffset;
    private int _buffered;
    private bool _broken;

    internal JournalWriter(
        string directory,
        SegmentHeader? append,
        long position,
        JournalOptions options,
        TimeProvider time,
        Func<ulong> newSalt,
        Func<string, FileMode, IJournalFile> openFile)
    {
        _directory = directory;
        _segmentBytes = options.SegmentBytes;
        _time = time;
        _newSalt = newSalt;
        _openFile = openFile;
        if (append is { } header)
        {
            _header = header;
            _file = openFile(PathOf(header.BasePosition), FileMode.Open);
            _fileOffset = position - header.BasePosition;
        }
        else
        {
            _file = CreateFile(position, gap: position > 0);
        }
    }

    /// <summary>Where the next record will begin.</summary>
    public long Position => _header.BasePosition + _fileOffset + _buffered;

    /// <summary>Bytes appended and not yet committed.</summary>
    public long UncommittedBytes { get; private set; }

    /// <summary>Adds a record; answers where it begins. Not on disk before <see cref="Commit"/>.</summary>
    /// <exception cref="DiskFullException">The record was not taken; it may be added again when there is room.</exception>
    public long Append(in JournalRecord record)
    {
        ObjectDisposedException.ThrowIf(_broken, this);
        var length = record.Length;
        if (length > JournalFormat.MaxRecordBytes)
        {
            throw new ArgumentException($"A record of {length} bytes is longer than the journal takes.", nameof(record));
        }

        if (_fileOffset + _buffered + length > _segmentBytes && _fileOffset + _buffered > JournalFormat.SegmentHeaderBytes)
        {
            StartNextFile();
        }

        if (_buffered + length > _buffer.Length)
        {
            WriteOut();
        }

        var position = Position;
        record.Write(_buffer.AsSpan(_buffered, length), _header.Salt, _fileOffset + _buffered);
        _buffered += length;
        UncommittedBytes += length;
        return position;
    }

    /// <summary>Puts everything appended on disk.</summary>
    /// <exception cref="DiskFullException">Nothing is lost: commit again when there is room.</exception>
    /// <exception cref="IOException">Nothing since the last commit may be taken as stored; the writer is broken.</exception>
    public void Commit()
    {
        WriteOut();
        Flush();
        UncommittedBytes = 0;
    }

    public void Dispose()
    {
        _broken = true;
        _file.Dispose();
    }

    private void StartNextFile()
    {
        var position = Position;
        WriteOut();
        Flush();
        var full = _file;
        _file = CreateFile(position, gap: false);
        full.Dispose();
    }

    private IJournalFile CreateFile(long basePosition, bool gap)
    {
        var header = new SegmentHeader(basePosition, _newSalt(), _time.GetUtcNow().ToUnixTimeMilliseconds(), gap);
        var path = PathOf(basePosition);
        IJournalFile? file = null;
        try
        {
            file = _openFile(path, FileMode.CreateNew);
            Span<byte> head = stackalloc byte[JournalFormat.SegmentHeaderBytes];
            header.Write(head);
            file.Write(head, 0);
        }
        catch (IOException fault) when (DiskFullException.Is(fault))
        {
            file?.Dispose();
            File.Delete(path);
            throw new DiskFullException(fault);
        }

        try
        {
            file.Flush();
            DirectoryFlush.Flush(_directory);
        }
        catch
        {
            _broken = true;
            throw;
        }

        (_header, _fileOffset) = (header, JournalFormat.SegmentHeaderBytes);
        return file;
    }

    private void WriteOut()
    {
        ObjectDisposedException.ThrowIf(_broken, this);
        if (_buffered == 0)
        {
            return;
        }

        try
        {
            _file.Write(_buffer.AsSpan(0, _buffered), _fileOffset);
        }
        catch (IOException fault) when (DiskFullException.Is(fault))
        {
            TakeBack();
            throw new DiskFullException(fault);
        }
        catch
        {
            _broken = true;
            throw;
        }

        _fileOffset += _buffered;
        _buffered = 0;
    }

    // Part of the buffer may have found room. Nothing before it is touched: that may be acknowledged.
    private void TakeBack()
    {
        try
        {
            _file.Truncate(_fileOffset);
        }
        catch
        {
            _broken = true;
            throw;
        }
    }

    private void Flush()
    {
        ObjectDisposedException.ThrowIf(_broken, this);
        try
        {
            _file.Flush();
        }
        catch
        {
            _broken = true;
            throw;
        }
    }

    private string PathOf(long basePosition) => Path.Combine(_directory, JournalSegmentFile.NameOf(basePosition));
}
