using CleanStreets.Contracts;
using CleanStreets.Scoring.Index;

namespace CleanStreets.Scoring.Areas;

/// <summary>Computes the index of areas by any method, with an interval that knows that one truck's error lies on all its streets.</summary>
/// <remarks>
/// The model: on street s truck t counts Poisson pieces, over-dispersed, at a rate λₛ · e^bₜ with bₜ ~ Normal(0, σ²) the same on all its
/// streets (σ: <see cref="AreaOptions.TruckDeviation"/>). The area's variance is then Σ wₛ²·vₛ, the streets' own, plus Σₜ (∂A ÷ ∂bₜ)²·σ²,
/// the trucks'; the derivative is taken by letting truck t count e^σ and e^−σ times as much. More streets shrink the first sum
/// and never the second. Streets not seen are no part of the number: <see cref="AreaIndex.Coverage"/> says how much that leaves out.
/// Pure; not thread-safe only in that evidence must not change meanwhile.
/// </remarks>
public sealed class AreaIndexer
{
    private const double Deviations = 1.6448536269514722; // Of the bell curve, for 90 %.

    private readonly IIndexMethod _method;
    private readonly AreaOptions _options;
    private readonly ConditionReader _reader;
    private readonly AcceptablyCleanMethod _acceptable = new();

    /// <summary>Makes an indexer for one method.</summary>
    public AreaIndexer(IIndexMethod method, AreaOptions? options = null)
    {
        (_method, _options) = (method, options ?? new AreaOptions());
        _reader = new ConditionReader(_options.Categories ?? method.Beliefs, _options.Reach);
    }

    /// <summary>Condition now.</summary>
    /// <param name="area">The area's name.</param>
    /// <param name="streets">Its streets.</param>
    /// <param name="evidenceOf">Evidence of a street; null when no truck passed it.</param>
    /// <param name="asOf">The moment.</param>
    public AreaIndex Now(string area, IReadOnlyList<AreaStreet> streets, Func<SegmentId, SegmentEvidence?> evidenceOf, DateTimeOffset asOf)
    {
        var view = View(streets, evidenceOf, evidence => _reader.Now(evidence, asOf.ToUnixTimeMilliseconds()));
        return Tell(new AreaIndex(area, _method.Name, Question.Now, null, asOf), view);
    }

    /// <summary>Period index: the average over all the time from <paramref name="from"/> to before <paramref name="to"/>.</summary>
    /// <param name="area">The area's name.</param>
    /// <param name="streets">Its streets.</param>
    /// <param name="evidenceOf">Evidence of a street; null when no truck passed it.</param>
    /// <param name="from">Beginning.</param>
    /// <param name="to">End.</param>
    public AreaIndex Over(
        string area, IReadOnlyList<AreaStreet> streets, Func<SegmentId, SegmentEvidence?> evidenceOf, DateTimeOffset from, DateTimeOffset to)
    {
        var view = Period(streets, evidenceOf, from, to);
        var before = Period(streets, evidenceOf, from - (to - from), from);
        return Tell(new AreaIndex(area, _method.Name, Question.Period, from, to), view) with
        {
            Trend = Spread(before) is { } earlier && Spread(view) is { } later ? TrendOf(earlier, later) : null,
        };
    }

    /// <summary>Period index without a trend, with what a later trend needs to know of it, and street by street: what is kept when a period is closed.</summary>
    /// <param name="area">The area's name.</param>
    /// <param name="streets">Its streets.</param>
    /// <param name="evidenceOf">Evidence of a street; null when no truck passed it.</param>
    /// <param name="from">Beginning.</param>
    /// <param name="to">End.</param>
    public AreaPeriod Close(
        string area, IReadOnlyList<AreaStreet> streets, Func<SegmentId, SegmentEvidence?> evidenceOf, DateTimeOffset from, DateTimeOffset to)
    {
        var view = Period(streets, evidenceOf, from, to);
        var values = view.Values(_method);
        return new AreaPeriod(
            Tell(new AreaIndex(area, _method.Name, Question.Period, from, to), view),
            Spread(view),
            [.. view.Seen.Select((street, at) => StreetPeriod.Of(street, values[at].Value, Deviations))]);
    }

