using System.Diagnostics;
using CleanStreets.Scoring.State;

namespace CleanStreets.Ingest.Snapshot;

/// <summary>Rides on a batch through all stages: each gives its part of the state as it is behind that batch and before the next.</summary>
/// <remarks>
/// A stage is stopped only while it writes its part into memory, or takes references to what never changes; files are written on another
/// thread once the last part is there. A ticket that does not reach the end leaves nothing behind.
/// </remarks>
internal sealed class SnapshotTicket(Action<SnapshotTicket> complete)
{
    private readonly Dictionary<SnapshotPart, Action<PartWriter>> _parts = [];

    /// <summary>The journal up to here is in the state; known once the batch is in the journal.</summary>
    public long Position { get; set; }

    /// <summary>How long each stage was stopped.</summary>
    public Dictionary<SnapshotPart, TimeSpan> Pauses { get; } = [];

    public IReadOnlyDictionary<SnapshotPart, Action<PartWriter>> Parts => _parts;

    /// <summary>A stage writes its part now, into memory of its own that it uses again for the next snapshot.</summary>
    public void Save(SnapshotPart part, StateWriter memory, Action<StateWriter> save)
    {
        var begun = Stopwatch.GetTimestamp();
        memory.Clear();
        save(memory);
        Add(part, writer => writer.Write(memory), Stopwatch.GetElapsedTime(begun));
    }

    /// <summary>A stage captures its part now; what it returns writes it later, on another thread.</summary>
    public void Capture(SnapshotPart part, Func<Action<PartWriter>> capture)
    {
        var begun = Stopwatch.GetTimestamp();
        var write = capture();
        Add(part, write, Stopwatch.GetElapsedTime(begun));
    }

    /// <summary>The last part is there, and everything from before the marker is on its way to the store log.</summary>
    public void Complete() => complete(this);

    // The stages meet the ticket one after another, never two at once: the queues between them carry the memory across.
    private void Add(SnapshotPart part, Action<PartWriter> write, TimeSpan pause)
    {
        _parts.Add(part, write);
        Pauses.Add(part, pause);
    }
}
