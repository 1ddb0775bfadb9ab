using System.Text;
using CleanStreets.Ingest.Journal;

namespace CleanStreets.Ingest.Store.Log;

/// <summary>What is to be stored, on disk and in order, until every store has it.</summary>
/// <remarks>
/// Written by the <see cref="StoreLogStage"/> alone; <see cref="End"/> and the waits are for anybody. Files and records are the
/// journal's: same head, same checksums, same way of finding a torn end. Readers see only what has been synced.
/// </remarks>
internal sealed class StoreLog : IDisposable
{
    private const int MostPayloadBytes = JournalFormat.MaxRecordBytes - (128 * 1024);

    private readonly StoreLogOptions _options;
    private readonly JournalOpener _opener;
    private readonly byte[] _network;
    private readonly MemoryStream _payload = new();
    private readonly BinaryWriter _rows;
    private JournalWriter _writer;
    private StoreLogEnd _end;
    private TaskCompletionSource _advanced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _through;
    private long _dropped;
    private int _part;

    /// <summary>Opens the log, whatever state a crash left it in. Rows that speak of another network are removed: replay writes them anew.</summary>
    public StoreLog(
        string directory,
        string networkVersion,
        StoreLogOptions options,
        TimeProvider time,
        Func<ulong> newSalt,
        Func<string, FileMode, IJournalFile>? openFile = null)
    {
        (Folder, _options) = (directory, options);
        _network = Encoding.UTF8.GetBytes(networkVersion);
        _rows = new BinaryWriter(_payload, Encoding.UTF8);
        _opener = new JournalOpener(directory, new JournalOptions { SegmentBytes = options.FileBytes }, time, newSalt)
        {
            OpenFile = openFile ?? (static (path, mode) => new DiskJournalFile(path, mode)),
        };
        var (network, through) = StoreLogRecovery.FindEnd(directory);
        if (network is not null && network != networkVersion)
        {
            Directory.Delete(directory, recursive: true);
            through = 0;
        }

        _writer = OpenWriter(notBefore: 0);
        _through = through;
        _end = new StoreLogEnd(_writer.Position, through);
    }

    public string Folder { get; }

    /// <summary>How far the log is on disk.</summary>
    public StoreLogEnd End => Volatile.Read(ref _end);

    /// <summary>Everything of the journal below this position is in the log, on disk.</summary>
    public long SyncedThrough => End.Through;

    /// <summary>Bytes that went because of the cap before every store had them, since the start.</summary>
    public long DroppedBytes => Volatile.Read(ref _dropped);

    /// <summary>What the journal held below a position comes no more, though it is not in the log: a store that has not got it finds that out with the next record.</summary>
    /// <remarks>Called after a start, before anything is added.</remarks>
    public void SkipTo(long position) => _through = Math.Max(_through, position);

    /// <summary>Adds rows; not on disk and not to be read before <see cref="Sync"/>.</summary>
    public void Append(long through, long oldestReceivedAtMs, IReadOnlyList<PassRow> passes, IReadOnlyList<PointRow> points, IReadOnlyList<FactRow>? facts = null)
    {
        _part = 0;
        BeginPayload();
        foreach (var pass in passes)
        {
            RowCodec.Write(_rows, in pass);
            FlushFull(oldestReceivedAtMs);
        }

        foreach (var point in points)
        {
            RowCodec.Write(_rows, in point);
            FlushFull(oldestReceivedAtMs);
        }

        foreach (var fact in facts ?? [])
        {
            RowCodec.Write(_rows, in fact);
            FlushFull(oldestReceivedAtMs);
        }

        AppendRecord(Math.Max(_through, through), oldestReceivedAtMs);
    }

    /// <summary>Puts everything appended on disk and shows it to the readers.</summary>
    /// <exception cref="IOException">Nothing since the last sync is safe: <see cref="Reopen"/> and append it again.</exception>
    public void Sync()
    {
        _writer.Commit();
        Show(new StoreLogEnd(_writer.Position, _through));
    }

    /// <summary>After a failed write: begins where the disk agrees; positions only grow.</summary>
    public void Reopen()
    {
        var position = _writer.Position;
        _writer.Dispose();
        _writer = OpenWriter(position);
        _through = End.Through;
    }

    /// <summary>Deletes what every store has, and beyond the cap the oldest that some store has not.</summary>
    /// <param name="storedThrough">Position in the log below which every store has everything.</param>
    public void Trim(long storedThrough)
    {
        var files = StoreLogFiles.List(Folder);
        for (var i = 0; i + 1 < files.Count; i++)
        {
            var next = files[i + 1].Base;
            if (next > storedThrough)
            {
                if (_writer.Position - files[i].Base <= _options.CapBytes)
                {
                    return;
                }

                Volatile.Write(ref _dropped, _dropped + next - Math.Max(files[i].Base, storedThrough));
            }

            File.Delete(files[i].Path);
        }
    }

    /// <summary>Nothing more will come: readers that have read everything end.</summary>
    public void Complete() => Show(End with { IsComplete = true });

    /// <summary>Completes once everything of the journal below <paramref name="position"/> is in the log, on disk.</summary>
    public async Task SyncThroughAsync(long position)
    {
        for (var advanced = Advanced; End.Through < position; advanced = Advanced)
        {
            await advanced;
        }
    }

    /// <summary>Waits for something behind <paramref name="logPosition"/>; false when nothing will come.</summary>
    public async ValueTask<bool> WaitBeyondAsync(long logPosition, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Taken before looking: what comes between the two completes it.
            var advanced = Advanced;
            var end = End;
            if (end.LogPosition > logPosition || end.IsComplete)
            {
                return end.LogPosition > logPosition;
            }

            await advanced.WaitAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        _writer.Dispose();
        _rows.Dispose();
    }

    private Task Advanced => Volatile.Read(ref _advanced).Task;

    private JournalWriter OpenWriter(long notBefore)
    {
        var writer = _opener.Open(notBefore, out _);

        // A torn end is kept for diagnosis in the journal only: what this log lost is made again from there.
        var damaged = Path.Combine(Folder, "damaged");
        if (Directory.Exists(damaged))
        {
            Directory.Delete(damaged, recursive: true);
        }

        return writer;
    }

    private void Show(StoreLogEnd end)
    {
        Volatile.Write(ref _end, end);
        Interlocked.Exchange(ref _advanced, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    private void BeginPayload()
    {
        _payload.SetLength(0);
        _rows.Write(RowCodec.Version);
    }

    private void FlushFull(long oldestReceivedAtMs)
    {
        if (_payload.Length >= MostPayloadBytes)
        {
            // The position moves with the last part, so that a store which stops in between reads all parts again.
            AppendRecord(_through, oldestReceivedAtMs);
            BeginPayload();
        }
    }

    private void AppendRecord(long through, long oldestReceivedAtMs)
    {
        _rows.Flush();
        _writer.Append(new JournalRecord
        {
            Type = JournalRecordType.StoreRows,
            ReceivedAtMs = oldestReceivedAtMs,
            OldestSequence = _through,
            FirstSequence = through,
            ReadingCount = _part++,
            Id = _network,
            Payload = _payload.GetBuffer().AsSpan(0, (int)_payload.Length),
        });
        _through = through;
    }
}
