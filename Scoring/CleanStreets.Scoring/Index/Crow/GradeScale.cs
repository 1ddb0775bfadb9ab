using CleanStreets.Contracts.Scores;

namespace CleanStreets.Scoring.Index;

/// <summary>Turns pieces per 100 m² into the index and the letter, and the index back.</summary>
/// <remarks>
/// The index is linear between the cuts: 0–1 up to the first, 1–2 up to the second, and so on; beyond the last it is
/// 5 − last ÷ rate, which is 4 at the cut and nears 5 as the street gets worse. A rate exactly on a cut still has the better letter, as in
/// CROW's "at most 3 pieces".
/// </remarks>
internal sealed class GradeScale(IReadOnlyList<double> cuts)
{
    public const double Worst = 5;

    private const int Count = 4;

    private readonly double[] _cuts = [.. cuts];

    /// <summary>Whether <paramref name="cuts"/> are four positive rising numbers.</summary>
    public static bool IsValid(IReadOnlyList<double> cuts)
    {
        var valid = cuts.Count == Count && cuts[0] > 0;
        for (var i = 1; valid && i < Count; i++)
        {
            valid = cuts[i] > cuts[i - 1] && double.IsFinite(cuts[i]);
        }

        return valid;
    }

    public Grade GradeOf(double rate)
    {
        var grade = 0;
        while (grade < Count && rate > _cuts[grade])
        {
            grade++;
        }

        return (Grade)grade;
    }

    /// <summary>The letter of an index, with the same rule on the boundary as for rates.</summary>
    public static Grade GradeOfIndex(double index) => (Grade)Math.Clamp((int)Math.Ceiling(index) - 1, 0, Count);

    public double IndexOf(double rate)
    {
        var grade = (int)GradeOf(rate);
        if (grade == Count)
        {
            return Worst - (_cuts[^1] / rate);
        }

        var from = grade == 0 ? 0 : _cuts[grade - 1];
        return grade + ((rate - from) / (_cuts[grade] - from));
    }

    public double RateAt(double index)
    {
        if (index >= Worst)
        {
            return double.PositiveInfinity;
        }

        if (index >= Count)
        {
            return _cuts[^1] / (Worst - index);
        }

        var grade = (int)index;
        var from = grade == 0 ? 0 : _cuts[grade - 1];
        return from + ((index - grade) * (_cuts[grade] - from));
    }

    /// <summary>How fast the rate grows with the index.</summary>
    public double SlopeAt(double index)
    {
        if (index >= Count)
        {
            var left = Worst - index;
            return left <= 0 ? double.PositiveInfinity : _cuts[^1] / (left * left);
        }

        var grade = (int)index;
        return _cuts[grade] - (grade == 0 ? 0 : _cuts[grade - 1]);
    }
}
