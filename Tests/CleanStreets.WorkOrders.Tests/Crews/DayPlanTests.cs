using CleanStreets.Contracts;
using CleanStreets.Contracts.Scores;
using static CleanStreets.WorkOrders.Tests.TestOrders;

namespace CleanStreets.WorkOrders.Tests;

public class DayPlanTests
{
    private static readonly DayPlan Plan = new(new DayPlanOptions { OrdersPerCrewAndDay = 3, LiveOrdersPerCrew = 100 });
    private static readonly DateTimeOffset Midnight = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Top_of_the_list_up_to_the_capacity_of_the_day_and_never_more()
    {
        var planned = Plan.Make(Candidates(50), [Crew(North), Crew(South)], [], Midnight);

        planned.Select(p => p.Candidate.SegmentId.Value).ShouldBe(["s-00", "s-01", "s-02", "s-03", "s-04", "s-05"]);
        planned.CountBy(p => p.Crew).ShouldAllBe(c => c.Value == 3);
    }

    [Fact]
    public void Full_day_opens_nothing()
    {
        WorkOrder[] orders = [In(OrderState.Open, id: "o-1"), In(OrderState.Done, id: "o-2", at: Morning), In(OrderState.Verified, id: "o-3", at: Morning)];
        Plan.Make(Candidates(50), [Crew(North)], orders, Midnight).ShouldBeEmpty();
    }

    [Fact]
    public void Only_a_few_orders_are_open_at_once_and_an_ended_one_makes_room()
    {
        var plan = new DayPlan(new DayPlanOptions { OrdersPerCrewAndDay = 10, LiveOrdersPerCrew = 2 });

        plan.Make(Candidates(50), [Crew(North)], [], Midnight).Count.ShouldBe(2);
        plan.Make(Candidates(50), [Crew(North)], [In(OrderState.Open, id: "o-1"), In(OrderState.Accepted, id: "o-2")], Midnight).ShouldBeEmpty();
        plan.Make(Candidates(50), [Crew(North)], [In(OrderState.Open, id: "o-1"), In(OrderState.Done, id: "o-2", at: Morning)], Midnight).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(OrderState.Open, true, true)]
    [InlineData(OrderState.Accepted, true, true)]
    [InlineData(OrderState.InProgress, true, true)]
    [InlineData(OrderState.Done, true, false)]
    [InlineData(OrderState.Verified, true, false)]
    [InlineData(OrderState.NotCleaned, true, false)]
    [InlineData(OrderState.Cancelled, false, false)]
    public void Live_orders_always_fill_the_day_ended_ones_only_their_own(OrderState state, bool today, bool yesterday)
    {
        Room(In(state, at: Morning)).ShouldBe(today ? 2 : 3);
        Room(In(state, at: Morning.AddDays(-1))).ShouldBe(yesterday ? 2 : 3);
    }

    [Fact]
    public void Cancelled_order_that_was_done_before_a_reopening_gives_its_room_back()
    {
        var order = Must(Must(In(OrderState.Done), Step(OrderEventKind.Reopened, Dispatcher)), Step(OrderEventKind.Cancelled));
        Room(order).ShouldBe(3);
    }

    [Fact]
    public void Crew_has_a_capacity_of_its_own_and_none_when_off()
    {
        var planned = Plan.Make(Candidates(50), [Crew(North) with { OrdersPerDay = 0 }, Crew(South) with { OrdersPerDay = 5 }], [], Midnight);
        planned.Count.ShouldBe(5);
        planned.ShouldAllBe(p => p.Crew == South);
    }

    [Fact]
    public void Near_crew_gets_the_street()
    {
        var crews = new[] { Crew(North) with { Base = new Place(52.40, 4.90) }, Crew(South) with { Base = new Place(52.30, 4.90) } };
        var candidates = new[] { Candidate("s-1", new Place(52.31, 4.90)), Candidate("s-2", new Place(52.39, 4.90)), Candidate("s-3", new Place(52.32, 4.90)) };

        Plan.Make(candidates, crews, [], Midnight).Select(p => p.Crew).ShouldBe([South, North, South]);
    }

    [Fact]
    public void Crew_with_less_to_do_gets_a_street_between_both()
    {
        var crews = new[] { Crew(North) with { Base = new Place(52.36, 4.90) }, Crew(South) with { Base = new Place(52.34, 4.90) } };
        var middle = Candidate("s-1", new Place(52.351, 4.90)); // 1.0 km from North, 1.2 km from South.

        Plan.Make([middle], crews, [], Midnight).Single().Crew.ShouldBe(North);
        Plan.Make([middle], crews, [In(OrderState.Open)], Midnight).Single().Crew.ShouldBe(South);
    }

    [Fact]
    public void Same_input_gives_the_same_plan_whatever_the_order_of_the_crews()
    {
        var forwards = Plan.Make(Candidates(6), [Crew(North), Crew(South)], [], Midnight);
        var backwards = Plan.Make(Candidates(6), [Crew(South), Crew(North)], [], Midnight);
        backwards.Select(p => p.Crew).ShouldBe(forwards.Select(p => p.Crew));
    }

    [Fact]
    public void No_crew_no_orders() => Plan.Make(Candidates(5), [], [], Midnight).ShouldBeEmpty();

    [Fact]
    public void Distance_is_in_kilometres() =>
        new Place(52.0, 4.0).KilometresTo(new Place(52.0, 5.0)).ShouldBe(68.5, 0.1);

    private static int Room(WorkOrder order) => Plan.Loads([Crew(North)], [order], Midnight)[0].Room;

    private static Crew Crew(CrewId id) => new() { Id = id, Name = id.Value };

    private static Candidate[] Candidates(int count) => [.. Enumerable.Range(0, count).Select(i => Candidate($"s-{i:00}", null))];

    private static Candidate Candidate(string id, Place? middle) => new(
        new RankedStreet(
            new SegmentScore { SegmentId = SegmentId.Parse(id), NetworkVersion = "n", Method = "crow-1", AsOf = Morning, State = ScoreState.Seen }, 100, null, middle),
        1,
        1,
        "Dirty.");
}
