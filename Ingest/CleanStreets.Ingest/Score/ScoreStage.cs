using System.Threading.Channels;
using CleanStreets.Contracts;
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
    private readonly HashSet<SegmentId> _replayedNews = [];
    private List<PassRow> _passes = [];
    private long _throughPosition;
    private bool _hasNews;
    private bool _replaying;
    private bool _caughtUp;

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

            await EndBeforePresentAsync();
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
                    await EndRoundAsync(sweepStates: true);
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
        Keeper.Add(batch);
        _hasNews = true;
        _throughPosition = Math.Max(_throughPosition, batch.ThroughPosition);

        // Replay shows its scores once, at its end.
        _replaying = batch.Replayed && batch.Marker != BatchMarker.ReplayEnd;
        foreach (var matched in batch.Observations)
        {
            if (matched.Position >= loggedThrough)
            {
                if (!matched.IsTrial)
                {
                    NoteReplayed(batch, matched.Observation.SegmentId);
                }

                _passes.Add(new PassRow(
                    matched.Position,
                    matched.Ordinal,
                    matched.Observation.SegmentId,
                    method.Summarise(matched.Observation, matched.Truck) with { OrderId = Keeper.OrderOf(matched), IsTrial = matched.IsTrial }));
            }
        }

        if (batch.ThroughPosition > loggedThrough)
        {
            batch.Facts.ForEach(fact => NoteReplayed(batch, fact.Fact.SegmentId));
        }
    }

    // Stopped while catching up: the passes so far are in the log, and the next replay does not hand them over again. So neither would it
    // the points of their streets; nothing is published, because this is not the present.
    private async ValueTask EndBeforePresentAsync()
    {
        if (!_caughtUp && _replayedNews.Count > 0)
        {
            var points = Keeper.Rescore().FindAll(score => _replayedNews.Contains(score.SegmentId));
            await toStore.PassOnAsync(new StoreBatch { ThroughPosition = _throughPosition, Scores = points });
        }
    }

    private void NoteReplayed(MatchedBatch batch, SegmentId segment)
    {
        if (batch.Replayed)
        {
            _replayedNews.Add(segment);
        }
    }

    private async ValueTask EndRoundAsync(bool sweepStates = false)
    {
        if (!_hasNews)
        {
            return;
        }

        pacer.Begin();
        var began = duration.Begin();
        var scores = _replaying ? [] : Keeper.Rescore();
        if (sweepStates)
        {
            // Evidence fades while the service is down, too: what is out of sight by now is not shown as seen, not even for a moment.
            var faded = Keeper.SweepStates(time.GetUtcNow().ToUnixTimeMilliseconds());
            var ids = faded.Select(score => score.SegmentId).ToHashSet();
            scores.RemoveAll(score => ids.Contains(score.SegmentId));
            scores.AddRange(faded);
        }

        // The end of a replay computes every street; a point is worth only what the log has not seen yet.
        var points = sweepStates ? scores.FindAll(score => _replayedNews.Contains(score.SegmentId)) : scores;
        var round = new StoreBatch { ThroughPosition = _throughPosition, Scores = points, Passes = _passes };
        pacer.End(scores.Count);
        duration.Record(began);
        _passes = [];
        _hasNews = false;
        await PassOnAsync(scores, round);
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
