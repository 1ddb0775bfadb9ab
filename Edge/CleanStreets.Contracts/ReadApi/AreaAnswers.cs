using CleanStreets.Contracts.Scores;

namespace CleanStreets.Contracts.ReadApi;

/// <summary>What is asked about one area: POST to <see cref="ReadApiPaths.AreaIndex"/>.</summary>
/// <param name="Area">Name of an area of the layer; null when a zone is given.</param>
/// <param name="Zone">Corners of a zone that somebody drew, [longitude, latitude] each, at least three; null when an area is named.</param>
/// <param name="From">Period index: beginning. Null with <paramref name="To"/>: condition now.</param>
/// <param name="To">Period index: end, itself outside.</param>
/// <param name="LeaveOneOut">Whether to say what leaving out each truck would change. Only with a period.</param>
public sealed record AreaQuestion(
    string? Area = null, IReadOnlyList<IReadOnlyList<double>>? Zone = null, DateTimeOffset? From = null, DateTimeOffset? To = null, bool LeaveOneOut = false);

/// <summary>A number with its 90 % interval, which knows that one truck's error lies on all its streets.</summary>
/// <param name="Value">The number.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public sealed record AreaEstimate(double Value, double Low, double High);

/// <summary>The figures of one area. What is null is not known, and never 0.</summary>
/// <param name="Area">Its name.</param>
/// <param name="Index">The index over the streets that were seen.</param>
/// <param name="Grade">The letter of that index.</param>
/// <param name="AcceptablyClean">Share of the seen length that is acceptably clean.</param>
/// <param name="Trend">Period: the index less that of the period of the same length before it.</param>
/// <param name="Coverage">Share of its street length that was seen enough to be judged.</param>
/// <param name="TimeCoverage">Period: share of the time that passes stand for. Now: 1.</param>
/// <param name="LengthMetres">Street length inside.</param>
/// <param name="Streets">Streets that lie in it, wholly or in part.</param>
/// <param name="SeenStreets">Of them seen enough.</param>
/// <param name="Passes">Passes that count.</param>
/// <param name="Trucks">Trucks that drove them.</param>
/// <param name="SingleSource">Streets more than half of whose weight comes from one truck.</param>
/// <param name="SingleSourceShare">Their share of the seen length.</param>
/// <param name="Detectors">Detector versions that looked in the period and, where there is a trend, in the one before; more than one is a break in the numbers. Null for condition now.</param>
public sealed record AreaFigures(
    string Area,
    AreaEstimate? Index,
    Grade? Grade,
    AreaEstimate? AcceptablyClean,
    AreaEstimate? Trend,
    double Coverage,
    double TimeCoverage,
    double LengthMetres,
    int Streets,
    int SeenStreets,
    int Passes,
    int Trucks,
    IReadOnlyList<SegmentId> SingleSource,
    double SingleSourceShare,
    IReadOnlyList<string>? Detectors = null);

/// <summary>The figures of several areas for one question.</summary>
/// <param name="Method">Method and version.</param>
/// <param name="Scale">What its number means.</param>
/// <param name="Question"><c>now</c> or <c>period</c>: two numbers that are never compared.</param>
/// <param name="From">Beginning of the period; null for condition now.</param>
/// <param name="To">End of the period, or the moment.</param>
/// <param name="ComputedAt">When it was computed; the same question is computed anew once a minute at most.</param>
/// <param name="Areas">A row an area.</param>
/// <param name="Trucks">What leaving out any one truck changes, when asked for.</param>
/// <param name="TrendNote">What a trend is measured against when that is not simply the period before, or why there is none; for people.</param>
/// <param name="ClosedAt">When the period was closed: its figures stay as they were computed then. Null: computed out of live evidence.</param>
public sealed record AreaReport(
    string Method,
    string Scale,
    string Question,
    DateTimeOffset? From,
    DateTimeOffset To,
    DateTimeOffset ComputedAt,
    IReadOnlyList<AreaFigures> Areas,
    IReadOnlyList<AreaTruckEffect>? Trucks = null,
    string? TrendNote = null,
    DateTimeOffset? ClosedAt = null);

/// <summary>What an area's number would be without one truck.</summary>
/// <param name="TruckId">The truck.</param>
/// <param name="Without">The number without its passes; null when nothing is seen then.</param>
/// <param name="Change">That less the number with it.</param>
/// <param name="CoverageWithout">Share of the length that is still seen.</param>
public sealed record AreaTruckEffect(TruckId TruckId, double? Without, double? Change, double CoverageWithout);
