using CleanStreets.Contracts.Scores;

namespace CleanStreets.Scoring.Index;

/// <summary>What is believed of a street: its worst category decides.</summary>
/// <remarks>
/// Categories are taken as independent, so the chance that the worst is at most x is the product of the chances that each is. A confirmed
/// dumping puts a floor under the index: below it the chance is 0.
/// </remarks>
internal sealed class OverallPosterior
{
    private const double Tolerance = 1e-4;
    private const int MaxSteps = 60;

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
        const decimal One = 1;
        var rounded = new decimal[Grades.All.Count];
        for (var i = 0; i < rounded.Length; i++)
        {
            rounded[i] = Math.Round((decimal)(_belowGrade[i + 1] - _belowGrade[i]), 4);
        }

        var largest = Array.IndexOf(rounded, rounded.Max());
        rounded[largest] += One - rounded.Sum(); // Rounding's remainder is least felt by the largest.
        return Grades.All.ToDictionary(g => g.Name(), g => (double)rounded[(int)g]);
    }

    /// <summary>The index below which the street lies with probability <paramref name="probability"/>, to a ten-thousandth.</summary>
    private double Quantile(double probability)
    {
        var grade = 0;
        while (grade < _belowGrade.Length - 2 && _belowGrade[grade + 1] < probability)
        {
            grade++;
        }

        double low = grade, high = grade + 1, atLow = _belowGrade[grade], atHigh = _belowGrade[grade + 1];
        for (var step = 0; step < MaxSteps && high - low > Tolerance; step++)
        {
            // A chord where the curve is kind, a halving every third step where it is not.
            var chord = low + ((high - low) * (probability - atLow) / (atHigh - atLow));
            var middle = step % 3 == 2 || !double.IsFinite(chord) ? (low + high) / 2 : Math.Clamp(chord, low + (Tolerance / 2), high - (Tolerance / 2));
            var atMiddle = Below(middle);
            if (atMiddle < probability)
            {
                (low, atLow) = (middle, atMiddle);
            }
            else
            {
                (high, atHigh) = (middle, atMiddle);
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
