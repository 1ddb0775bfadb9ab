using static CleanStreets.WorkOrders.Tests.TestOrders;

namespace CleanStreets.WorkOrders.Tests;

public class OrderRefusalTests
{
    private static readonly OrderActor Stranger = OrderActor.OfCrew(South, "sam");

    /// <summary>One way into each refusal.</summary>
    private static readonly Dictionary<OrderRefusal, (WorkOrder Order, OrderEvent Step)> Cases = new()
    {
        [OrderRefusal.NotInThisState] = (In(OrderState.Open), Step(OrderEventKind.Started)),
        [OrderRefusal.NotInThisRole] = (In(OrderState.Done), Step(OrderEventKind.Verified, Dispatcher)),
        [OrderRefusal.AnotherCrews] = (In(OrderState.Open), Step(OrderEventKind.Accepted, Stranger)),
        [OrderRefusal.OutcomeMissing] = (In(OrderState.InProgress), Step(OrderEventKind.Ended) with { Outcome = null }),
        [OrderRefusal.OutcomeUnexpected] = (In(OrderState.Open), Step(OrderEventKind.Accepted, outcome: OrderOutcome.Collected)),
        [OrderRefusal.CollectedWithoutStart] = (In(OrderState.Accepted), Step(OrderEventKind.Ended)),
        [OrderRefusal.CrewMissing] = (In(OrderState.Open), Step(OrderEventKind.Assigned) with { Crew = null }),
        [OrderRefusal.PassMissing] = (In(OrderState.Done), Step(OrderEventKind.Verified) with { Pass = null }),
        [OrderRefusal.EventIdInvalid] = (In(OrderState.Open), Step(OrderEventKind.Accepted, id: new string('x', 65))),
        [OrderRefusal.EventIdReused] = (In(OrderState.Open), Step(OrderEventKind.Accepted, id: "open-o-1")),
    };

    public static TheoryData<OrderRefusal> Every => [.. Enum.GetValues<OrderRefusal>()];

    [Theory]
    [MemberData(nameof(Every))]
    public void Every_refusal_has_its_own_sentence_and_a_way_into_it(OrderRefusal refusal)
    {
        refusal.Message().ShouldEndWith(".");
        Enum.GetValues<OrderRefusal>().Count(r => r.Message() == refusal.Message()).ShouldBe(1);
        if (refusal == OrderRefusal.None)
        {
            return;
        }

        var (order, step) = Cases[refusal];
        var change = order.Apply(step);
        change.Refusal.ShouldBe(refusal);
        change.Succeeded.ShouldBeFalse();
        change.Order.ShouldBeSameAs(order);
    }

    [Theory]
    [InlineData(OrderRole.Crew, OrderEventKind.Cancelled)]
    [InlineData(OrderRole.Crew, OrderEventKind.Assigned)]
    [InlineData(OrderRole.Planner, OrderEventKind.Accepted)]
    [InlineData(OrderRole.Recheck, OrderEventKind.Accepted)]
    [InlineData((OrderRole)0, OrderEventKind.Accepted)]
    public void Role_may_do_only_what_is_its_own(OrderRole role, OrderEventKind kind) =>
        In(OrderState.Open).Apply(Step(kind, new OrderActor(role, "x", North))).Refusal.ShouldBe(OrderRefusal.NotInThisRole);

    [Fact]
    public void Crew_cannot_verify_or_reopen_its_own_order()
    {
        In(OrderState.Done).Apply(Step(OrderEventKind.Verified, NorthCrew)).Refusal.ShouldBe(OrderRefusal.NotInThisRole);
        In(OrderState.Done).Apply(Step(OrderEventKind.Reopened, NorthCrew)).Refusal.ShouldBe(OrderRefusal.NotInThisRole);
    }

    [Fact]
    public void Recheck_reopens_what_is_done_and_nothing_else()
    {
        In(OrderState.Done).Apply(Step(OrderEventKind.Reopened, OrderActor.Recheck)).Succeeded.ShouldBeTrue();
        In(OrderState.Verified).Apply(Step(OrderEventKind.Reopened, OrderActor.Recheck)).Refusal.ShouldBe(OrderRefusal.NotInThisRole);
        In(OrderState.NotCleaned).Apply(Step(OrderEventKind.Reopened, OrderActor.Recheck)).Refusal.ShouldBe(OrderRefusal.NotInThisRole);
    }

    [Fact]
    public void Dispatcher_acts_for_a_crew_but_cannot_verify()
    {
        In(OrderState.Open).Apply(Step(OrderEventKind.Accepted, Dispatcher)).Succeeded.ShouldBeTrue();
        In(OrderState.Done).Apply(Step(OrderEventKind.Verified, Dispatcher)).Refusal.ShouldBe(OrderRefusal.NotInThisRole);
    }

    [Fact]
    public void Crew_that_lost_the_order_can_no_longer_act()
    {
        var given = Must(In(OrderState.Accepted), Step(OrderEventKind.Assigned));
        given.Apply(Step(OrderEventKind.Accepted, NorthCrew)).Refusal.ShouldBe(OrderRefusal.AnotherCrews);
        given.Apply(Step(OrderEventKind.Accepted, Stranger)).Succeeded.ShouldBeTrue();
    }
}
