using System.Threading.Channels;
using CleanStreets.Ingest.Observe;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Score;

namespace CleanStreets.Ingest.Match;

/// <summary>Places readings on streets, trace by trace, and returns the pooled batch: here its journey ends.</summary>
internal sealed class MatchStage(
    ChannelReader<IngestBatch> input, ChannelWriter<ScoreWork> output, TraceMatcher matcher, BatchPool pool, DurationHistogram duration)
{
    public async Task RunAsync()
    {
        Exception? fault = null;
        try
        {
            while (await input.WaitToReadAsync())
            {
                while (input.TryRead(out var batch))
                {
                    var began = duration.Begin();
                    var matched = matcher.Match(batch);
                    duration.Record(began);
                    pool.Return(batch);
                    await output.PassOnAsync(matched);
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
            output.TryComplete(fault);
        }
    }
}
