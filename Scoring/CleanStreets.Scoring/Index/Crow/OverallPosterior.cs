using CleanStreets.Contracts.Scores;

namespace CleanStreets.Scoring.Index;

/// <summary>What is believed of a street: its worst category decides.</summary>
/// <remarks>
/// Categories are taken as independent, so the chance that the worst is at most x is the product of the chances that each is. A confirmed
/// dumping puts a floor under the index: below it the chance is 0.
/// </remarks>
internal sealed class OverallPosterior
{
    private const double Tolerance = 1e-7; // Of probability.
    private const double Width = 1e-4; // Of the index.
    private const int MaxSteps = 40;
    private const int Parts = 10_000;

    private readonly IReadOnlyList<CategoryPosterior> _categories;
    private readonly double _floor;
    private readonly double[] _belowGrade = new double[Grades.All.Count + 1]; // At index 0, 1, … 5.

    public OverallPosterior(IReadOnlyList<CategoryPosterior> categories, double floor)
    {
        _categories = categories;
        _floor = floor;
        Worst = categories[0];
        foreach (var category in categories)
        {
            Worst = category.Index > Worst.Index ? category : Worst;
        }

        for (var i = 1; i < _belowGrade.Length; i++)
        {
            _belowGrade[i] = Below(i);
        }

        Index = Math.Max(Worst.Index, floor);

        // The mean of a very skewed category can lie outside the interval of the worst one; the interval then reaches out to it.
        Low = Math.Min(Index, Quantile(0.05));
        High = Math.Max(Index, Quantile(0.95));
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
        Span<int> parts = stackalloc int[_belowGrade.Length - 1];
        int largest = 0, rest = Parts;
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = (int)Math.Round(Parts * (_belowGrade[i + 1] - _belowGrade[i]));
            rest -= parts[i];
            largest = parts[i] > parts[largest] ? i : largest;
        }

        parts[largest] += rest; // Rounding's remainder is least felt by the largest.
        var named = new Dictionary<string, double>(parts.Length);
        foreach (var grade in Grades.All)
        {
            named[grade.Name()] = parts[(int)grade] / (double)Parts;
        }

        return named;
    }

    /// <summary>The index below which the street lies with probability <paramref name="probability"/>, to a ten-thousandth.</summary>
    private double Quantile(double probability)
    {
        var grade = 0;
        while (grade < _belowGrade.Length - 2 && _belowGrade[grade + 1] < probability)
        {
            grade++;
        }

        // Regula falsi after Illinois: the chord, with the end that stays put counted half, so that both ends move.
        double low = grade, high = grade + 1, atLow = _belowGrade[grade] - probability, atHigh = _belowGrade[grade + 1] - probability;
        for (var step = 0; step < MaxSteps && high - low > Width; step++)
        {
            var chord = ((low * atHigh) - (high * atLow)) / (atHigh - atLow);
            var middle = double.IsFinite(chord) && chord > low && chord < high ? chord : (low + high) / 2;
            var atMiddle = Below(middle) - probability;
            if (Math.Abs(atMiddle) < Tolerance)
            {
                return middle;
            }

            if (atMiddle < 0)
            {
                (low, atLow, atHigh) = (middle, atMiddle, atHigh / 2);
            }
            else
            {
                (high, atHigh, atLow) = (middle, atMiddle, atLow / 2);
            }
        }

        return (low + high) / 2;
    }

    private double Below(double index)
    {
        if (index < _floor)
        {
            return 0;
        }

        var product = 1.0;
        foreach (var category in _categories)
        {
            product *= category.Below(index);
        }

        return product;
    }
}
