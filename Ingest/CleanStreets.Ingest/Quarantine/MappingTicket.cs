using System.Text;
using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>A change of the standing mappings on its way through the pipeline, and what became of it.</summary>
internal sealed class MappingTicket(MappingChange change) : IReceipt
{
    private readonly TaskCompletionSource _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public MappingChange Change { get; } = change;

    /// <summary>The mapping it is about; the id of its record.</summary>
    public byte[] Id { get; } = Encoding.ASCII.GetBytes(change.Id);

    public byte[] Payload { get; } = change.ToBytes();

    /// <summary>Why it was refused; null when it was not.</summary>
    public string? Refusal { get; private set; }

    /// <summary>It changes something, and is journalled.</summary>
    public bool IsNews { get; private set; }

    /// <summary>Completes when it is on disk, or refused.</summary>
    public Task Stored => _stored.Task;

    /// <summary>Asks whether it may be; from now on it holds for what comes behind it. Called on the loop of the front stages.</summary>
    public void Decide(StandingMappings standing)
    {
        Refusal = standing.TryApply(Change, out var isNews);
        IsNews = isNews;
    }

    public void Awaits()
    {
        // It lies in one batch: there is nothing to count.
    }

    public void Settled() => _stored.TrySetResult();
}
