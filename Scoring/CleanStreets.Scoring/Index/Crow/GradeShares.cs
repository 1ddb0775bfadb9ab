using System.Collections;
using System.Diagnostics.CodeAnalysis;
using CleanStreets.Contracts.Scores;

namespace CleanStreets.Scoring.Index;

/// <summary>The probability of each grade by its letter, from the best to the worst: what a dictionary of five would hold, in a fifth of its memory.</summary>
internal sealed class GradeShares(ReadOnlySpan<double> byGrade) : IReadOnlyDictionary<string, double>
{
    private readonly double[] _byGrade = byGrade.ToArray();

    public int Count => _byGrade.Length;

    public IEnumerable<string> Keys => Grades.All.Select(grade => grade.Name());

    public IEnumerable<double> Values => _byGrade;

    public double this[string key] => TryGetValue(key, out var share) ? share : throw new KeyNotFoundException($"'{key}' is no grade.");

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out double value)
    {
        foreach (var grade in Grades.All)
        {
            if (grade.Name() == key)
            {
                value = _byGrade[(int)grade];
                return true;
            }
        }

        value = 0;
        return false;
    }

    public IEnumerator<KeyValuePair<string, double>> GetEnumerator()
    {
        foreach (var grade in Grades.All)
        {
            yield return new(grade.Name(), _byGrade[(int)grade]);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
