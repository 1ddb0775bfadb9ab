using CleanStreets.Contracts.Readings;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>How many readings met which fate since the process started; an undecodable message counts as one.</summary>
/// <remarks>One writer at a time for each counter; read by anybody. The four fates sum to what was received once the pipeline is empty.</remarks>
internal sealed class Fates
{
    private readonly long[] _quarantined = new long[byte.MaxValue + 1];
    private long _accepted;
    private long _mended;
    private long _duplicates;
    private long _dropped;
    private long _received;
    private long _facts;

    /// <summary>Decoded by Receive and Decode, whatever became of them.</summary>
    public long Received => Volatile.Read(ref _received);

    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Of the accepted those that would have been quarantined, had no standing mapping mended their message.</summary>
    public long Mended => Volatile.Read(ref _mended);

    public long Duplicates => Volatile.Read(ref _duplicates);

    public long Quarantined => _quarantined.Sum();

    /// <summary>Neither journalled nor acknowledged, because the journal failed.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Facts taken, repeats included; they are no readings.</summary>
    public long Facts => Volatile.Read(ref _facts);

    public IReadOnlyDictionary<string, long> QuarantinedByReason() => Enum.GetValues<QuarantineReason>()
        .Where(reason => Volatile.Read(ref _quarantined[(byte)reason]) > 0)
        .ToDictionary(reason => reason.Tag(), reason => Volatile.Read(ref _quarantined[(byte)reason]));

    /// <summary>Counts what came in; called by the stage behind Decode.</summary>
    public void CountReceived(IngestBatch batch) => Interlocked.Add(ref _received, CountOf(batch));

    /// <summary>Counts a batch whose journal group is on disk.</summary>
    public void CountSettled(IngestBatch batch)
    {
        long accepted = 0;
        foreach (ref var message in batch.Messages)
        {
            if (message.Reason != QuarantineReason.None)
            {
                Interlocked.Increment(ref _quarantined[(byte)message.Reason]);
            }
            else if (message.Kind == MessageKind.Fact)
            {
                Interlocked.Increment(ref _facts);
            }
            else if (!message.HasVerdicts)
            {
                accepted += message.ReadingCount;
            }
            else
            {
                CountVerdicts(batch.VerdictsOf(in message));
            }

            if (message.Mended is not null)
            {
                Interlocked.Add(ref _mended, batch.VerdictsOf(in message).Count(Verdict.Accepted));
            }
        }

        Interlocked.Add(ref _accepted, accepted);
    }

    /// <summary>Counts batches that were lost with the journal's failure; nobody was told that they are kept.</summary>
    public void CountDropped(IEnumerable<IngestBatch> batches) => Interlocked.Add(ref _dropped, batches.Sum(CountOf));

    private void CountVerdicts(ReadOnlySpan<Verdict> verdicts)
    {
        foreach (var verdict in verdicts)
        {
            if (verdict.IsAccepted)
            {
                Interlocked.Increment(ref _accepted);
            }
            else if (verdict.IsDuplicate)
            {
                Interlocked.Increment(ref _duplicates);
            }
            else
            {
                Interlocked.Increment(ref _quarantined[verdict.Value]);
            }
        }
    }

    private static long CountOf(IngestBatch batch)
    {
        long count = 0;
        foreach (ref var message in batch.Messages)
        {
            count += message.Reason != QuarantineReason.None ? 1 : message.Kind == MessageKind.Readings ? message.ReadingCount : 0;
        }

        return count;
    }
}
