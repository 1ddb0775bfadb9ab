using System.Threading.Channels;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>Brings the index up to the journal's end at start, and keeps it there; never holds up a stage.</summary>
/// <remarks>
/// When more is quarantined than the disk takes, the index falls behind and goes through the journal again from its cursor: nothing is missed, and
/// the pipeline does not wait.
/// </remarks>
internal sealed class QuarantineStage(QuarantineIndex index, JournalProgress progress, string journal, TimeProvider time, ILogger logger)
{
    private const int Waiting = 64;
    private const int EntriesAtOnce = 1000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Channel<Found> _found = StageLoop.Queue<Found>(Waiting);
    private readonly Episode _trouble = new(time, TimeSpan.FromMinutes(1));
    private long _through;
    private volatile bool _behind;

    /// <summary>Takes note of a batch whose records are on disk. Called on the Acknowledge loop: allocates only when something is quarantined, and never waits.</summary>
    public void Note(IngestBatch batch)
    {
        List<QuarantineEntry>? found = null;
        foreach (ref var message in batch.Messages)
        {
            if (message.Position >= 0 && (message.HasVerdicts || message.Release is not null || message.Reason != Contracts.Readings.QuarantineReason.None))
            {
                QuarantineFinder.Find(batch, found = []);
                break;
            }
        }

        if (found is { Count: > 0 } && !_found.Writer.TryWrite(new Found(found, batch.ThroughPosition)))
        {
            _behind = true;
        }

        Volatile.Write(ref _through, Math.Max(_through, batch.ThroughPosition));
    }

    /// <summary>No more notes; <see cref="RunAsync"/> ends when all are written.</summary>
    public void Complete() => _found.Writer.TryComplete();

    public async Task RunAsync()
    {
        await TryAsync(CatchUp);
        while (await _found.Reader.WaitToReadAsync())
        {
            while (_found.Reader.TryRead(out var found))
            {
                // While some are missing the cursor stays: going through the journal again begins there.
                await TryAsync(() => index.Write(found.Entries, _behind ? 0 : found.Through));
            }

            if (_behind)
            {
                _behind = false;
                await TryAsync(CatchUp);
            }
        }

        // Stopped in order: everything noted is written, so the next start need not look at the journal again.
        if (!_behind)
        {
            await TryAsync(() => index.Write([], Volatile.Read(ref _through)));
        }
    }

    private void CatchUp()
    {
        var end = progress.JournalledThrough;
        using var reader = new JournalReader(journal, index.Cursor) { Limit = end };
        var entries = new List<QuarantineEntry>();
        while (reader.TryReadNext(out var record))
        {
            QuarantineFinder.Find(in record, entries);
            if (entries.Count >= EntriesAtOnce)
            {
                index.Write(entries, record.End);
                entries.Clear();
            }
        }

        index.Write(entries, end);
    }

    // A list that cannot be written is no reason to stop: the journal keeps everything, and the next pass finds it.
    private async ValueTask TryAsync(Action work)
    {
        try
        {
            work();
            if (_trouble.Ends())
            {
                logger.QuarantineListed();
            }
        }
        catch (Exception ex) when (ex is SqliteException or IOException)
        {
            _behind = true;
            if (_trouble.Begins())
            {
                logger.QuarantineNotListed(ex.Message);
            }

            await Task.Delay(Pause, time);
        }
    }

    private readonly record struct Found(List<QuarantineEntry> Entries, long Through);
}
