namespace CleanStreets.Scoring.Index;

/// <summary>Keep America Beautiful's Community Appearance Index for litter: 1 no litter, 2 slightly littered, 3 littered, 4 extremely littered; the mean over road sections.</summary>
/// <remarks>
/// The four words and "one or two small items a block" for 1 are KAB's; where a rate passes from one to the next is ours. A street's
/// number is its expected grade, 1 + Σ P(more than each cut), so that a street on the edge of two grades is not thrown to one of them.
/// </remarks>
/// <param name="version">1 on the beliefs of <c>crow-1</c>, 2 on those of <c>crow-2</c>.</param>
public sealed class KabMethod(int version = 1) : IIndexMethod
{
    private const string Litter = "litter";

    // Two items on a block of 100 m, seen 3 m wide on either side, are 0.33 on 100 m².
    private static readonly double[] Cuts = [0.33, 3, 25];

    /// <inheritdoc/>
    public string Name { get; } = $"kab-{version}";

    /// <inheritdoc/>
    public CrowOptions Beliefs { get; } = version == 1 ? CrowOptions.Crow1 : CrowOptions.Crow2;

    /// <inheritdoc/>
    public string Scale => "1 no litter to 4 extremely littered, mean over streets";

    /// <inheritdoc/>
    public (double Least, double Most) Range => (1, 4);

    /// <summary>The nearest of the four grades; the first two, no litter and slightly littered, are acceptable (ours).</summary>
    public IndexGrades Grades { get; } = new(LowIsClean: true, [new("1", 1.5, true), new("2", 2.5, true), new("3", 3.5, false), new("4", 4, false)]);

    /// <inheritdoc/>
    public SegmentValue Judge(SegmentCondition condition)
    {
        if (condition.Find(Litter) is not { } litter)
        {
            return new SegmentValue(1);
        }

        var (mean, square, grade, below) = (0.0, 0.0, 1, 0.0);
        foreach (var cut in Cuts)
        {
            var upTo = litter.ProbabilityAtMost(cut);
            mean += grade * (upTo - below);
            square += grade * grade * (upTo - below);
            (grade, below) = (grade + 1, upTo);
        }

        mean += grade * (1 - below);
        square += grade * grade * (1 - below);
        return new SegmentValue(mean, Math.Sqrt(Math.Max(0, square - (mean * mean))));
    }

    /// <inheritdoc/>
    public double Weigh(double insideMetres, double lengthMetres) => insideMetres / lengthMetres; // Every road section counts alike.
}
