using System.Threading.Channels;
using CleanStreets.Ingest.Observe;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Recover;
using CleanStreets.Ingest.Score;
using CleanStreets.Ingest.Snapshot;
using CleanStreets.Scoring.State;

namespace CleanStreets.Ingest.Match;

/// <summary>Places readings on streets, trace by trace, and returns the pooled batch: here its journey ends. After a start it first catches up.</summary>
internal sealed class MatchStage(
    LingeringReader<IngestBatch> input,
    ChannelWriter<ScoreWork> output,
    Task<RecoveredState> recovering,
    CatchUp catchUp,
    BatchPool pool,
    DurationHistogram duration)
{
    private readonly StateWriter _state = new();

    public async Task RunAsync()
    {
        Exception? fault = null;
        try
        {
            var state = await catchUp.WaitAsync(recovering);
            bool isPresent;
            using (state.Replay)
            {
                isPresent = await catchUp.RunAsync(state.Replay, batch => output.PassOnAsync(state.Matcher.Match(batch)));
            }

            if (isPresent)
            {
                await MatchLiveAsync(state.Matcher);
            }
        }
        catch (Exception ex)
        {
            fault = ex;
            throw;
        }
        finally
        {
            output.TryComplete(fault);
        }
    }

    private async Task MatchLiveAsync(TraceMatcher matcher)
    {
        while (await input.WaitToReadAsync())
        {
            while (input.TryRead(out var batch))
            {
                var began = duration.Begin();
                var matched = matcher.Match(batch);
                duration.Record(began);
                batch.Snapshot?.Save(SnapshotPart.Match, _state, matcher.Save);
                pool.Return(batch);
                await output.PassOnAsync(matched);
            }
        }
    }
}
