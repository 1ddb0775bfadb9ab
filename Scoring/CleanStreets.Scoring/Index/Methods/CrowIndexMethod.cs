namespace CleanStreets.Scoring.Index;

/// <summary>The map's index for areas: the worst category of each street, averaged by length.</summary>
/// <param name="beliefs">The map's settings, whose name is the method's.</param>
public sealed class CrowIndexMethod(CrowOptions beliefs) : IIndexMethod
{
    private const double IntervalDeviations = 2 * 1.6448536269514722; // Width of a 90 % interval in standard deviations.

    /// <summary>The method <c>crow-1</c>.</summary>
    public CrowIndexMethod()
        : this(CrowOptions.Crow1)
    {
    }

    /// <inheritdoc/>
    public string Name => Beliefs.Name;

    /// <inheritdoc/>
    public CrowOptions Beliefs { get; } = beliefs;

    /// <inheritdoc/>
    public string Scale => "0 very clean to 5 very dirty, mean by length";

    /// <inheritdoc/>
    public (double Least, double Most) Range => (0, 5);

    /// <inheritdoc/>
    public IndexGrades Grades => IndexGrades.Letters;

    /// <inheritdoc/>
    public SegmentValue Judge(SegmentCondition condition)
    {
        var worst = condition.Worst();
        return new SegmentValue(worst.Index, (worst.High - worst.Low) / IntervalDeviations);
    }

    /// <inheritdoc/>
    public double ValueOf(SegmentCondition condition) => condition.WorstIndex();
}
