using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.WorkOrders;

namespace CleanStreets.Dashboard.WorkOrders;

/// <summary>Something the desk has to do.</summary>
internal abstract record DeskRequest
{
    /// <summary>Look for rechecks and candidates.</summary>
    public sealed record Tick : DeskRequest;

    /// <summary>Somebody reports a step; the answer is what became of it, or null for an unknown order.</summary>
    public sealed record Report(OrderId Order, OrderEvent Step, TaskCompletionSource<OrderChange?> Answer) : DeskRequest;

    /// <summary>A dispatcher opens an order by hand; the answer is the order, or null when one is open there already.</summary>
    public sealed record OpenByHand(OrderOpening Opening, TaskCompletionSource<WorkOrder?> Answer) : DeskRequest;

    public sealed record SetCapacity(int Capacity, TaskCompletionSource Answer) : DeskRequest;

    /// <summary>The passes behind the planned orders are known, as far as ingest answered.</summary>
    public sealed record PlanReady(IReadOnlyList<(PlannedOrder Order, IReadOnlyList<PassSummary>? Passes)> Orders) : DeskRequest;

    /// <summary>Ingest answered which passes there were since an order ended; null when it did not answer.</summary>
    public sealed record PassesKnown(OrderId Order, DateTimeOffset NewestObservationAt, IReadOnlyList<PassSummary>? Passes) : DeskRequest;
}
