namespace CleanStreets.WorkOrders;

/// <summary>The state machine of an order: which event may follow from which state, by whom, and where it leads.</summary>
internal static class OrderLife
{
    public static OrderChange Apply(WorkOrder order, OrderEvent step)
    {
        if (step.EventId.Length is 0 or > OrderEvent.MaxEventIdLength)
        {
            return Refuse(order, OrderRefusal.EventIdInvalid);
        }

        // First of all: a phone that sends its outbox again must hear success, wherever the order stands by now.
        foreach (var earlier in order.History)
        {
            if (earlier.EventId == step.EventId)
            {
                return SaysTheSame(earlier, step) ? new(order, OrderRefusal.None, Repeated: true) : Refuse(order, OrderRefusal.EventIdReused);
            }
        }

        var refusal = WhyNot(order, step);
        return refusal == OrderRefusal.None ? new(Follow(order, step), OrderRefusal.None, Repeated: false) : Refuse(order, refusal);
    }

    private static OrderRefusal WhyNot(WorkOrder order, OrderEvent step)
    {
        if (!MayFollow(order.State, step.Kind))
        {
            return OrderRefusal.NotInThisState;
        }

        var refusal = WhyNotBy(order, step);
        return refusal == OrderRefusal.None ? WhyIncomplete(order, step) : refusal;
    }

    private static bool MayFollow(OrderState state, OrderEventKind kind) => kind switch
    {
        OrderEventKind.Assigned => state is OrderState.Open or OrderState.Accepted,
        OrderEventKind.Accepted => state is OrderState.Open,
        OrderEventKind.Started => state is OrderState.Accepted,
        OrderEventKind.Ended => state is OrderState.Accepted or OrderState.InProgress,
        OrderEventKind.Verified => state is OrderState.Done,
        OrderEventKind.Reopened => state is OrderState.Done or OrderState.Verified or OrderState.NotCleaned,
        OrderEventKind.Cancelled => state.IsLive(),
        _ => false, // Opened is always the first event and never a later one.
    };

    private static OrderRefusal WhyNotBy(WorkOrder order, OrderEvent step)
    {
        var allowed = step.Actor.Role switch
        {
            OrderRole.Dispatcher => step.Kind != OrderEventKind.Verified,
            OrderRole.Crew => step.Kind is OrderEventKind.Accepted or OrderEventKind.Started or OrderEventKind.Ended,
            OrderRole.Recheck => step.Kind == OrderEventKind.Verified || (step.Kind == OrderEventKind.Reopened && order.State == OrderState.Done),
            OrderRole.Planner => step.Kind is OrderEventKind.Assigned or OrderEventKind.Cancelled,
            _ => false,
        };
        if (!allowed)
        {
            return OrderRefusal.NotInThisRole;
        }

        return step.Actor.Role == OrderRole.Crew && step.Actor.Crew != order.Crew ? OrderRefusal.AnotherCrews : OrderRefusal.None;
    }

    private static OrderRefusal WhyIncomplete(WorkOrder order, OrderEvent step) => step switch
    {
        { Kind: OrderEventKind.Ended, Outcome: null } => OrderRefusal.OutcomeMissing,
        { Kind: not OrderEventKind.Ended, Outcome: not null } => OrderRefusal.OutcomeUnexpected,
        { Kind: OrderEventKind.Ended, Outcome: OrderOutcome.Collected } when order.State != OrderState.InProgress => OrderRefusal.CollectedWithoutStart,
        { Kind: OrderEventKind.Assigned, Crew: null } => OrderRefusal.CrewMissing,
        { Kind: OrderEventKind.Verified, Pass: null } => OrderRefusal.PassMissing,
        { Kind: OrderEventKind.Reopened, Actor.Role: OrderRole.Recheck, Pass: null } => OrderRefusal.PassMissing,
        _ => OrderRefusal.None,
    };

    private static WorkOrder Follow(WorkOrder order, OrderEvent step)
    {
        var next = order with { History = [.. order.History, step] };
        return step.Kind switch
        {
            OrderEventKind.Assigned => next with { State = OrderState.Open, Crew = step.Crew!.Value },
            OrderEventKind.Accepted => next with { State = OrderState.Accepted },
            OrderEventKind.Started => next with { State = OrderState.InProgress },
            OrderEventKind.Ended => next with { State = step.Outcome!.Value.SaysClean() ? OrderState.Done : OrderState.NotCleaned, Outcome = step.Outcome },
            OrderEventKind.Verified => next with { State = OrderState.Verified },
            OrderEventKind.Reopened => next with { State = OrderState.Open, Outcome = null, TimesReopened = order.TimesReopened + 1 },
            OrderEventKind.Cancelled => next with { State = OrderState.Cancelled },
            _ => throw new ArgumentOutOfRangeException(nameof(step), step.Kind, "Never follows."),
        };
    }

    // Times may differ: the phone stamps its outbox anew when its clock was set meanwhile.
    private static bool SaysTheSame(OrderEvent earlier, OrderEvent again) =>
        earlier.Kind == again.Kind && earlier.Outcome == again.Outcome && earlier.Actor.Role == again.Actor.Role && earlier.Actor.Crew == again.Actor.Crew;

    private static OrderChange Refuse(WorkOrder order, OrderRefusal refusal) => new(order, refusal, Repeated: false);
}
