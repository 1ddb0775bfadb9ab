using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;

namespace CleanStreets.Ingest.Store;

/// <summary>One pass. Position and ordinal are its key: the same pass from a replay finds itself there already.</summary>
/// <param name="Position">Position of the journal record that completed it.</param>
/// <param name="Ordinal">How many passes that record had completed before it.</param>
/// <param name="Segment">The street segment.</param>
/// <param name="Pass">What it saw.</param>
internal readonly record struct PassRow(long Position, int Ordinal, SegmentId Segment, PassSummary Pass)
{
    /// <summary>Kinds kept by name. A city has a dozen; a truck that invents thousands must not make a row that no store takes.</summary>
    public const int MostKinds = 256;

    /// <summary>Name under which the counts of all further kinds stand together.</summary>
    public const string FurtherKinds = "further_kinds";

    /// <summary>The counts by kind, at most <see cref="MostKinds"/> of them and the rest in one.</summary>
    public KindTotals BoundedCounts()
    {
        if (Pass.Counts.Count <= MostKinds)
        {
            return Pass.Counts as KindTotals ?? KindTotals.Of([.. Pass.Counts]);
        }

        var ordered = Pass.Counts.OrderByDescending(item => item.Value).ThenBy(item => item.Key, StringComparer.Ordinal).ToList();
        var bounded = ordered.Take(MostKinds).ToDictionary(StringComparer.Ordinal);
        bounded[FurtherKinds] = (int)Math.Min(int.MaxValue, bounded.GetValueOrDefault(FurtherKinds) + ordered.Skip(MostKinds).Sum(item => (long)item.Value));
        return KindTotals.Of([.. bounded]);
    }
}

/// <summary>A change of a seen segment's score. Segment and <see cref="ScorePoint.AsOf"/> are its key.</summary>
internal readonly record struct PointRow(SegmentId Segment, ScorePoint Point);

/// <summary>Rows on their way into a store, in the order of the journal.</summary>
/// <param name="Through">Everything of the journal below this position is stored once these rows are.</param>
/// <param name="LogPosition">Position in the store log behind these rows.</param>
/// <param name="OldestReceivedAtMs">Receipt of the oldest reading behind them, milliseconds since 1970 UTC; 0 when nobody knows.</param>
/// <param name="Passes">Passes.</param>
/// <param name="Points">Score points.</param>
internal sealed record StoreRows(
    long Through, long LogPosition, long OldestReceivedAtMs, IReadOnlyList<PassRow> Passes, IReadOnlyList<PointRow> Points)
{
    /// <summary>Facts that bear on passes.</summary>
    public IReadOnlyList<FactRow> Facts { get; init; } = [];

    public int Count => Passes.Count + Points.Count + Facts.Count;
}
