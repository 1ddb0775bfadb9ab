using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Scores;

namespace CleanStreets.Ingest.Store;

/// <summary>What is to be stored, and how far in the journal the store is once it has it.</summary>
internal sealed class StoreBatch
{
    /// <summary>The store's cursor after this batch; 0 leaves it where it is.</summary>
    public required long ThroughPosition { get; init; }

    public IReadOnlyList<SegmentScore> Scores { get; init; } = [];

    public IReadOnlyList<PassRow> Passes { get; init; } = [];
}

/// <summary>One pass. Position and ordinal are its key: the same pass from a replay finds itself there already.</summary>
internal readonly record struct PassRow(long Position, int Ordinal, SegmentId Segment, PassSummary Pass);

/// <summary>Whether a score is worth a point of its own.</summary>
internal static class ScoreRow
{
    /// <summary>Whether two scores of a segment say different things; the mere time is no difference.</summary>
    public static bool Differ(SegmentScore a, SegmentScore b) =>
        a.State != b.State || a.Grade != b.Grade || a.Index != b.Index || a.Low != b.Low || a.High != b.High || a.SampleSize != b.SampleSize;
}
