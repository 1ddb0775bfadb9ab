using System.Diagnostics;

namespace CleanStreets.Ingest.Snapshot;

/// <summary>Decides when a snapshot is due, hands out its ticket, and writes it down on a thread of its own.</summary>
/// <remarks>One at a time. One that cannot be written is said once and tried again when the next is due; the journal has everything meanwhile.</remarks>
internal sealed class SnapshotKeeper(
    SnapshotFolder folder,
    string networkVersion,
    string method,
    Func<long, Task> storeLogSynced,
    SnapshotOptions options,
    TimeProvider time,
    ILogger<SnapshotKeeper> logger)
{
    private long _readingsSince;
    private bool _newsSince;
    private long _begunAt = time.GetTimestamp();
    private int _busy;
    private bool _failing;
    private Task _writing = Task.CompletedTask;
    private volatile bool _enabled;
    private volatile bool _demanded;
    private long _newest;

    /// <summary>Position of the newest snapshot; 0 without any.</summary>
    public long Newest
    {
        get => Volatile.Read(ref _newest);
        set => Volatile.Write(ref _newest, value);
    }

    /// <summary>Called on the writing thread after each snapshot with what is kept.</summary>
    public Action<KeptSnapshots>? Completed { get; set; }

    /// <summary>From now on snapshots may be taken: Match and Score have caught up.</summary>
    public void Enable() => _enabled = true;

    /// <summary>Called once before the start: what the journal holds beyond the newest snapshot is news, though nothing more may come in.</summary>
    public void Resume(long newestSnapshot, long journalEnd) => _newsSince = journalEnd > newestSnapshot;

    /// <summary>Takes one as soon as there is anything new, whatever the interval: the journal needs its room.</summary>
    public void Demand() => _demanded = true;

    /// <summary>Called by admission for each batch it has decided; answers a ticket when one is due.</summary>
    /// <param name="readings">Readings of the batch that go to the journal.</param>
    /// <param name="anything">Whether anything of it goes to the journal.</param>
    public SnapshotTicket? TryBegin(int readings, bool anything)
    {
        _readingsSince += readings;
        _newsSince |= anything;
        if (!_enabled || !_newsSince || !IsDue() || Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            return null;
        }

        (_readingsSince, _newsSince, _demanded, _begunAt) = (0, false, false, time.GetTimestamp());
        return new SnapshotTicket(ticket => _writing = Task.Run(() => WriteAsync(ticket)));
    }

    /// <summary>Waits for the one that is being written.</summary>
    public Task StopAsync() => _writing;

    private bool IsDue() => _demanded || _readingsSince >= options.Readings || time.GetElapsedTime(_begunAt) >= options.Interval;

    private async Task WriteAsync(SnapshotTicket ticket)
    {
        try
        {
            // One more part without a file: what the stages gave from before the marker is on disk in the store log.
            await storeLogSynced(ticket.Position);
            var begun = Stopwatch.GetTimestamp();
            var bytes = ticket.Parts.ToDictionary(part => part.Key, part => folder.Write(ticket.Position, part.Key, part.Value));
            var kept = folder.Complete(new SnapshotManifest(ticket.Position, time.GetUtcNow(), networkVersion, method, bytes));
            Newest = ticket.Position;
            _failing = false;
            logger.SnapshotTaken(ticket.Position, bytes.Values.Sum(), Stopwatch.GetElapsedTime(begun).TotalMilliseconds, string.Join(
                ", ", ticket.Pauses.Select(pause => $"{pause.Key.Name()} {pause.Value.TotalMilliseconds:0.0} ms")));
            Completed?.Invoke(kept);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            if (!_failing)
            {
                logger.SnapshotFailed(ex.Message);
            }

            _failing = true;
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }
}
