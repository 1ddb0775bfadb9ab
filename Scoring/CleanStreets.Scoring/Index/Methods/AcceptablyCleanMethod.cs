namespace CleanStreets.Scoring.Index;

/// <summary>Share of street that is acceptably clean, as New York's scorecard tells it: the mean of P(acceptable), not a count of means below a bound.</summary>
/// <param name="AcceptableUpTo">The map's index up to which a street is acceptable. Default: 3, the end of CROW's B. Ours; New York's photographs give no rate.</param>
public sealed record AcceptablyCleanMethod(double AcceptableUpTo = 3) : IIndexMethod
{
    /// <inheritdoc/>
    public string Name { get; } = AcceptableUpTo == 3 ? "acceptably-clean-1" : $"acceptably-clean-1-up-to-{AcceptableUpTo:0.##}";

    /// <inheritdoc/>
    public string Scale => "share acceptable, 0 none to 1 all, by length";

    /// <inheritdoc/>
    public IndexGrades Grades { get; } = new(LowIsClean: false, [new("acceptable", 0.5, true), new("not acceptable", 0, false)]);

    /// <inheritdoc/>
    public SegmentValue Judge(SegmentCondition condition)
    {
        var acceptable = condition.ProbabilityNoWorseThan(AcceptableUpTo);
        return new SegmentValue(acceptable, Math.Sqrt(acceptable * (1 - acceptable))); // A street is acceptable or it is not.
    }
}
