using System.Text.Json;
using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Receive.Events;

/// <summary>The events of one request on their way into batches, and the promise that tells when they are on disk.</summary>
/// <remarks>
/// The receiver disposes it once it has copied everything: a handler that has lost patience must not pull the document away under it.
/// </remarks>
internal sealed class EventRequest(JsonDocument document, IReadOnlyList<ReceivedEvent> events) : IReceipt, IDisposable
{
    private readonly TaskCompletionSource _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Batches that carry events of it, and one for the copying itself.</summary>
    private int _awaited = 1;

    public IReadOnlyList<ReceivedEvent> Events { get; } = events;

    /// <summary>Completes when every event is on disk.</summary>
    public Task Stored => _stored.Task;

    public void Awaits() => Interlocked.Increment(ref _awaited);

    public void Settled()
    {
        if (Interlocked.Decrement(ref _awaited) == 0)
        {
            _stored.TrySetResult();
        }
    }

    public void Dispose() => document.Dispose();
}
