using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Scores;

namespace CleanStreets.WorkOrders.Tests;

/// <summary>Orders, crews and passes to tell stories with.</summary>
internal static class TestOrders
{
    public static readonly DateTimeOffset Morning = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);
    public static readonly CrewId North = CrewId.Parse("north");
    public static readonly CrewId South = CrewId.Parse("south");
    public static readonly OrderActor NorthCrew = OrderActor.OfCrew(North, "nora");
    public static readonly OrderActor Dispatcher = OrderActor.Dispatcher("dora");
    public static readonly TruckId CrewTruck = TruckId.Parse("north-1");
    public static readonly TruckId RaisingTruck = TruckId.Parse("truck-raised");
    public static readonly TruckId OtherTruck = TruckId.Parse("truck-other");

    private static int _events;

    public static WorkOrder Open(string id = "o-1", string segment = "s-1", CrewId? crew = null, Grade? grade = Grade.C, DateTimeOffset? at = null) =>
        WorkOrder.Open(new OrderOpening
        {
            Id = OrderId.Parse(id),
            SegmentId = SegmentId.Parse(segment),
            Crew = crew ?? North,
            EventId = $"open-{id}",
            At = at ?? Morning,
            Actor = OrderActor.Planner,
            Grade = grade,
            RaisedBy = RaisingTruck,
            Reason = "90 % likely dirty.",
        });

    public static OrderEvent Step(OrderEventKind kind, OrderActor? actor = null, OrderOutcome? outcome = null, string? id = null, DateTimeOffset? at = null) => new()
    {
        EventId = id ?? $"e-{Interlocked.Increment(ref _events)}",
        Kind = kind,
        At = at ?? Morning,
        RecordedAt = at ?? Morning,
        Actor = actor ?? RoleFor(kind),
        Outcome = outcome ?? (kind == OrderEventKind.Ended ? OrderOutcome.Collected : null),
        Crew = kind == OrderEventKind.Assigned ? South : null,
        Pass = kind is OrderEventKind.Verified or OrderEventKind.Reopened ? new PassReference(OtherTruck, Morning, Grade.A) : null,
    };

    /// <summary>An order in <paramref name="state"/>, brought there step by step.</summary>
    public static WorkOrder In(OrderState state, DateTimeOffset? at = null, OrderOutcome? outcome = null, Grade? grade = Grade.C, string id = "o-1", string segment = "s-1", CrewId? crew = null)
    {
        var actor = OrderActor.OfCrew(crew ?? North, "crew");
        OrderEvent Then(OrderEventKind kind, OrderOutcome? how = null) =>
            Step(kind, kind is OrderEventKind.Accepted or OrderEventKind.Started or OrderEventKind.Ended ? actor : null, how, at: at);
        OrderEvent[] steps = state switch
        {
            OrderState.Open => [],
            OrderState.Accepted => [Then(OrderEventKind.Accepted)],
            OrderState.InProgress => [Then(OrderEventKind.Accepted), Then(OrderEventKind.Started)],
            OrderState.Done => [Then(OrderEventKind.Accepted), Then(OrderEventKind.Started), Then(OrderEventKind.Ended, outcome)],
            OrderState.Verified => [Then(OrderEventKind.Accepted), Then(OrderEventKind.Started), Then(OrderEventKind.Ended, outcome), Then(OrderEventKind.Verified)],
            OrderState.NotCleaned => [Then(OrderEventKind.Accepted), Then(OrderEventKind.Started), Then(OrderEventKind.Ended, outcome ?? OrderOutcome.Blocked)],
            OrderState.Cancelled => [Then(OrderEventKind.Cancelled)],
            _ => throw new ArgumentOutOfRangeException(nameof(state)),
        };
        var order = steps.Aggregate(Open(id, segment, crew, grade, at), (o, step) => Must(o, step));
        order.State.ShouldBe(state);
        return order;
    }

    public static WorkOrder Must(WorkOrder order, OrderEvent step)
    {
        var change = order.Apply(step);
        change.Refusal.ShouldBe(OrderRefusal.None);
        change.Repeated.ShouldBeFalse();
        return change.Order;
    }

    public static PassSummary Pass(TruckId truck, DateTimeOffset enteredAt, Grade? grade, double coverage = 1) => new(
        truck, enteredAt, enteredAt.AddSeconds(20), true, coverage, 80, new Dictionary<string, int>(), Light.Day, null, null, grade, grade is { } g ? (int)g + 0.5 : null);

    private static OrderActor RoleFor(OrderEventKind kind) => kind switch
    {
        OrderEventKind.Accepted or OrderEventKind.Started or OrderEventKind.Ended => NorthCrew,
        OrderEventKind.Verified => OrderActor.Recheck,
        _ => Dispatcher,
    };
}
