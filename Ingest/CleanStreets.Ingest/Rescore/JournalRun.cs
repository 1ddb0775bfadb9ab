using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Recover;

namespace CleanStreets.Ingest.Rescore;

/// <summary>What a replay has read.</summary>
/// <param name="From">Position where reading began.</param>
/// <param name="Through">Position where it ended.</param>
/// <param name="OldestReceivedAtMs">Receipt of its first record, milliseconds since 1970 UTC; 0 without any.</param>
/// <param name="NewestReceivedAtMs">Receipt of its last record; 0 without any.</param>
/// <param name="Records">Records read.</param>
/// <param name="Unreadable">Records that this version cannot decode; they were left out.</param>
/// <param name="Damage">Stretches that cannot be read.</param>
internal sealed record JournalSpan(
    long From, long Through, long OldestReceivedAtMs, long NewestReceivedAtMs, long Records, long Unreadable, IReadOnlyList<JournalDamage> Damage);

/// <summary>Reads a journal from a position to its end as it is now, and gives its batches to whoever wants them. Changes nothing, and ingest may run meanwhile.</summary>
internal sealed class JournalRun(IngestPaths paths, PipelineOptions options)
{
    /// <summary>Position of the oldest record that retention has kept.</summary>
    public long Begin
    {
        get
        {
            using var journal = new JournalReader(paths.Journal);
            return journal.Begin;
        }
    }

    /// <summary>Replays.</summary>
    /// <param name="from">Position to begin at; a record's, or the beginning.</param>
    /// <param name="admission">Admission as it was there.</param>
    /// <param name="take">Takes each batch; it is reused afterwards.</param>
    /// <param name="progress">Told the share that has been read, 0–1.</param>
    /// <exception cref="IOException">A file cannot be read; one that retention has removed meanwhile, too.</exception>
    public JournalSpan Read(long from, Admission admission, Action<IngestBatch> take, Action<double> progress)
    {
        var journal = new JournalReader(paths.Journal, from);
        var (begin, end) = (Math.Max(from, journal.Begin), journal.End);
        var (oldestMs, newestMs) = (0L, 0L);
        using var replay = new JournalReplay(journal, admission, options);
        var batch = new IngestBatch(options.BatchBytes, options.BatchMessages);
        while (batch.ThroughPosition < end)
        {
            batch.Clear();
            replay.Fill(batch, end);
            if (batch.MessageCount > 0)
            {
                oldestMs = oldestMs == 0 ? batch.Messages[0].ReceivedAtMs : oldestMs;
                newestMs = batch.Messages[^1].ReceivedAtMs;
                take(batch);
            }

            progress(end > begin ? Math.Clamp((batch.ThroughPosition - begin) / (double)(end - begin), 0, 1) : 1);
        }

        // While ingest runs, the group it is just writing looks like a torn end. Its readings are not acknowledged yet.
        var damage = journal.Damage.Where(item => item.Kind is not (JournalDamageKind.Tail or JournalDamageKind.Zeros or JournalDamageKind.Head) || item.Position + item.Length < end).ToList();
        return new JournalSpan(begin, end, oldestMs, newestMs, replay.Records, replay.Unreadable, damage);
    }
}
