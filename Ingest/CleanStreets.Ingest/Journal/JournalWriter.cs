namespace CleanStreets.Ingest.Journal;

/// <summary>Appends records to the newest file of a journal.</summary>
/// <remarks>
/// One owner. <see cref="Append"/> only fills a buffer; records are on disk when <see cref="Commit"/> has returned, and not before.
/// After a failed write or fsync the writer is broken for good: the kernel may have dropped the pages it could not write, so a
/// second fsync that succeeds would prove nothing.
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
    /// <exception cref="IOException">Nothing since the last commit may be taken as stored; the writer is broken.</exception>
    public void Commit()
    {
        WriteOut();
        Guard(static file => file.Flush());
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
        Guard(static file => file.Flush());
        _file.Dispose();
        _file = CreateFile(position, gap: false);
    }

    private IJournalFile CreateFile(long basePosition, bool gap)
    {
        _header = new SegmentHeader(basePosition, _newSalt(), _time.GetUtcNow().ToUnixTimeMilliseconds(), gap);
        _file = _openFile(PathOf(basePosition), FileMode.CreateNew);
        Span<byte> head = stackalloc byte[JournalFormat.SegmentHeaderBytes];
        _header.Write(head);
        _file.Write(head, 0);
        _file.Flush();
        DirectoryFlush.Flush(_directory);
        _fileOffset = head.Length;
        return _file;
    }

    private void WriteOut()
    {
        if (_buffered == 0)
        {
            ObjectDisposedException.ThrowIf(_broken, this);
            return;
        }

        Guard(file => file.Write(_buffer.AsSpan(0, _buffered), _fileOffset));
        _fileOffset += _buffered;
        _buffered = 0;
    }

    private void Guard(Action<IJournalFile> action)
    {
        ObjectDisposedException.ThrowIf(_broken, this);
        try
        {
            action(_file);
        }
        catch
        {
            _broken = true;
            throw;
        }
    }

    private string PathOf(long basePosition) => Path.Combine(_directory, JournalSegmentFile.NameOf(basePosition));
}
