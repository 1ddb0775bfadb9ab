namespace CleanStreets.Scoring.Index;

/// <summary>A grid of which part was not seen. LA counts dirty streets, so an unseen one would pass as clean.</summary>
/// <param name="Coverage">Share of the grid's streets that were graded.</param>
/// <param name="IfRestClean">The grid when every other street is clean.</param>
/// <param name="IfRestDirty">The grid when every other street is graded 3, with dumping and bulky items.</param>
public readonly record struct GridBounds(double Coverage, GridGrade IfRestClean, GridGrade IfRestDirty)
{
    /// <summary>Share of a grid's streets below which its class is not told.</summary>
    public const double LeastCoverage = 0.95;

    /// <summary>Whether too little was seen to tell a class.</summary>
    public bool IsIncomplete => Coverage < LeastCoverage;

    /// <summary>The bounds of a grid.</summary>
    /// <param name="method">The rule.</param>
    /// <param name="counts">What was counted.</param>
    /// <param name="graded">Streets that were graded.</param>
    /// <param name="unseen">Streets that were not.</param>
    public static GridBounds Of(LasanGridMethod method, in GridCounts counts, int graded, int unseen) => new(
        graded + unseen == 0 ? 0 : (double)graded / (graded + unseen),
        method.Grade(counts),
        method.Grade(new GridCounts(counts.Twos, counts.Threes + unseen, counts.IllegalDumping + unseen, counts.BulkyItems + unseen)));
}