    /// <summary>How far an area's number has moved. A truck that counts too much does so in both periods: what it shifts in both alike is no error of the trend.</summary>
    /// <param name="earlier">The earlier period, by the same method.</param>
    /// <param name="later">The later one.</param>
    public static Estimate TrendOf(AreaSpread earlier, AreaSpread later)
    {
        var slopes = new Dictionary<TruckId, double>(later.TruckSlopes);
        foreach (var (truck, slope) in earlier.TruckSlopes)
        {
            slopes[truck] = slopes.GetValueOrDefault(truck) - slope;
        }

        var change = later.Value - earlier.Value;
        var half = Deviations * Math.Sqrt(later.OwnVariance + earlier.OwnVariance + slopes.OrderBy(slope => slope.Key.Value, StringComparer.Ordinal).Sum(slope => slope.Value * slope.Value));
        return new Estimate(change, change - half, change + half);
    }

    /// <summary>What leaving any one truck out would do to the period index, the largest change first.</summary>
    /// <param name="streets">The area's streets.</param>
    /// <param name="evidenceOf">Evidence of a street; null when no truck passed it.</param>
    /// <param name="from">Beginning.</param>
    /// <param name="to">End.</param>
    public IReadOnlyList<TruckEffect> LeaveOneOut(
        IReadOnlyList<AreaStreet> streets, Func<SegmentId, SegmentEvidence?> evidenceOf, DateTimeOffset from, DateTimeOffset to)
    {
        var whole = Period(streets, evidenceOf, from, to);
        var index = whole.Index(_method);
        return [.. whole.Trucks.Select(truck =>
        {
            var rest = Period(streets, evidenceOf, from, to, truck);
            var without = rest.Index(_method);
            return new TruckEffect(truck, without, without - index, rest.Coverage);
        }).OrderByDescending(effect => Math.Abs(effect.Change ?? double.MaxValue)).ThenBy(effect => effect.Truck.Value, StringComparer.Ordinal)];
    }

    private AreaView Period(
        IReadOnlyList<AreaStreet> streets, Func<SegmentId, SegmentEvidence?> evidenceOf, DateTimeOffset from, DateTimeOffset to, TruckId? except = null)
    {
        var (fromMs, toMs) = (from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds());
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(toMs, fromMs, nameof(to));
        return View(streets, evidenceOf, evidence => _reader.Over(evidence, fromMs, toMs, except));
    }

    private static AreaView View(
        IReadOnlyList<AreaStreet> streets, Func<SegmentId, SegmentEvidence?> evidenceOf, Func<SegmentEvidence, SegmentSums> read) => new(
        [.. streets.Select(street => new StreetView(street, evidenceOf(street.Segment.Id) is { } evidence ? read(evidence) : null))]);

    private AreaIndex Tell(AreaIndex index, AreaView view) => index with
    {
        Index = Interval(view, _method),
        IntervalIsOfTrucksOnly = !_method.HasDeviations,
        AcceptablyClean = Interval(view, _acceptable),
        Coverage = view.Coverage,
        TimeCoverage = view.TimeCoverage,
        LengthMetres = view.LengthMetres,
        Streets = view.Streets,
        SeenStreets = view.Seen.Count,
        Passes = view.Seen.Sum(street => street.Sums!.Passes),
        Trucks = view.Trucks.Count,
        SingleSource = [.. view.SingleSource.Select(street => street.Street.Segment.Id)],
        SingleSourceShare = view.SingleSourceShare,
        Grid = _method is LasanMethod lasan ? lasan.Bounds(view.Values(lasan), view.UnseenOwn) : null,
    };

    private Estimate? Interval(AreaView view, IIndexMethod method)
    {
        if (view.Index(method) is not { } value)
        {
            return null;
        }

        var half = Deviations * Math.Sqrt(view.OwnVariance(method) + view.TruckSlopes(method, _options.TruckDeviation).Values.Sum(slope => slope * slope));
        var (least, most) = method.Range;
        return new Estimate(value, Math.Max(least, value - half), Math.Min(most, value + half));
    }

    private AreaSpread? Spread(AreaView view) => view.Index(_method) is { } value
        ? new AreaSpread(value, view.OwnVariance(_method), view.TruckSlopes(_method, _options.TruckDeviation))
        : null;
}
