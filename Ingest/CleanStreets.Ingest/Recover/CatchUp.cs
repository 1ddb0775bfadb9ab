using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Match;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Score;

namespace CleanStreets.Ingest.Recover;

/// <summary>What Match and Score go on from after a start.</summary>
/// <param name="Matcher">The open traces.</param>
/// <param name="Keeper">The evidence.</param>
/// <param name="Replay">Gives what the journal holds behind them.</param>
internal sealed record RecoveredState(TraceMatcher Matcher, ScoreKeeper Keeper, JournalReplay Replay);

/// <summary>Brings Match up to the present from the journal, while live batches are already being acknowledged.</summary>
/// <remarks>
/// A live batch that reaches Match before its turn is given back at once: it is on disk, and is read from there when its turn comes. So memory
/// does not grow with what there is to catch up, nobody waits for Match, and everything happens in the order of the journal. Two batches of its
/// own: one is read and decoded while the other is matched.
/// </remarks>
internal sealed class CatchUp(LingeringReader<IngestBatch> live, BatchPool pool, PipelineOptions options, JournalProgress progress)
{
    private IngestBatch _ready = new(options.BatchBytes, options.BatchMessages);
    private IngestBatch _next = new(options.BatchBytes, options.BatchMessages);

    /// <summary>Position up to which the journal must be read: the end at the start, and whatever was given back since.</summary>
    private long _through = progress.JournalledThrough;
    private volatile bool _stopping;

    /// <summary>The service stops: <see cref="RunAsync"/> ends with the batch it is at. The journal has the rest, and the next start reads it.</summary>
    public void Stop() => _stopping = true;

    /// <summary>Gives back live batches until <paramref name="loading"/> is done.</summary>
    public async Task<T> WaitAsync<T>(Task<T> loading)
    {
        while (!loading.IsCompleted && await live.WaitToReadAsync(loading))
        {
            GiveBackLive();
        }

        return await loading;
    }

    /// <summary>Reads the journal from where <paramref name="replay"/> stands to the present; the last batch carries the end marker.</summary>
    /// <returns>False when <see cref="Stop"/> ended it before; then no live batch was left to be matched, and none will be.</returns>
    public async Task<bool> RunAsync(JournalReplay replay, Func<IngestBatch, ValueTask> match)
    {
        progress.CaughtUpTo(replay.From);
        await FillAsync(replay);
        while (true)
        {
            (_ready, _next) = (_next, _ready);
            GiveBackLive();
            var reachesPresent = _ready.ThroughPosition >= _through;
            _ready.Marker = reachesPresent ? BatchMarker.ReplayEnd : BatchMarker.None;
            var filling = reachesPresent ? Task.CompletedTask : FillAsync(replay);
            await GiveBackWhileAsync(match(_ready).AsTask(), reachesPresent);
            progress.CaughtUpTo(_ready.ThroughPosition);
            await filling;
            if (reachesPresent)
            {
                return true;
            }

            if (_stopping)
            {
                await GiveBackRestAsync();
                return false;
            }
        }
    }

    /// <summary>Score may be slow, or wait for the disk of the store log: acknowledging goes on meanwhile, as long as Match takes what is live.</summary>
    private async Task GiveBackWhileAsync(Task matching, bool reachesPresent)
    {
        // The batch with the end marker is the last before the live ones: those that come now are matched from memory.
        while (!reachesPresent && !matching.IsCompleted && await live.WaitToReadAsync(matching))
        {
            GiveBackLive();
        }

        await matching;
    }

    private async Task GiveBackRestAsync()
    {
        while (await live.WaitToReadAsync())
        {
            GiveBackLive();
        }
    }

    private Task FillAsync(JournalReplay replay)
    {
        var (batch, through) = (_next, _through);
        batch.Clear();
        return Task.Run(() => replay.Fill(batch, through));
    }

    private void GiveBackLive()
    {
        while (live.TryRead(out var batch))
        {
            _through = Math.Max(_through, batch.ThroughPosition);
            pool.Return(batch);
        }
    }
}
