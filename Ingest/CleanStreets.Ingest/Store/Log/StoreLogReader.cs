using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Journal;
using Microsoft.Win32.SafeHandles;

namespace CleanStreets.Ingest.Store.Log;

/// <summary>Reads the store log behind a cursor, as far as it is synced, and notices what is missing.</summary>
/// <remarks>One owner. A file that is deleted while it is read stays readable to its end.</remarks>
internal sealed class StoreLogReader : IDisposable
{
    /// <summary>Names of trucks, streets and kinds that are known again: those of a large city.</summary>
    private const int KnownTexts = 16_384;

    private readonly StoreLog _log;
    private readonly long _cursor;
    private readonly byte[] _window = new byte[JournalFormat.MaxRecordBytes];
    private readonly TextCache _texts = new(KnownTexts);
    private readonly List<PassRow> _passes = [];
    private readonly List<PointRow> _points = [];
    private readonly List<FactRow> _facts = [];
    private long _covered;
    private long _fileBase = -1;
    private SafeFileHandle? _handle;
    private SegmentScanner? _scanner;
    private bool _skipped;
    private int _nextPart;
    private bool _lostPart;

    /// <param name="log">The log.</param>
    /// <param name="cursor">Everything of the journal below this position is stored already.</param>
    public StoreLogReader(StoreLog log, long cursor)
    {
        (_log, _cursor, _covered) = (log, cursor, cursor);
        OpenFirst();
    }

    /// <summary>Position in the log behind what has been read.</summary>
    public long LogPosition { get; private set; }

    /// <summary>Reads on; null when there is nothing more yet. The rows are lent until the next call.</summary>
    /// <param name="mostRows">Rows after which it is enough; a record is never split.</param>
    /// <param name="missing">A stretch of the journal whose rows are gone and lie before or among what is returned; null as a rule.</param>
    public StoreRows? Read(int mostRows, out StoreGap? missing)
    {
        missing = null;
        _passes.Clear();
        _points.Clear();
        _facts.Clear();
        var (oldest, hasNews) = (0L, false);
        while (_passes.Count + _points.Count + _facts.Count < mostRows && TryReadRecord(out var record))
        {
            LogPosition = record.End;

            // A group that begins behind its first part: the cap or damage took the file with the parts before.
            _lostPart = record.ReadingCount > 0 && (_lostPart || record.ReadingCount != _nextPart);
            _nextPart = record.ReadingCount + 1;
            if (record.FirstSequence < _cursor)
            {
                _skipped = false;
                continue;
            }

            var isReadable = RowReader.TryRead(record.Payload, _texts, _passes, _points, _facts);
            if (record.OldestSequence > _covered || _skipped || !isReadable)
            {
                missing = new StoreGap(missing?.From ?? _covered, isReadable ? record.OldestSequence : record.FirstSequence);
                _skipped = false;
            }

            // What was in a part lies anywhere in its group, and only the last part says how far that reaches.
            _lostPart |= !isReadable;
            if (_lostPart && record.FirstSequence > record.OldestSequence)
            {
                missing = new StoreGap(missing?.From ?? _covered, record.FirstSequence);
                _lostPart = false;
            }

            oldest = hasNews ? oldest : record.ReceivedAtMs;
            _covered = Math.Max(_covered, record.FirstSequence);
            hasNews = true;
        }

        return hasNews ? new StoreRows(_covered, LogPosition, oldest, _passes, _points) { Facts = _facts } : null;
    }

    public void Dispose() => _handle?.Dispose();

    private bool TryReadRecord(out JournalRecord record)
    {
        while (true)
        {
            // Taken first: a next file that begins below it was begun after this one had been finished.
            var end = _log.End.LogPosition;
            if (_scanner is not null)
            {
                _scanner.LimitTo(Math.Min(RandomAccess.GetLength(_handle!), end - _fileBase));
                var damage = _scanner.Damage.Count;
                var found = _scanner.TryReadNext(out record);
                _skipped |= _scanner.Damage.Count > damage;
                if (found)
                {
                    return true;
                }
            }

            var next = StoreLogFiles.List(_log.Folder).FirstOrDefault(file => file.Base > _fileBase && file.Base < end);
            if (next.Path is null)
            {
                LogPosition = Math.Max(LogPosition, end);
                record = default;
                return false;
            }

            Open(next.Base, next.Path);
        }
    }

    private void Open(long fileBase, string path)
    {
        _handle?.Dispose();
        (_fileBase, _handle, _scanner) = (fileBase, null, null);
        try
        {
            Span<byte> head = stackalloc byte[JournalFormat.SegmentHeaderBytes];
            _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
            if (RandomAccess.Read(_handle, head, 0) == head.Length && SegmentHeader.TryRead(head, out var header))
            {
                _scanner = new SegmentScanner(_handle, Path.GetFileName(path), header, _window);
                return;
            }
        }
        catch (FileNotFoundException)
        {
            // The cap took it since we looked: what it held is missed when the next one is read.
        }

        _skipped = true;
    }

    // Files that hold nothing but what is stored are not read again: before the newest file whose first record begins below the
    // cursor lies nothing else.
    private void OpenFirst()
    {
        var files = StoreLogFiles.List(_log.Folder);
        var first = files.FindLastIndex(file =>
        {
            Open(file.Base, file.Path);
            return _scanner is not null && _scanner.TryReadNext(out var record) && record.OldestSequence < _cursor;
        });
        if (files.Count > 0)
        {
            first = Math.Max(0, first);
            Open(files[first].Base, files[first].Path);
            LogPosition = _fileBase;
        }

        _skipped = false;
    }
}
