using System.Threading.Channels;
using CleanStreets.Ingest.Journal;

namespace CleanStreets.Ingest.Store.Log;

/// <summary>Collects what Score hands over and writes it to the store log in groups.</summary>
/// <remarks>
/// A disk that refuses is asked again until it takes the group: meanwhile the queue fills and Score waits. It is the journal's disk,
/// so then nothing is acknowledged either. No store is waited for.
/// </remarks>
internal sealed class StoreLogStage(
    ChannelReader<StoreBatch> input,
    StoreLog log,
    JournalProgress progress,
    Func<long> storedThrough,
    StoreLogOptions options,
    TimeProvider time,
    ILogger<StoreLogStage> logger)
{
    /// <summary>Longest sleep while a group gathers. Rounds come a hundred times a second at most, and each would wake this loop for nothing.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    private readonly PointFilter _filter = new();
    private readonly List<PassRow> _passes = [];
    private readonly List<PointRow> _points = [];
    private readonly List<FactRow> _facts = [];
    private long _through = log.SyncedThrough;
    private bool _refused;

    public async Task RunAsync()
    {
        while (await input.WaitToReadAsync())
        {
            await CollectAsync();
            if (_passes.Count + _points.Count + _facts.Count > 0 || _through > log.SyncedThrough)
            {
                await WriteAsync();
            }
        }

        log.Complete();
    }

    private async ValueTask CollectAsync()
    {
        var began = time.GetTimestamp();
        while (true)
        {
            while (input.TryRead(out var batch))
            {
                Add(batch);
                if (_passes.Count + _points.Count >= options.SyncRows)
                {
                    return;
                }
            }

            var left = options.SyncInterval - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || input.Completion.IsCompleted)
            {
                return;
            }

            await Task.Delay(left < LongestPause ? left : LongestPause, time);
        }
    }

    private void Add(StoreBatch batch)
    {
        _through = Math.Max(_through, batch.ThroughPosition);
        _passes.AddRange(batch.Passes);
        _facts.AddRange(batch.Facts);
        foreach (var score in batch.Known)
        {
            _filter.Know(score);
        }

        foreach (var score in batch.Scores)
        {
            if (_filter.IsNews(score, out var row))
            {
                _points.Add(row);
            }
        }
    }

    private async ValueTask WriteAsync()
    {
        var receivedAtMs = progress.OldestUnlogged(_through) ?? time.GetUtcNow().ToUnixTimeMilliseconds();
        while (!TryWrite(receivedAtMs))
        {
            await Task.Delay(options.RetryPause, time);
        }

        progress.Logged(_through);
        _passes.Clear();
        _points.Clear();
        _facts.Clear();
        Trim();
    }

    private bool TryWrite(long receivedAtMs)
    {
        try
        {
            if (_refused)
            {
                log.Reopen();
            }

            log.Append(_through, receivedAtMs, _passes, _points, _facts);
            log.Sync();
            if (_refused)
            {
                logger.LogWritesAgain();
            }

            _refused = false;
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            if (!_refused)
            {
                logger.LogRefuses(fault.Message);
            }

            _refused = true;
            return false;
        }
    }

    private void Trim()
    {
        try
        {
            log.Trim(storedThrough());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            logger.LogNotTrimmed(fault.Message);
        }
    }
}
