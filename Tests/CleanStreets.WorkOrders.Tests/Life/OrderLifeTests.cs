using static CleanStreets.WorkOrders.Tests.TestOrders;

namespace CleanStreets.WorkOrders.Tests;

public class OrderLifeTests
{
    /// <summary>Every way that leads on; whatever is not here must be refused.</summary>
    private static readonly Dictionary<(OrderState From, OrderEventKind Kind), OrderState> Ways = new()
    {
        [(OrderState.Open, OrderEventKind.Assigned)] = OrderState.Open,
        [(OrderState.Open, OrderEventKind.Accepted)] = OrderState.Accepted,
        [(OrderState.Open, OrderEventKind.Cancelled)] = OrderState.Cancelled,
        [(OrderState.Accepted, OrderEventKind.Assigned)] = OrderState.Open,
        [(OrderState.Accepted, OrderEventKind.Started)] = OrderState.InProgress,
        [(OrderState.Accepted, OrderEventKind.Ended)] = OrderState.NotCleaned,
        [(OrderState.Accepted, OrderEventKind.Cancelled)] = OrderState.Cancelled,
        [(OrderState.InProgress, OrderEventKind.Ended)] = OrderState.NotCleaned,
        [(OrderState.InProgress, OrderEventKind.Cancelled)] = OrderState.Cancelled,
        [(OrderState.Done, OrderEventKind.Verified)] = OrderState.Verified,
        [(OrderState.Done, OrderEventKind.Reopened)] = OrderState.Open,
        [(OrderState.Verified, OrderEventKind.Reopened)] = OrderState.Open,
        [(OrderState.NotCleaned, OrderEventKind.Reopened)] = OrderState.Open,
    };

    public static TheoryData<OrderState, OrderEventKind> EveryStateAndEvent
    {
        get
        {
            var all = new TheoryData<OrderState, OrderEventKind>();
            foreach (var state in Enum.GetValues<OrderState>())
            {
                foreach (var kind in Enum.GetValues<OrderEventKind>())
                {
                    all.Add(state, kind);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(EveryStateAndEvent))]
    public void Event_leads_on_only_where_the_picture_says_so(OrderState from, OrderEventKind kind)
    {
        var order = In(from);

        var change = order.Apply(Step(kind, outcome: kind == OrderEventKind.Ended ? OrderOutcome.Blocked : null));

        if (Ways.TryGetValue((from, kind), out var to))
        {
            change.Refusal.ShouldBe(OrderRefusal.None);
            change.Order.State.ShouldBe(to);
            change.Order.History.Count.ShouldBe(order.History.Count + 1);
        }
        else
        {
            change.Refusal.ShouldBe(OrderRefusal.NotInThisState);
            change.Order.ShouldBeSameAs(order);
        }
    }

    [Theory]
    [InlineData(OrderOutcome.Collected, OrderState.Done)]
    [InlineData(OrderOutcome.GoneOnArrival, OrderState.Done)]
    [InlineData(OrderOutcome.Blocked, OrderState.NotCleaned)]
    [InlineData(OrderOutcome.NoAccess, OrderState.NotCleaned)]
    [InlineData(OrderOutcome.Unsafe, OrderState.NotCleaned)]
    [InlineData(OrderOutcome.Referred, OrderState.NotCleaned)]
    public void Outcome_decides_whether_a_pass_is_awaited(OrderOutcome outcome, OrderState expected)
    {
        var order = Must(In(OrderState.InProgress), Step(OrderEventKind.Ended, outcome: outcome));

        order.State.ShouldBe(expected);
        order.Outcome.ShouldBe(outcome);
        order.EndedAt.ShouldBe(Morning);
    }

    [Fact]
    public void Every_outcome_has_its_case_above() => Enum.GetValues<OrderOutcome>().Length.ShouldBe(6);

    [Fact]
    public void Event_sent_again_counts_once_and_succeeds_wherever_the_order_stands()
    {
        var accept = Step(OrderEventKind.Accepted, id: "phone-1");
        var order = Must(Must(Open(), accept), Step(OrderEventKind.Started));

        var again = order.Apply(accept with { RecordedAt = Morning.AddHours(3) });

        again.Succeeded.ShouldBeTrue();
        again.Repeated.ShouldBeTrue();
        again.Order.ShouldBeSameAs(order);
    }

    [Fact]
    public void Event_id_used_for_something_else_is_refused()
    {
        var order = Must(Open(), Step(OrderEventKind.Accepted, id: "phone-1"));

        order.Apply(Step(OrderEventKind.Started, id: "phone-1")).Refusal.ShouldBe(OrderRefusal.EventIdReused);
    }

    [Fact]
    public void Same_history_gives_the_same_order()
    {
        var order = Must(Must(In(OrderState.Done), Step(OrderEventKind.Reopened, Dispatcher)), Step(OrderEventKind.Assigned));

        var again = order.History.Skip(1).Aggregate(Open(), Must);

        again.ShouldBe(order with { History = again.History });
        again.History.ShouldBe(order.History);
        again.TimesReopened.ShouldBe(1);
        again.Outcome.ShouldBeNull();
        again.EndedAt.ShouldBeNull();
        again.Crew.ShouldBe(South);
    }

    [Fact]
    public void Fast_clock_of_a_phone_moves_nothing_into_the_future()
    {
        var order = Must(In(OrderState.InProgress), Step(OrderEventKind.Ended) with { At = Morning.AddHours(9), RecordedAt = Morning.AddHours(1) });
        order.EndedAt.ShouldBe(Morning.AddHours(1));
    }

    [Fact]
    public void Event_from_a_phone_without_reception_keeps_its_own_time()
    {
        var order = Must(In(OrderState.InProgress), Step(OrderEventKind.Ended) with { At = Morning.AddHours(1), RecordedAt = Morning.AddHours(9) });
        order.EndedAt.ShouldBe(Morning.AddHours(1));
    }
}
