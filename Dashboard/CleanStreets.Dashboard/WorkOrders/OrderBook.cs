using System.Collections.Immutable;
using CleanStreets.Contracts;
using CleanStreets.Dashboard.Live;
using CleanStreets.WorkOrders;

namespace CleanStreets.Dashboard.WorkOrders;

/// <summary>Every order that matters now. Immutable: readers keep what they took while the desk makes the next.</summary>
internal sealed record OrderBook(ImmutableDictionary<OrderId, WorkOrder> Orders)
{
    /// <summary>How long ended orders stay in memory; the database keeps them for good.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromDays(30);

    public static OrderBook Empty { get; } = new(ImmutableDictionary<OrderId, WorkOrder>.Empty);

    public IEnumerable<WorkOrder> All => Orders.Values;

    public WorkOrder? Find(string? id) => OrderId.TryCreate(id, out var orderId) ? Orders.GetValueOrDefault(orderId) : null;

    public IEnumerable<WorkOrder> Of(SegmentId segment) => All.Where(order => order.SegmentId == segment);

    public WorkOrder? LiveOn(SegmentId segment) => Of(segment).FirstOrDefault(order => order.IsLive);

    public OrderBook With(WorkOrder order) => new(Orders.SetItem(order.Id, order));

    public OrderBook Without(IEnumerable<OrderId> forgotten) => new(Orders.RemoveRange(forgotten));

    /// <summary>What the map shows of the orders on a segment.</summary>
    public SegmentFlags MarksOf(SegmentId segment) => Of(segment).Aggregate(SegmentFlags.None, (flags, order) => flags | order.State switch
    {
        OrderState.Done => SegmentFlags.WaitsForRecheck,
        _ when order.IsLive => SegmentFlags.OpenOrder,
        _ => SegmentFlags.None,
    });
}

/// <summary>What the desk shows to everybody, swapped whole.</summary>
/// <param name="Book">The orders.</param>
/// <param name="Candidates">Streets worth an order, best first.</param>
/// <param name="Crews">Crews at work.</param>
/// <param name="Loads">How full their day is.</param>
/// <param name="Capacity">Orders a day over all crews.</param>
/// <param name="Day">The day that is planned.</param>
internal sealed record DeskView(
    OrderBook Book, IReadOnlyList<Candidate> Candidates, IReadOnlyList<Crew> Crews, IReadOnlyList<CrewLoad> Loads, int Capacity, DateOnly Day);
