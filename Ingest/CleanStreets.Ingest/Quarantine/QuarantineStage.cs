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

    /// <summary>The cursor is written at least every so many bytes of the journal, though nothing is found: a start goes through that much again.</summary>
    private const long CursorBytes = 16L << 20;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Channel<Found> _found = StageLoop.Queue<Found>(Waiting);
    private readonly Episode _trouble = new(time, TimeSpan.FromMinutes(1));
    private long _through;
    private long _noted;
    private TaskCompletionSource _listed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was quarantined before is not looked at yet, or not all was written: the journal is gone through from the cursor.</summary>
    private volatile bool _behind = true;
    private volatile bool _stopping;

    /// <summary>Completes when everything quarantined and decided before the start is in the index; a new one once the index had to be begun anew.</summary>
    public Task Listed => Volatile.Read(ref _listed).Task;

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

        // Written down now and then though nothing is found, or each start would go through the journal from the last find.
        if ((found is { Count: > 0 } || batch.ThroughPosition - _noted >= CursorBytes) && batch.ThroughPosition > 0)
        {
            _noted = batch.ThroughPosition;
            if (!_found.Writer.TryWrite(new Found(found ?? [], batch.ThroughPosition)))
            {
                _behind = true;
            }
        }

        Volatile.Write(ref _through, Math.Max(_through, batch.ThroughPosition));
    }

    /// <summary>No more notes; <see cref="RunAsync"/> ends when all are written, or at once where it goes through the journal: the next start goes on.</summary>
    public void Complete()
    {
        _stopping = true;
        _found.Writer.TryComplete();
    }

    public async Task RunAsync()
    {
        do
        {
            while (_found.Reader.TryRead(out var found))
            {
                // While some are missing the cursor stays: going through the journal again begins there, and finds this too.
                if (!_behind)
                {
                    await TryAsync(() => index.Write(found.Entries, found.Through));
                }
            }

            while (_behind && !_stopping)
            {
                _behind = false;
                await TryAsync(CatchUp);
            }
        }
        while (await _found.Reader.WaitToReadAsync());

        // Stopped in order: everything noted is written, so the next start need not look at the journal again.
        if (!_behind)
        {
            await TryAsync(() => index.Write([], Volatile.Read(ref _through)));
        }
    }

    private void CatchUp()
    {
        index.Open();
        var end = progress.JournalledThrough;
        using var reader = new JournalReader(journal, index.Cursor) { Limit = end };
        var (entries, through) = (new List<QuarantineEntry>(), index.Cursor);
        while (!_stopping && reader.TryReadNext(out var record))
        {
            QuarantineFinder.Find(in record, entries);
            through = record.End;
            if (entries.Count >= EntriesAtOnce || through - index.Cursor >= CursorBytes)
            {
                index.Write(entries, through);
                entries.Clear();
            }
        }

        _behind |= _stopping && through < end;
        index.Write(entries, _behind ? through : end);
        if (!_stopping)
        {
            _listed.TrySetResult();
        }
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
            if (TrySetAside(ex))
            {
                return;
            }

            if (_trouble.Begins())
            {
                logger.QuarantineNotListed(ex.Message);
            }

            await Task.WhenAny(Task.Delay(Pause, time), _found.Reader.Completion);
        }
    }

    private bool TrySetAside(Exception fault)
    {
        try
        {
            if (fault is SqliteException damage && QuarantineIndex.IsDamage(damage))
            {
                Volatile.Write(ref _listed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                index.SetAside(damage);
                return true;
            }
        }
        catch (IOException)
        {
            // It cannot even be moved: tried again with the next pass.
        }

        return false;
    }

    private readonly record struct Found(List<QuarantineEntry> Entries, long Through);
}
