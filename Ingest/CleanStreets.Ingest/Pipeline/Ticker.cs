using CleanStreets.Ingest.Clock;
using CleanStreets.Ingest.Score;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>Brings time into the pipeline as messages, so that no stage needs a clock of its own to act.</summary>
internal sealed class Ticker(IngestChannels channels, BatchPool pool, IngestOptions options, BelievedClock time) : IDisposable
{
    private readonly PeriodicTimer _timer = new(options.Acknowledge.MarksInterval, time);

    public async Task RunAsync()
    {
        var sweptAt = time.GetUtcNow();
        while (await _timer.WaitForNextTickAsync())
        {
            time.Look();
            Tick();
            var now = time.GetUtcNow();
            if ((now - sweptAt >= options.Score.SweepInterval || now < sweptAt) &&
                channels.Score.Writer.TryWrite(new SweepWork { AsOfMs = now.ToUnixTimeMilliseconds() }))
            {
                sweptAt = now;
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    // Under full load there is no batch to spare and no tick: the next one does the same work.
    private void Tick()
    {
        if (pool.TryRentForTick(out var batch))
        {
            batch.Marker = BatchMarker.Tick;
            if (!channels.Decode.TryWrite(batch))
            {
                pool.Return(batch);
            }
        }
    }
}
