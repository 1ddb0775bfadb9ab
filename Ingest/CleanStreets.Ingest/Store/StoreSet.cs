using CleanStreets.Ingest.Store.Log;

namespace CleanStreets.Ingest.Store;

/// <summary>The stores in use, each with its loop. History is read from the first.</summary>
internal sealed class StoreSet : IAsyncDisposable
{
    private readonly StoreOptions _options;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TimeProvider _time;
    private IReadOnlyList<Task> _running = [];

    public StoreSet(IReadOnlyList<StoreLoop> loops, ISegmentHistory history, StoreLog log, StoreOptions options, TimeProvider time) =>
        (Loops, History, Log, _options, _time) = (loops, history, log, options, time);

    public IReadOnlyList<StoreLoop> Loops { get; }

    public ISegmentHistory History { get; }

    public StoreLog Log { get; }

    /// <summary>Everything of the journal below this position is in every store.</summary>
    public long StoredThrough => Loops.Min(loop => loop.Store.Cursor);

    /// <summary>Position in the store log below which every store has everything.</summary>
    public long StoredLogPosition => Loops.Min(loop => loop.Standing.StoredLogPosition);

    /// <summary>The newest journal position that the log or a store has seen.</summary>
    public long NewestPosition => Math.Max(Log.SyncedThrough, Loops.Max(loop => loop.Store.Cursor));

    /// <summary>Age of the oldest reading that is in the store log and not in every store.</summary>
    public TimeSpan OldestUnstoredAge(DateTimeOffset now) => Loops.Max(loop => loop.Standing.OldestUnstoredAge(now));

    public void Start() => _running = Loops.Select(loop => Task.Run(() => loop.RunAsync(_stopping.Token))).ToList();

    /// <summary>Lets stores that take rows finish; does not wait for one that does not.</summary>
    public async Task StopAsync()
    {
        Log.Complete();
        var deadline = Task.Delay(_options.StopPatience, _time);
        while (_running.Where((task, i) => !task.IsCompleted && Loops[i].Standing.Failure is null).ToList() is { Count: > 0 } taking)
        {
            if (await Task.WhenAny([.. taking, deadline]) == deadline)
            {
                break;
            }
        }

        await _stopping.CancelAsync();
        await Task.WhenAll(_running);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var loop in Loops)
        {
            await loop.Store.DisposeAsync();
        }

        _stopping.Dispose();
        Log.Dispose();
    }
}
