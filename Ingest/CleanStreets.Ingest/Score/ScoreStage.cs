using System.Threading.Channels;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Match;
using CleanStreets.Ingest.Observe;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Snapshot;
using CleanStreets.Ingest.Store;
using CleanStreets.Scoring.Index;

namespace CleanStreets.Ingest.Score;

/// <summary>Keeps the evidence, computes in rounds what changed, and hands it to Publish and to Store.</summary>
/// <remarks>
/// A round's passes, its scores and its journal position go to the store log together: what the log covers is scored. What the log
/// had covered before the last stop comes again with the replay and is not handed over twice.
/// </remarks>
internal sealed class ScoreStage(
    ChannelReader<ScoreWork> input,
    ChannelWriter<IReadOnlyList<SegmentScore>> toPublish,
    ChannelWriter<StoreBatch> toStore,
    Task<ScoreKeeper> recovering,
    IScoreMethod method,
    RoundPacer pacer,
    long loggedThrough,
    TimeProvider time,
    DurationHistogram duration,
    Action recovered)
{
    private readonly LingeringReader<ScoreWork> _input = new(input);
    private ScoreKeeper? _keeper;
    private ReplayPoints? _replayed;
    private List<PassRow> _passes = [];
    private List<FactRow> _facts = [];
    private long _throughPosition;
    private bool _hasNews;
    private bool _caughtUp;

    private ReplayPoints Replayed => _replayed ??= new ReplayPoints(Keeper, loggedThrough);

    private ScoreKeeper Keeper => _keeper ?? throw new InvalidOperationException("The evidence is not there yet.");

    public async Task RunAsync()
    {
        Exception? fault = null;
        try
        {
            _keeper = await recovering;
            while (await _input.WaitToReadAsync())
            {
                await CollectAsync(pacer.Pause());
                await EndRoundAsync();
            }
        }
        catch (Exception ex)
        {
            fault = ex;
            throw;
        }
        finally
        {
            toPublish.TryComplete(fault);
            toStore.TryComplete(fault);
        }
    }

    /// <summary>Takes what comes until the pause is over, and then to the end of the commit: a round that began with its first batch would keep the others waiting.</summary>
    private async ValueTask CollectAsync(Task pause)
    {
        var hasFollower = false;
        do
        {
            while (_input.TryRead(out var work))
            {
                pacer.Look();
                await DoAsync(work);
                hasFollower = work is MatchedBatch { HasFollower: true };
                if (pause.IsCompleted && !hasFollower)
                {
                    return;
                }
            }
        }
        while (await (hasFollower ? _input.WaitToReadAsync() : _input.WaitToReadAsync(pause)));
    }

    private async ValueTask DoAsync(ScoreWork work)
    {
        switch (work)
        {
            case MatchedBatch batch:
                Take(batch);
                if (batch.Marker == BatchMarker.ReplayEnd)
                {
                    await EndReplayAsync();
                    _caughtUp = true;
                    recovered();
                }
                else if (batch.Snapshot is { } ticket)
                {
                    ticket.Capture(SnapshotPart.Score, Keeper.Capture);
                    await EndRoundAsync();
                    ticket.Complete();
                }

                break;
            case SweepWork when !_caughtUp:
                // Half the evidence would be shown as the whole; the replay's end computes every street anyway.
                break;
            case SweepWork sweep:
                await EndRoundAsync();
                await SweepAsync(Keeper.Sweep(sweep.AsOfMs));
                break;
            case ExplainWork explain:
                // The explanation speaks of the score on the board: nothing may wait to be scored.
                await EndRoundAsync();
                explain.Reply(Keeper.Explain(explain));
                break;
            case EvidenceWork wanted:
                wanted.Reply(Keeper.Copy(wanted.Segments));
                break;
            case DetectorWork wanted:
                wanted.Reply(Keeper.CopyForDetectors());
                break;
            default:
                throw new InvalidOperationException($"The Score loop does not know {work.GetType().Name}.");
        }
    }

    private ValueTask SweepAsync(List<SegmentScore> scores) => PassOnAsync(scores, new StoreBatch { ThroughPosition = 0, Scores = scores });

    private void Take(MatchedBatch batch)
    {
        if (batch.Replayed)
        {
            Replayed.Add(batch);
        }
        else
        {
            Keeper.Add(batch);
        }

        _hasNews = true;
        _throughPosition = Math.Max(_throughPosition, batch.ThroughPosition);
        Keep(batch);
        foreach (var matched in batch.Observations)
        {
            if (matched.Position >= loggedThrough)
            {
                _passes.Add(new PassRow(
                    matched.Position,
                    matched.Ordinal,
                    matched.Observation.SegmentId,
                    method.Summarise(matched.Observation, matched.Truck, Keeper.OrderOf(matched), matched.IsTrial)));
            }
        }
    }

    /// <summary>What bears on passes that are stored already, or come later.</summary>
    private void Keep(MatchedBatch batch)
    {
        foreach (var said in batch.Facts)
        {
            if (said.Position >= loggedThrough && FactRow.Of(said.Fact) is { } row)
            {
                _facts.Add(row);
            }
        }
    }

    private async ValueTask EndRoundAsync()
    {
        if (!_hasNews)
        {
            return;
        }

        pacer.Begin();
        var began = duration.Begin();

        // A replay shows its scores once, at its end; the stores get its points with each round, or they would be missing when the next round never comes.
        var scores = _caughtUp ? Keeper.Rescore() : [];
        var round = Round(scores);
        pacer.End(scores.Count);
        duration.Record(began);
        await PassOnAsync(scores, round);
    }

    /// <summary>The present is reached: every street is computed and shown.</summary>
    private async ValueTask EndReplayAsync()
    {
        var began = duration.Begin();
        var scores = Keeper.Rescore();
        var round = Round([]);
        var known = new StoreBatch { ThroughPosition = 0, Known = scores };

        // Evidence fades while the service is down, too: what is out of sight by now is not shown as seen, not even for a moment.
        var faded = Keeper.SweepStates(time.GetUtcNow().ToUnixTimeMilliseconds());
        var ids = faded.Select(score => score.SegmentId).ToHashSet();
        scores = scores.FindAll(score => !ids.Contains(score.SegmentId));
        scores.AddRange(faded);
        duration.Record(began);
        await PassOnAsync(scores, round);
        if (known.Known.Count > 0)
        {
            await toStore.PassOnAsync(known);
        }
    }

    /// <summary>What goes to the stores of a round, with its passes and its position.</summary>
    /// <param name="scores">What the round has computed; a replay has points of its own instead.</param>
    private StoreBatch Round(List<SegmentScore> scores)
    {
        var (points, known) = _caughtUp ? (scores, []) : Replayed.Take();
        var round = new StoreBatch { ThroughPosition = _throughPosition, Scores = points, Known = known, Passes = _passes, Facts = _facts.Count > 0 ? _facts : [] };
        (_passes, _facts) = (new List<PassRow>(_passes.Count), _facts.Count > 0 ? [] : _facts);
        _hasNews = false;
        return round;
    }

    private async ValueTask PassOnAsync(List<SegmentScore> scores, StoreBatch batch)
    {
        if (scores.Count > 0)
        {
            await toPublish.PassOnAsync(scores);
        }

        await toStore.PassOnAsync(batch);
    }
}
