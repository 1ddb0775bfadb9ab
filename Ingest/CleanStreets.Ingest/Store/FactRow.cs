using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Ingest.Store;

/// <summary>A fact that bears on passes already stored or still to come: a truck that was sent, or a verified cleaning. Segment and id are its key.</summary>
/// <param name="Segment">The street segment.</param>
/// <param name="FactId">The fact's own id.</param>
/// <param name="Kind">What was established.</param>
/// <param name="At">When it holds from.</param>
/// <param name="Side">The side it is about; unknown: the whole segment.</param>
/// <param name="Truck">Which truck was sent.</param>
/// <param name="Order">Because of which work order.</param>
internal readonly record struct FactRow(SegmentId Segment, string FactId, FactKind Kind, DateTimeOffset At, Side Side, TruckId? Truck, OrderId? Order)
{
    /// <summary>The row of a fact; null when it bears on no pass.</summary>
    public static FactRow? Of(Fact fact) => fact is { Kind: FactKind.CleaningVerified } or { Kind: FactKind.TruckSent, TruckId: not null, OrderId: not null }
        ? new FactRow(fact.SegmentId, fact.FactId, fact.Kind, fact.At, fact.Side, fact.TruckId, fact.OrderId)
        : null;
}
