using Microsoft.Win32.SafeHandles;

namespace CleanStreets.Ingest.Journal;

/// <summary>Reads the records of a journal in order, from a position on, across all its files. Changes nothing.</summary>
/// <remarks>
/// May read a journal that is being written, up to a <see cref="Limit"/> below which everything is on disk; when that grows, reading goes on,
/// into new files too.
/// </remarks>
internal sealed class JournalReader : IDisposable
{
    private readonly byte[] _window = new byte[4 * JournalFormat.MaxRecordBytes];
    private readonly string _directory;
    private List<JournalSegmentFile> _files;
    private SafeFileHandle? _handle;
    private SegmentScanner? _scanner;
    private long _scannerBase;
    private int _damageTaken;
    private int _nextFile;

    /// <param name="directory">The journal's folder.</param>
    /// <param name="from">Position of a record, or behind the last one: nothing below is read.</param>
    public JournalReader(string directory, long from = 0)
    {
        (_directory, From) = (directory, from);
        var damage = new List<JournalDamage>();
        _files = JournalSegmentFile.List(directory, damage);
        Damage.AddRange(damage.Where(item => item.Position + item.Length > from));
        _nextFile = _files.FindIndex(file => file.End > from) is >= 0 and var first ? first : _files.Count;
    }

    /// <summary>Where reading begins.</summary>
    public long From { get; }

    /// <summary>Nothing is read from this position on. Default: the end of the files as they are when each is opened.</summary>
    public long Limit { get; set; } = long.MaxValue;

    /// <summary>What could not be read so far.</summary>
    public List<JournalDamage> Damage { get; } = [];

    public long TotalBytes => _files.Sum(file => file.Length);

    /// <summary>Position of the journal's first byte.</summary>
    public long Begin => _files.Count == 0 ? 0 : _files[0].Header.BasePosition;

    /// <summary>Position behind the last byte of the journal.</summary>
    public long End => _files.Count == 0 ? 0 : _files[^1].End;

    /// <summary>Reads on. The record's spans are void after the next call.</summary>
    public bool TryReadNext(out JournalRecord record)
    {
        while (_scanner is not null || TryOpenNext())
        {
            if (_scanner!.TryReadNext(out record))
            {
                return true;
            }

            TakeDamage();
            if (!TryGoOnBehind(_scannerBase + _scanner.Next))
            {
                return false;
            }
        }

        record = default;
        return false;
    }

    public void Dispose() => CloseFile();

    /// <summary>The file is read to its end as it was: there may be more of it by now, or another file.</summary>
    private bool TryGoOnBehind(long position)
    {
        if (Limit != long.MaxValue)
        {
            if (position >= Limit)
            {
                return false;
            }

            _files = JournalSegmentFile.List(_directory, []);
            _nextFile = _files.FindIndex(file => file.Header.BasePosition > _scannerBase) is >= 0 and var next ? next : _files.Count;
            var length = Math.Min(RandomAccess.GetLength(_handle!), Limit - _scannerBase);
            if (length > _scanner!.End)
            {
                _scanner.LimitTo(length);
                return true;
            }
        }

        if (_nextFile == _files.Count)
        {
            return false;
        }

        CloseFile();
        return true;
    }

    private bool TryOpenNext()
    {
        if (_nextFile == _files.Count && Limit != long.MaxValue)
        {
            _files = JournalSegmentFile.List(_directory, []);
            _nextFile = _files.FindIndex(file => file.End > From) is >= 0 and var first ? first : _files.Count;
        }

        if (_nextFile == _files.Count || _files[_nextFile].Header.BasePosition >= Limit)
        {
            return false;
        }

        var file = _files[_nextFile++];
        _handle = File.OpenHandle(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        _scannerBase = file.Header.BasePosition;
        _scanner = new SegmentScanner(_handle, file.Name, file.Header, _window, Math.Max(JournalFormat.SegmentHeaderBytes, From - _scannerBase));
        _scanner.LimitTo(Math.Min(_scanner.End, Limit - _scannerBase));
        _damageTaken = 0;
        return true;
    }

    private void TakeDamage()
    {
        Damage.AddRange(_scanner!.Damage.Skip(_damageTaken));
        _damageTaken = _scanner.Damage.Count;
    }

    private void CloseFile()
    {
        _handle?.Dispose();
        _handle = null;
        _scanner = null;
    }
}
