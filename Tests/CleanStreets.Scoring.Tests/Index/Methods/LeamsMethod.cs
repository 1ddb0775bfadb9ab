using CleanStreets.Scoring.Index;

namespace MyCity;

/// <summary>Scotland's LEAMS Cleanliness Index: 100 × (3A + 2B + C) ÷ 3 over the shares of streets graded A to D; 67 is "all B".</summary>
public sealed class LeamsMethod : IIndexMethod
{
    // Pieces on 100 m² up to which litter is graded A, B and C. The grades are in words; these numbers are the city's own.
    private static readonly double[] Cuts = [0.5, 10, 25];

    public string Name => "leams-1";

    public string Scale => "0 dirty to 100 clean, mean over streets";

    public SegmentValue Judge(SegmentCondition condition)
    {
        var litter = condition.Find("litter");
        return new SegmentValue(Cuts.Sum(cut => litter?.ProbabilityAtMost(cut) ?? 1) * 100 / 3);
    }

    public double Weigh(double insideMetres, double lengthMetres) => insideMetres / lengthMetres;
}
