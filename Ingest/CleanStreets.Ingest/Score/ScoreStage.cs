using System.Threading.Channels;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Match;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Store;
using CleanStreets.Scoring.Index;

namespace CleanStreets.Ingest.Score;

/// <summary>Keeps the evidence, computes what changed once a batch, and hands it to Publish and to Store.</summary>
internal sealed class ScoreStage(
    ChannelReader<ScoreWork> input,
    ChannelWriter<IReadOnlyList<SegmentScore>> toPublish,
    ChannelWriter<StoreBatch> toStore,
    ScoreKeeper keeper,
    IScoreMethod method,
    long storedThrough,
    TimeProvider time,
    Action recovered)
{
    public async Task RunAsync()
    {
        Exception? fault = null;
        try
        {
            while (await input.WaitToReadAsync())
            {
                while (input.TryRead(out var work))
                {
                    await DoAsync(work);
                }
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

    private async ValueTask DoAsync(ScoreWork work)
    {
        switch (work)
        {
            case MatchedBatch batch:
                keeper.Add(batch);
                await PassOnAsync(MakeStoreBatch(batch, batch.Replayed && batch.Marker != BatchMarker.ReplayEnd ? [] : keeper.Rescore()));
                if (batch.Marker == BatchMarker.ReplayEnd)
                {
                    // Evidence fades while the service is down, too: nothing that is out of sight by now comes back as seen.
                    await SweepAsync(keeper.SweepStates(time.GetUtcNow().ToUnixTimeMilliseconds()));
                    recovered();
                }

                break;
            case SweepWork sweep:
                await SweepAsync(keeper.Sweep(sweep.AsOfMs));
                break;
            case ExplainWork explain:
                explain.Reply(keeper.Explain(explain));
                break;
            default:
                throw new InvalidOperationException($"The Score loop does not know {work.GetType().Name}.");
        }
    }

    private ValueTask SweepAsync(List<SegmentScore> scores) => PassOnAsync(new StoreBatch { ThroughPosition = 0, Scores = scores });

    private async ValueTask PassOnAsync(StoreBatch batch)
    {
        if (batch.Scores.Count > 0)
        {
            await toPublish.PassOnAsync(batch.Scores);
        }

        await toStore.PassOnAsync(batch);
    }

    private StoreBatch MakeStoreBatch(MatchedBatch batch, List<SegmentScore> scores)
    {
        var passes = new List<PassRow>(batch.Observations.Count);
        foreach (var matched in batch.Observations)
        {
            // What the store had committed before the last stop comes again with the replay, and is not written again.
            if (matched.Position >= storedThrough)
            {
                passes.Add(new PassRow(
                    matched.Position, matched.Ordinal, matched.Observation.SegmentId, method.Summarise(matched.Observation, matched.Truck)));
            }
        }

        return new StoreBatch { ThroughPosition = batch.ThroughPosition, Scores = scores, Passes = passes };
    }
}
