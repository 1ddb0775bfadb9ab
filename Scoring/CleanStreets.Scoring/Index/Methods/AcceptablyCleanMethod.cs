namespace CleanStreets.Scoring.Index;

/// <summary>Share of street that is acceptably clean, as New York's scorecard tells it: the mean of P(acceptable), not a count of means below a bound.</summary>
/// <param name="AcceptableUpTo">The map's index up to which a street is acceptable. Default: 3, the end of CROW's B. Ours; New York's photographs give no rate.</param>
/// <param name="Version">1 on the beliefs of <c>crow-1</c>, 2 on those of <c>crow-2</c>.</param>
public sealed record AcceptablyCleanMethod(double AcceptableUpTo = 3, int Version = 1) : IIndexMethod
{
    /// <inheritdoc/>
    public string Name => $"acceptably-clean-{Version}" + (AcceptableUpTo == 3 ? string.Empty : $"-up-to-{AcceptableUpTo:0.##}");

    /// <inheritdoc/>
    public CrowOptions Beliefs { get; } = Version == 1 ? CrowOptions.Crow1 : CrowOptions.Crow2;

    /// <inheritdoc/>
    public string Scale => "share acceptable, 0 none to 1 all, by length";

    /// <inheritdoc/>
    public (double Least, double Most) Range => (0, 1);

    /// <inheritdoc/>
    public IndexGrades Grades { get; } = new(LowIsClean: false, [new("acceptable", 0.5, true), new("not acceptable", 0, false)]);

    /// <inheritdoc/>
    public SegmentValue Judge(SegmentCondition condition)
    {
        var acceptable = condition.ProbabilityNoWorseThan(AcceptableUpTo);
        return new SegmentValue(acceptable, Math.Sqrt(acceptable * (1 - acceptable))); // A street is acceptable or it is not.
    }
}
