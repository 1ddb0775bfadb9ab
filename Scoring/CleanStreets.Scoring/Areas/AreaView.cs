using CleanStreets.Contracts;
using CleanStreets.Scoring.Index;

namespace CleanStreets.Scoring.Areas;

/// <summary>A street of an area with what was seen of it.</summary>
internal readonly record struct StreetView(AreaStreet Street, SegmentSums? Sums)
{
    public double InsideMetres => Street.InsideShare * Street.Segment.LengthMetres;

    public bool IsSeen => Sums is { IsSeen: true };
}

/// <summary>An area's streets for one question, ready to be judged by any method.</summary>
internal sealed class AreaView
{
    private readonly IReadOnlyList<StreetView> _streets;
    private readonly Dictionary<string, WeightedValue[]> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<TruckId, double>> _slopes = new(StringComparer.Ordinal);

    public AreaView(IReadOnlyList<StreetView> streets)
    {
        _streets = streets;
        Seen = [.. streets.Where(street => street.IsSeen)];
        LengthMetres = streets.Sum(street => street.InsideMetres);
        SeenMetres = Seen.Sum(street => street.InsideMetres);
        Trucks = [.. Seen.SelectMany(street => street.Sums!.Trucks).Select(sums => sums.Truck).Distinct().OrderBy(truck => truck.Value, StringComparer.Ordinal)];
    }

    public IReadOnlyList<StreetView> Seen { get; }

    public IReadOnlyList<TruckId> Trucks { get; }

    public int Streets => _streets.Count;

    public double LengthMetres { get; }

    public double SeenMetres { get; }

    public double Coverage => LengthMetres > 0 ? SeenMetres / LengthMetres : 0;

    public double TimeCoverage => SeenMetres > 0 ? Seen.Sum(street => street.InsideMetres * street.Sums!.TimeShare) / SeenMetres : 0;

    public IEnumerable<StreetView> SingleSource => Seen.Where(street => street.Sums!.SingleSource is not null);

    public double SingleSourceShare => SeenMetres > 0 ? SingleSource.Sum(street => street.InsideMetres) / SeenMetres : 0;

    /// <summary>Streets that count as this grid's and were not seen.</summary>
    public int UnseenOwn => _streets.Count(street => !street.IsSeen && LasanMethod.IsOwn(street.Street.InsideShare));

    /// <summary>The area's number; null when nothing was seen.</summary>
    public double? Index(IIndexMethod method) => Seen.Count == 0 ? null : method.Combine(Values(method));

    /// <summary>Every seen street judged; once for each method, because its interval is what costs most.</summary>
    public WeightedValue[] Values(IIndexMethod method)
    {
        if (!_values.TryGetValue(method.Name, out var values))
        {
            _values[method.Name] = values = [.. Seen.Select(street => Value(method, street))];
        }

        return values;
    }

    /// <summary>Variance that streets have by themselves: it shrinks with their number.</summary>
    public double OwnVariance(IIndexMethod method)
    {
        var (sum, weights) = (0.0, 0.0);
        foreach (var value in Values(method))
        {
            sum += value.Weight * value.Weight * value.Value.Deviation * value.Value.Deviation;
            weights += value.Weight;
        }

        return weights > 0 ? sum / (weights * weights) : 0;
    }

    /// <summary>How far the area's number moves when a truck counts one standard deviation more, by truck.</summary>
    public IReadOnlyDictionary<TruckId, double> TruckSlopes(IIndexMethod method, double deviation)
    {
        if (_slopes.TryGetValue(method.Name, out var known))
        {
            return known;
        }

        var shifted = Values(method).AsSpan().ToArray();
        var slopes = new Dictionary<TruckId, double>();
        foreach (var (truck, places) in StreetsByTruck())
        {
            slopes[truck] = (Shifted(method, shifted, truck, places, Math.Exp(deviation)) - Shifted(method, shifted, truck, places, Math.Exp(-deviation))) / 2;
        }

        return _slopes[method.Name] = slopes;
    }

    /// <summary>The number when one truck counts <paramref name="factor"/> times as much; the values are as they were afterwards.</summary>
    private double Shifted(IIndexMethod method, WeightedValue[] values, TruckId truck, List<int> places, double factor)
    {
        foreach (var at in places)
        {
            var condition = Seen[at].Sums!.Condition(truck, factor);
            values[at] = values[at] with { Condition = condition, Value = new SegmentValue(method.ValueOf(condition)) };
        }

        var number = method.Combine(values);
        var asBelieved = Values(method);
        foreach (var at in places)
        {
            values[at] = asBelieved[at];
        }

        return number;
    }

    /// <summary>Places among the seen streets that each truck drove, in the order of the trucks' ids.</summary>
    private IEnumerable<(TruckId Truck, List<int> Places)> StreetsByTruck()
    {
        var places = Trucks.ToDictionary(truck => truck, _ => new List<int>());
        for (var at = 0; at < Seen.Count; at++)
        {
            foreach (var sums in Seen[at].Sums!.Trucks)
            {
                places[sums.Truck].Add(at);
            }
        }

        return Trucks.Select(truck => (truck, places[truck]));
    }

    private static WeightedValue Value(IIndexMethod method, StreetView street)
    {
        var condition = street.Sums!.Condition();
        var weight = method.Weigh(street.InsideMetres, street.Street.Segment.LengthMetres);
        return new WeightedValue(condition, weight, street.Street.InsideShare, method.Judge(condition));
    }
}
