using System.Threading.Channels;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Observe;
using CleanStreets.Ingest.Pipeline;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Ingest.Store;

/// <summary>Collects what is to be stored and writes it in few, large transactions.</summary>
/// <remarks>A store that refuses is asked again until it takes the rows: meanwhile its queue fills, Score waits, and in the end the trucks do.</remarks>
internal sealed class StoreStage(
    ChannelReader<StoreBatch> input,
    SegmentStore store,
    JournalProgress progress,
    StoreOptions options,
    TimeProvider time,
    DurationHistogram duration,
    ILogger<StoreStage> logger)
{
    private readonly LingeringReader<StoreBatch> _input = new(input);
    private readonly List<StoreBatch> _group = [];

    public async Task RunAsync()
    {
        while (await _input.WaitToReadAsync())
        {
            await CollectAsync();
            if (HasNews())
            {
                await WriteAsync();
            }

            _group.Clear();
        }
    }

    private async ValueTask CollectAsync()
    {
        var deadline = Task.Delay(options.CommitInterval, time);
        var rows = 0;
        do
        {
            while (_input.TryRead(out var batch))
            {
                _group.Add(batch);
                rows += batch.Passes.Count + batch.Scores.Count;
                if (rows >= options.CommitRows)
                {
                    return;
                }
            }
        }
        while (await _input.WaitToReadAsync(deadline));
    }

    private bool HasNews()
    {
        foreach (var batch in _group)
        {
            if (batch.ThroughPosition > store.Position || batch.Passes.Count + batch.Scores.Count > 0)
            {
                return true;
            }
        }

        return false;
    }

    private async ValueTask WriteAsync()
    {
        var refused = false;
        while (!TryWrite(ref refused))
        {
            await Task.Delay(options.RetryPause, time);
        }

        if (refused)
        {
            logger.StoreWritesAgain();
        }

        progress.Stored(store.Position);
    }

    private bool TryWrite(ref bool refused)
    {
        try
        {
            var began = duration.Begin();
            store.Write(_group);
            duration.Record(began);
            return true;
        }
        catch (SqliteException ex)
        {
            if (!refused)
            {
                logger.StoreRefuses(ex.Message);
            }

            refused = true;
            return false;
        }
    }
}
