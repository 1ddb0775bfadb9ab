using CleanStreets.Contracts;
using CleanStreets.Scoring.Index;

namespace CleanStreets.Scoring.Areas;

/// <summary>A number with its 90 % interval.</summary>
/// <param name="Value">The number.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct Estimate(double Value, double Low, double High);

/// <summary>What one truck does to an area's number.</summary>
/// <param name="Truck">The truck.</param>
/// <param name="Without">The number when its passes are left out; null when nothing is seen without it.</param>
/// <param name="Change">That number less the number with it.</param>
/// <param name="CoverageWithout">Share of length that is still seen.</param>
public sealed record TruckEffect(TruckId Truck, double? Without, double? Change, double CoverageWithout);

/// <summary>The index of an area, for one of the two questions.</summary>
/// <param name="Area">Its name.</param>
/// <param name="Method">Method and version.</param>
/// <param name="Question">Condition now, or the average over a period. The two are never mixed.</param>
/// <param name="From">Beginning of the period; null for condition now.</param>
/// <param name="To">End of the period, or the moment.</param>
public sealed record AreaIndex(string Area, string Method, Question Question, DateTimeOffset? From, DateTimeOffset To)
{
    /// <summary>The index over the streets that were seen; null when none was.</summary>
    public Estimate? Index { get; init; }

    /// <summary>The interval of <see cref="Index"/> holds only what trucks do to all their streets alike; doubt about single streets, which the method does not tell, would widen it.</summary>
    public bool IntervalIsOfTrucksOnly { get; init; }

    /// <summary>Share of the seen length that is acceptably clean: the mean of P(acceptable) by length.</summary>
    public Estimate? AcceptablyClean { get; init; }

    /// <summary>The index less that of the period of the same length before it; null for condition now, or when either was not seen.</summary>
    public Estimate? Trend { get; init; }

    /// <summary>Share of the area's street length that was seen enough to be judged.</summary>
    public double Coverage { get; init; }

    /// <summary>Period: share of the time that passes stand for, mean over the seen length. Now: 1.</summary>
    public double TimeCoverage { get; init; }

    /// <summary>Street length inside.</summary>
    public double LengthMetres { get; init; }

    /// <summary>Streets that lie in it, wholly or in part.</summary>
    public int Streets { get; init; }

    /// <summary>Of them seen enough to be judged.</summary>
    public int SeenStreets { get; init; }

    /// <summary>Passes that count.</summary>
    public int Passes { get; init; }

    /// <summary>Trucks that drove them.</summary>
    public int Trucks { get; init; }

    /// <summary>Streets more than half of whose weight comes from one truck: <c>single source</c>.</summary>
    public IReadOnlyList<SegmentId> SingleSource { get; init; } = [];

    /// <summary>Share of the seen length that is single source.</summary>
    public double SingleSourceShare { get; init; }

    /// <summary>Detector versions that looked in this period and, where there is a trend, in the one before; more than one is a break in the numbers.</summary>
    public IReadOnlyList<string> Detectors { get; init; } = [];

    /// <summary>LASAN's methods: the class, or both bounds when too little was seen.</summary>
    public GridBounds? Grid { get; init; }
}
