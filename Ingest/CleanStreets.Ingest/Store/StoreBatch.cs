using CleanStreets.Contracts.Scores;

namespace CleanStreets.Ingest.Store;

/// <summary>What Score hands over to be stored, and how far in the journal it has come with it.</summary>
internal sealed class StoreBatch
{
    /// <summary>Everything of the journal below this position is in this batch or in one before it; 0 leaves it where it is.</summary>
    public required long ThroughPosition { get; init; }

    public IReadOnlyList<SegmentScore> Scores { get; init; } = [];

    /// <summary>Scores that the log has had before those of this batch: the next of their segment is a point only when it says something else.</summary>
    public IReadOnlyList<SegmentScore> Known { get; init; } = [];

    public IReadOnlyList<PassRow> Passes { get; init; } = [];

    public IReadOnlyList<FactRow> Facts { get; init; } = [];
}
