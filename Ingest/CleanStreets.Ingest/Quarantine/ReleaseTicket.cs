using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>A corrected batch on its way through the pipeline, and what became of it.</summary>
internal sealed class ReleaseTicket(byte[] truck, byte[] payload) : IReceipt
{
    private readonly TaskCompletionSource _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The truck, as the topic would name it.</summary>
    public byte[] Truck { get; } = truck;

    public byte[] Payload { get; } = payload;

    public int Accepted { get; private set; }

    public int Duplicates { get; private set; }

    /// <summary>Why it, or its first reading that was quarantined again, was.</summary>
    public QuarantineReason Reason { get; private set; }

    /// <summary>Completes when it is on disk, and then the counts are those of the journal.</summary>
    public Task Stored => _stored.Task;

    /// <summary>Takes over the verdicts; called on the Acknowledge loop before <see cref="Settled"/>.</summary>
    public void Report(IngestBatch batch, in IngestMessage message)
    {
        Reason = message.Reason;
        foreach (var verdict in Reason == QuarantineReason.None ? batch.VerdictsOf(in message) : [])
        {
            Accepted += verdict.IsAccepted ? 1 : 0;
            Duplicates += verdict.IsDuplicate ? 1 : 0;
            Reason = Reason == QuarantineReason.None ? verdict.Reason : Reason;
        }
    }

    public void Awaits()
    {
        // It lies in one batch: there is nothing to count.
    }

    public void Settled() => _stored.TrySetResult();
}
