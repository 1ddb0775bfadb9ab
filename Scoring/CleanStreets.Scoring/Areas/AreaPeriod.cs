using CleanStreets.Contracts;
using CleanStreets.Scoring.Index;

namespace CleanStreets.Scoring.Areas;

/// <summary>A period of an area as it is kept when it is closed.</summary>
/// <param name="Index">Its index, without a trend.</param>
/// <param name="Spread">What a later trend needs to know; null when nothing was seen.</param>
/// <param name="Streets">Its seen streets, one by one.</param>
public sealed record AreaPeriod(AreaIndex Index, AreaSpread? Spread, IReadOnlyList<StreetPeriod> Streets);

/// <summary>How an area's number may err: what two periods must know of each other to be compared.</summary>
/// <param name="Value">The number.</param>
/// <param name="OwnVariance">Variance that its streets have by themselves.</param>
/// <param name="TruckSlopes">How far it moves when a truck counts one standard deviation more, by truck.</param>
public sealed record AreaSpread(double Value, double OwnVariance, IReadOnlyDictionary<TruckId, double> TruckSlopes);

/// <summary>The period index of one street.</summary>
/// <param name="SegmentId">The street.</param>
/// <param name="Index">Its number.</param>
/// <param name="Low">Lower end of the 90 % interval, of its own evidence alone.</param>
/// <param name="High">Upper end.</param>
/// <param name="Coverage">Share of its length seen.</param>
/// <param name="TimeShare">Share of the time that passes stand for.</param>
/// <param name="Passes">Passes that count.</param>
/// <param name="SingleSource">The truck that more than half of its weight comes from; null when there is none.</param>
public sealed record StreetPeriod(SegmentId SegmentId, double Index, double Low, double High, double Coverage, double TimeShare, int Passes, TruckId? SingleSource)
{
    internal static StreetPeriod Of(StreetView street, SegmentValue value, double deviations) => new(
        street.Street.Segment.Id,
        value.Value,
        value.Value - (deviations * value.Deviation),
        value.Value + (deviations * value.Deviation),
        street.Sums!.Coverage,
        street.Sums.TimeShare,
        street.Sums.Passes,
        street.Sums.SingleSource);
}
