using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Observations;

namespace CleanStreets.Scoring.Index;

/// <summary>Counts a pass by category and side, in integers.</summary>
/// <remarks>Results lie at <c>category × Sides + side</c>. A category's exposure is that of its first kind; pieces of its other kinds are brought to that kind's recall.</remarks>
internal sealed class CategoryTally
{
    public const int Sides = 3;

    private readonly string[] _firstKinds;

    // Few: looking through them is quicker than a dictionary, because a decoder gives the same string for the same kind.
    private readonly (string Kind, int Category, long Milli)[] _kinds;

    public CategoryTally(IReadOnlyList<CategoryOptions> categories)
    {
        _firstKinds = [.. categories.Select(c => c.Kinds[0].Kind)];
        _kinds = [.. categories.Index().SelectMany(c => c.Item.Kinds.Select(kind => (kind.Kind, c.Index, kind.Milli)))];
    }

    /// <summary>Length of the spans that <see cref="Count(PassEvidence, Span{long}, Span{long})"/> fills.</summary>
    public int Length => _firstKinds.Length * Sides;

    /// <summary>By what recall a category's exposure is reckoned, in thousandths.</summary>
    public int RecallOf(DetectorRecall recall, int category) => recall.MilliOf(_firstKinds[category]);

    /// <summary>Counts one pass.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="pieces">Pieces, thousandths.</param>
    /// <param name="exposure">Exposure, thousandths of a square metre.</param>
    public void Count(PassEvidence pass, Span<long> pieces, Span<long> exposure) => Count(pass.Seen, pass.Recall, pass.Counts, pieces, exposure);

    /// <summary>Counts one pass.</summary>
    /// <param name="seen">Street seen, by side.</param>
    /// <param name="recall">The detector's recall.</param>
    /// <param name="counts">What it counted.</param>
    /// <param name="pieces">Pieces, thousandths.</param>
    /// <param name="exposure">Exposure, thousandths of a square metre.</param>
    public void Count(in SideTotals seen, DetectorRecall recall, ReadOnlySpan<KindCount> counts, Span<long> pieces, Span<long> exposure)
    {
        pieces.Clear();
        for (var category = 0; category < _firstKinds.Length; category++)
        {
            var milli = recall.MilliOf(_firstKinds[category]);
            for (var side = 0; side < Sides; side++)
            {
                exposure[(category * Sides) + side] = seen[(Side)side] * milli / 1000;
            }
        }

        foreach (ref readonly var count in counts)
        {
            Add(recall, count.Kind, count.Side, count.Count, pieces);
        }
    }

    /// <summary>Takes out of <see cref="Count(PassEvidence, Span{long}, Span{long})"/>'s pieces what people have said is nothing.</summary>
    public void TakeOutRefused(PassEvidence pass, PileQueue judged, long asOfMs, Span<long> pieces)
    {
        for (var i = 0; i < pass.Finds.Length; i++)
        {
            var find = pass.Finds[i];
            if (PlaceOf(find.Kind) >= 0 && judged.IsRefused(NamedFind.Of(pass.Truck, pass.Finds, i), asOfMs))
            {
                Add(pass.Recall, find.Kind, find.Side, -find.Count, pieces);
            }
        }
    }

    private void Add(DetectorRecall recalls, string kind, Side side, int count, Span<long> pieces)
    {
        var at = PlaceOf(kind);
        if (at >= 0)
        {
            var (_, category, milli) = _kinds[at];
            var recall = recalls.MilliOf(_firstKinds[category]);
            pieces[(category * Sides) + (int)side] += count * (milli * recall / Math.Max(1, recalls.MilliOf(kind)));
        }
    }

    private int PlaceOf(string kind)
    {
        for (var at = 0; at < _kinds.Length; at++)
        {
            if (string.Equals(_kinds[at].Kind, kind, StringComparison.Ordinal))
            {
                return at;
            }
        }

        return -1;
    }
}
