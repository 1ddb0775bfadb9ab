using System.Text;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>A corrected batch on its way through the pipeline, and what became of it.</summary>
/// <param name="truck">The truck it will count for.</param>
/// <param name="session">Its session there.</param>
/// <param name="head">The decision, about what this batch holds.</param>
/// <param name="payload">The batch, with the decision at its head.</param>
internal sealed class ReleaseTicket(TruckId truck, SessionId session, ReleaseHead head, byte[] payload) : IReceipt
{
    private readonly TaskCompletionSource _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The truck, as the topic would name it.</summary>
    public byte[] Truck { get; } = Encoding.ASCII.GetBytes(truck.Value);

    public byte[] Payload { get; } = payload;

    /// <summary>Whether this holds what was quarantined under <paramref name="id"/>.</summary>
    public bool Holds(QuarantineId id) => id.Position == head.Position && (id.IsOfMessage ? head.Sequences.Count == 0 : head.Sequences.Contains(id.Sequence));

    /// <summary>Whether it counts under these names.</summary>
    public bool IsAs((string? Truck, string? Session) name) => name == (truck.Value, session.Value);

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
