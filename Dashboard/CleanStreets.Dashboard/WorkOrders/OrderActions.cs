using CleanStreets.WorkOrders;

namespace CleanStreets.Dashboard.WorkOrders;

/// <summary>The words by which people act on orders, and which of them an order would take now.</summary>
internal static class OrderActions
{
    private static readonly (string Word, OrderEventKind Kind)[] Words =
    [
        ("accept", OrderEventKind.Accepted),
        ("start", OrderEventKind.Started),
        ("end", OrderEventKind.Ended),
        ("cancel", OrderEventKind.Cancelled),
        ("assign", OrderEventKind.Assigned),
        ("reopen", OrderEventKind.Reopened),
    ];

    public static OrderEventKind? KindOf(string? word) => Words.Where(known => known.Word == word).Select(known => (OrderEventKind?)known.Kind).FirstOrDefault();

    /// <summary>Asks the order's own state machine by trial, so that buttons and rules cannot differ.</summary>
    public static IReadOnlyList<string> Of(WorkOrder order, OrderActor actor) =>
        [.. Words.Where(word => order.Apply(Trial(order, actor, word.Kind)).Succeeded).Select(word => word.Word)];

    private static OrderEvent Trial(WorkOrder order, OrderActor actor, OrderEventKind kind) => new()
    {
        EventId = "trial",
        Kind = kind,
        At = order.ChangedAt,
        RecordedAt = order.ChangedAt,
        Actor = actor,
        Outcome = kind == OrderEventKind.Ended ? OrderOutcome.Referred : null,
        Crew = kind == OrderEventKind.Assigned ? order.Crew : null,
    };
}
