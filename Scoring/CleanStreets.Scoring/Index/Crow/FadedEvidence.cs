using CleanStreets.Contracts.Readings;

namespace CleanStreets.Scoring.Index;

/// <summary>Evidence of one category, faded by age.</summary>
/// <param name="Pieces">Σ pieces × weight.</param>
/// <param name="SquareMetres">Σ exposure × weight, m².</param>
/// <param name="Passes">Passes that still carry weight.</param>
internal readonly record struct FadedEvidence(double Pieces, double SquareMetres, int Passes)
{
    private const double Milli = 1000;
    private const double HalfAnHour = 0.5;

    private static readonly Side[] AllSides = [Side.Unknown, Side.Left, Side.Right];

    /// <summary>Sums a category's evidence as of a moment.</summary>
    /// <param name="evidence">The segment.</param>
    /// <param name="category">The category.</param>
    /// <param name="scope">One side; null for the segment as a whole.</param>
    /// <param name="asOfMs">The moment; what was captured later is left out.</param>
    /// <param name="options">How evidence fades.</param>
    /// <remarks>
    /// Within an hour integers are added, which is exact in any order; hours are weighed and added from the oldest to the newest, so the
    /// floating sum has one order, too. An hour's age is that of its middle.
    /// </remarks>
    public static FadedEvidence Collect(SegmentEvidence evidence, CategoryOptions category, Side? scope, long asOfMs, CrowOptions options)
    {
        var sides = scope is { } side ? [side] : AllSides;
        Span<long> cutoffs = stackalloc long[AllSides.Length];
        foreach (var s in AllSides)
        {
            cutoffs[(int)s] = evidence.Resets.CutoffMs(s, asOfMs);
        }

        var sum = default(FadedEvidence);
        var passes = evidence.Passes;
        var i = 0;
        while (i < passes.Count && passes[i].EnteredAtMs <= asOfMs)
        {
            var hour = passes[i].Hour;
            long pieces = 0, exposure = 0;
            var count = 0;
            for (; i < passes.Count && passes[i].Hour == hour && passes[i].EnteredAtMs <= asOfMs; i++)
            {
                var seen = 0L;
                foreach (var s in sides)
                {
                    if (passes[i].EnteredAtMs >= cutoffs[(int)s])
                    {
                        seen += passes[i].Exposure(category, s);
                        pieces += passes[i].Pieces(category, s);
                    }
                }

                exposure += seen;
                count += seen > 0 ? 1 : 0;
            }

            sum = sum.Plus(pieces, exposure, count, HalfLives(hour, category, asOfMs), options);
        }

        return sum;
    }

    private static double HalfLives(long hour, CategoryOptions category, long asOfMs)
    {
        var ageHours = (asOfMs / (double)PassEvidence.MillisPerHour) - hour - HalfAnHour;
        return Math.Max(0, ageHours) / category.HalfLifeHours;
    }

    private FadedEvidence Plus(long pieces, long exposure, int passes, double halfLives, CrowOptions options)
    {
        if (halfLives > options.ForgetAfterHalfLives)
        {
            return this;
        }

        var weight = Math.Pow(2, -halfLives);
        return new FadedEvidence(
            Pieces + (weight * (pieces / Milli)),
            SquareMetres + (weight * (exposure / Milli)),
            Passes + (halfLives <= options.SampleHalfLives ? passes : 0));
    }
}
