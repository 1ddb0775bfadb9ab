namespace CleanStreets.Benchmarks.Run;

/// <summary>One figure measured several times in a run; what is said of it is the median, beside the smallest and the largest.</summary>
internal sealed class Series
{
    private readonly List<double> _values = [];

    public IReadOnlyList<double> Values => _values;

    public double Median
    {
        get
        {
            var sorted = _values.Order().ToList();
            var middle = sorted.Count / 2;
            return sorted.Count == 0 ? double.NaN : sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    public double Smallest => _values.Count == 0 ? double.NaN : _values.Min();

    public double Largest => _values.Count == 0 ? double.NaN : _values.Max();

    public void Add(double value) => _values.Add(value);

    /// <summary>Round by round, this figure divided by another's of the same round: what loads the machine then loads both.</summary>
    public Series Over(Series other)
    {
        var ratios = new Series();
        foreach (var (mine, others) in _values.Zip(other._values))
        {
            ratios.Add(mine / others);
        }

        return ratios;
    }
}
