using CleanStreets.Ingest.Observe;
using CleanStreets.Ingest.Store.Log;
using Polly;

namespace CleanStreets.Ingest.Store;

/// <summary>Carries rows from the store log into one store, behind that store's own cursor.</summary>
/// <remarks>Whatever its store does, nobody waits for this loop: neither scoring nor another store.</remarks>
internal sealed class StoreLoop
{
    private readonly StoreLog _log;
    private readonly StoreOptions _options;
    private readonly DurationHistogram _duration;
    private readonly ILogger _logger;
    private readonly ResiliencePipeline _endless;
    private readonly long _loggedAtStart;

    public StoreLoop(ISegmentStore store, StoreMarks marks, StoreLog log, StoreOptions options, DurationHistogram duration, TimeProvider time, ILogger logger)
    {
        (Store, Marks, _log, _options, _duration, _logger) = (store, marks, log, options, duration, logger);
        _loggedAtStart = log.SyncedThrough;
        _endless = StoreRetry.Endless(options, time, Failed);
    }

    public ISegmentStore Store { get; }

    public StoreMarks Marks { get; }

    public StoreStanding Standing { get; } = new();

    /// <summary>Runs until the log is complete and stored; or until <paramref name="stopping"/>, and the rest stays in the log.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await _endless.ExecuteAsync(FollowAsync, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            _logger.StoreLeftBehind(Store.Name, _log.End.LogPosition - Standing.StoredLogPosition);
        }
    }

    // What fails outside of a write (the log cannot be read, the marks cannot be written) begins anew from the cursor.
    private async ValueTask FollowAsync(CancellationToken stopping)
    {
        if (!Store.IsOpen)
        {
            NoteWaiting();
        }

        await Store.OpenAsync(stopping);
        Standing.Opened();
        using var reader = new StoreLogReader(_log, Store.Cursor);
        while (await _log.WaitBeyondAsync(reader.LogPosition, stopping))
        {
            if (reader.Read(_options.WriteRows, out var missing) is { } rows)
            {
                Mark(missing);
                await StoreAsync(rows, stopping);
            }

            Standing.Reached(reader.LogPosition);
            if (reader.LogPosition == _log.End.LogPosition)
            {
                await Store.TidyAsync(stopping);
            }
        }
    }

    /// <summary>What waits for a store that is not open grows old all the same. Where nobody knows its cursor, what was logged before the start may be in it.</summary>
    private void NoteWaiting()
    {
        using var reader = new StoreLogReader(_log, Store.KnowsCursor ? Store.Cursor : _loggedAtStart + 1);
        if (reader.Read(1, out _) is { } waiting)
        {
            Standing.Begin(waiting);
        }
    }

    private async ValueTask StoreAsync(StoreRows rows, CancellationToken stopping)
    {
        Standing.Begin(rows);
        var refusedBefore = Store.Refused;
        await _endless.ExecuteAsync(
            static async (work, token) =>
            {
                var began = work.Duration.Begin();
                await work.Store.WriteAsync(work.Rows, token);
                work.Duration.Record(began);
            },
            (Store, Rows: rows, Duration: _duration),
            stopping);
        if (Standing.Failure is not null)
        {
            _logger.StoreWritesAgain(Store.Name);
        }

        Standing.Stored(rows, Store.Refused - refusedBefore);
    }

    private void Mark(StoreGap? missing)
    {
        if (missing is { } gap)
        {
            Marks.Add(gap);
            _logger.StoreMisses(Store.Name, gap.From, gap.Through);
        }
    }

    private void Failed(Exception fault)
    {
        var reason = fault is StoreUnavailableException ? fault.Message : $"{fault.GetType().Name}: {fault.Message}";
        if (Standing.Fails(reason))
        {
            _logger.StoreFails(Store.Name, reason);
        }
    }
}
