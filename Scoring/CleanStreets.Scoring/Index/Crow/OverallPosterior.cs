using CleanStreets.Contracts.Scores;

namespace CleanStreets.Scoring.Index;

/// <summary>What is believed of a street: its worst category decides.</summary>
/// <remarks>
/// Categories are taken as independent, so the chance that the worst is at most x is the product of the chances that each is. A confirmed
/// dumping puts a floor under the index: below it the chance is 0.
/// </remarks>
internal sealed class OverallPosterior
{
    private const double LowProbability = 0.05;
    private const double HighProbability = 0.95;
    private const double Deviations = 1.6448536269514722; // The bell curve's 95 %.
    private const double Width = 1e-5; // Of the index: a hundredth of what is told.
    private const double Tolerance = 1e-9; // Of probability.
    private const int MaxSteps = 60;
    private const int Parts = 10_000;

    private readonly CategoryPosterior[] _categories;
    private readonly double _floor;

    public OverallPosterior(CategoryPosterior[] categories, double floor)
    {
        _categories = categories;
        _floor = floor;
        Worst = categories[0];
        foreach (var category in categories)
        {
            Worst = category.Index > Worst.Index ? category : Worst;
        }

        Index = Math.Max(Worst.Index, floor);

        // The mean of a very skewed category can lie outside the interval of the worst one; the interval then reaches out to it.
        Low = Math.Min(Index, Math.Max(floor, Quantile(LowProbability, -Deviations)));
        High = Math.Max(Index, Quantile(HighProbability, Deviations));
    }

    /// <summary>The category that decides.</summary>
    public CategoryPosterior Worst { get; }

    /// <summary>Index of the worst category's mean, or the floor.</summary>
    public double Index { get; }

    /// <summary>The letter of <see cref="Index"/>.</summary>
    public Grade Grade => GradeScale.GradeOfIndex(Index);

    /// <summary>Lower end of the 90 % interval.</summary>
    public double Low { get; }

    /// <summary>Upper end of the 90 % interval.</summary>
    public double High { get; }

    /// <summary>Probability of each grade to four decimals; they sum to 1.</summary>
    public IReadOnlyDictionary<string, double> Probabilities()
    {
        Span<int> parts = stackalloc int[Grades.All.Count];
        int largest = 0, rest = Parts;
        var before = 0.0;
        for (var i = 0; i < parts.Length; i++)
        {
            var below = i + 1 < _floor ? 0 : Below(i + 1, out _);
            parts[i] = (int)Math.Round(Parts * (below - before));
            before = below;
            rest -= parts[i];
            largest = parts[i] > parts[largest] ? i : largest;
        }

        parts[largest] += rest; // Rounding's remainder is least felt by the largest.
        Span<double> shares = stackalloc double[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            shares[i] = parts[i] / (double)Parts;
        }

        return new GradeShares(shares);
    }

    /// <summary>The index below which the street lies with probability <paramref name="probability"/>, leaving the floor aside.</summary>
    /// <remarks>Newton's steps from the categories' own quantiles, kept between bounds that close in; a step that leaves them is halved.</remarks>
    private double Quantile(double probability, double deviations)
    {
        double low = 0, high = GradeScale.Worst, at = 0;
        foreach (var category in _categories)
        {
            at = Math.Max(at, category.GuessQuantile(deviations));
        }

        at = at > low && at < high ? at : (low + high) / 2;
        for (var step = 0; step < MaxSteps; step++)
        {
            var miss = Below(at, out var density) - probability;
            if (Math.Abs(miss) < Tolerance)
            {
                return at;
            }

            (low, high) = miss < 0 ? (at, high) : (low, at);
            var next = density > 0 ? at - (miss / density) : low;
            next = next > low && next < high ? next : (low + high) / 2;
            if (Math.Abs(next - at) < Width || high - low < Width)
            {
                return next;
            }

            at = next;
        }

        return at;
    }

    /// <summary>The chance that no category is worse than <paramref name="index"/>, and its slope.</summary>
    private double Below(double index, out double density)
    {
        var product = 1.0;
        density = 0;
        foreach (var category in _categories)
        {
            var below = category.Below(index, out var slope);
            density = (density * below) + (product * slope);
            product *= below;
        }

        return product;
    }
}
