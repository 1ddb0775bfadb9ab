using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Scores;
using static CleanStreets.WorkOrders.Tests.TestOrders;

namespace CleanStreets.WorkOrders.Tests;

public class RecheckPolicyTests
{
    private static readonly RecheckPolicy Policy = new(new RecheckOptions());

    [Theory]
    // minutes after the ending, truck, grade seen, coverage → decision; the order was raised at C
    [InlineData(30, "truck-other", "A+", 1.0, RecheckDecision.Verify)]
    [InlineData(30, "truck-other", "A", 0.6, RecheckDecision.Verify)]
    [InlineData(30, "truck-other", "A", 0.59, RecheckDecision.Wait)]
    [InlineData(30, "truck-other", null, 1.0, RecheckDecision.Wait)]
    [InlineData(1, "truck-other", "A", 1.0, RecheckDecision.Wait)]
    [InlineData(-30, "truck-other", "A", 1.0, RecheckDecision.Wait)]
    [InlineData(30, "north-1", "A", 1.0, RecheckDecision.Wait)]
    [InlineData(30, "truck-raised", "A", 1.0, RecheckDecision.Wait)]
    [InlineData(30, "truck-other", "B", 1.0, RecheckDecision.Wait)]
    [InlineData(30, "truck-other", "C", 1.0, RecheckDecision.Reopen)]
    [InlineData(30, "truck-other", "D", 1.0, RecheckDecision.Reopen)]
    [InlineData(30, "truck-raised", "D", 1.0, RecheckDecision.Reopen)]
    [InlineData(30, "north-1", "C", 1.0, RecheckDecision.Reopen)]
    [InlineData(30, "truck-other", "C", 0.3, RecheckDecision.Wait)]
    [InlineData(-30, "truck-other", "D", 1.0, RecheckDecision.Wait)]
    [InlineData(24 * 60, "truck-other", "D", 1.0, RecheckDecision.Reopen)]
    [InlineData((24 * 60) + 1, "truck-other", "D", 1.0, RecheckDecision.Wait)]
    [InlineData(6 * 24 * 60, "truck-other", "A", 1.0, RecheckDecision.Verify)]
    public void One_pass_decides_by_its_time_its_truck_and_what_it_saw(int minutes, string truck, string? grade, double coverage, RecheckDecision expected)
    {
        Grade? seen = grade is not null && Grades.TryParse(grade, out var parsed) ? parsed : null;

        var verdict = Decide(In(OrderState.Done), Pass(TruckId.Parse(truck), Morning.AddMinutes(minutes), seen, coverage));

        verdict.Decision.ShouldBe(expected);
        (verdict.Pass is not null).ShouldBe(expected is RecheckDecision.Verify or RecheckDecision.Reopen);
        verdict.Sentence.ShouldEndWith(".");
    }

    [Fact]
    public void First_pass_that_decides_wins_whatever_their_order()
    {
        PassSummary[] passes =
        [
            Pass(OtherTruck, Morning.AddHours(3), Grade.D),
            Pass(OtherTruck, Morning.AddHours(2), Grade.APlus),
            Pass(CrewTruck, Morning.AddHours(1), Grade.APlus),
        ];

        var verdict = Decide(In(OrderState.Done), passes);

        verdict.Decision.ShouldBe(RecheckDecision.Verify);
        verdict.Pass!.EnteredAt.ShouldBe(Morning.AddHours(2));
    }

    [Fact]
    public void Gone_on_arrival_awaits_a_pass_like_a_cleaning()
    {
        var order = In(OrderState.Done, outcome: OrderOutcome.GoneOnArrival);
        Decide(order).Decision.ShouldBe(RecheckDecision.Wait);
        Decide(order, Pass(OtherTruck, Morning.AddHours(1), Grade.A)).Decision.ShouldBe(RecheckDecision.Verify);
    }

    [Theory]
    [InlineData(OrderState.Open)]
    [InlineData(OrderState.Accepted)]
    [InlineData(OrderState.InProgress)]
    [InlineData(OrderState.Verified)]
    [InlineData(OrderState.NotCleaned)]
    [InlineData(OrderState.Cancelled)]
    public void Only_a_done_order_is_rechecked(OrderState state) =>
        Decide(In(state), Pass(OtherTruck, Morning.AddHours(1), Grade.APlus)).Decision.ShouldBe(RecheckDecision.NothingToCheck);

    [Fact]
    public void Setting_lets_the_raising_truck_verify() =>
        new RecheckPolicy(new RecheckOptions { RaisingTruckVerifies = true })
            .Decide(In(OrderState.Done), [CrewTruck], [Pass(RaisingTruck, Morning.AddHours(1), Grade.A)], Morning.AddHours(1))
            .Decision.ShouldBe(RecheckDecision.Verify);

    [Fact]
    public void Order_opened_by_hand_reopens_on_anything_that_is_not_clean() =>
        Decide(In(OrderState.Done, grade: null), Pass(OtherTruck, Morning.AddHours(1), Grade.B)).Decision.ShouldBe(RecheckDecision.Reopen);

    [Fact]
    public void Nobody_in_a_week_is_too_late() =>
        Policy.Decide(In(OrderState.Done), [], [], Morning.AddDays(7).AddMinutes(1)).Decision.ShouldBe(RecheckDecision.TooLate);

    [Fact]
    public void Verdict_becomes_an_event_that_the_order_takes()
    {
        var order = In(OrderState.Done);
        var pass = Pass(OtherTruck, Morning.AddHours(1), Grade.A);

        var verified = Must(order, Decide(order, pass).ToEvent("r-1", Morning.AddHours(2))!);

        verified.State.ShouldBe(OrderState.Verified);
        verified.History[^1].Pass.ShouldBe(new PassReference(OtherTruck, pass.EnteredAt, Grade.A));
        Decide(order).ToEvent("r-2", Morning).ShouldBeNull();
    }

    [Fact]
    public void Reopened_order_needs_a_new_ending_and_a_newer_pass()
    {
        var done = In(OrderState.Done);
        var reopened = Must(done, Decide(done, Pass(OtherTruck, Morning.AddHours(1), Grade.D)).ToEvent("r-1", Morning.AddHours(1))!);
        var again = Must(Must(Must(reopened, Step(OrderEventKind.Accepted)), Step(OrderEventKind.Started)), Step(OrderEventKind.Ended, at: Morning.AddHours(3)));

        Decide(again, Pass(OtherTruck, Morning.AddHours(2), Grade.A)).Decision.ShouldBe(RecheckDecision.Wait);
        Decide(again, Pass(OtherTruck, Morning.AddHours(4), Grade.A)).Decision.ShouldBe(RecheckDecision.Verify);
    }

    [Fact]
    public void Raising_truck_is_that_of_the_newest_dirty_pass()
    {
        PassSummary[] passes =
        [
            Pass(OtherTruck, Morning, Grade.D), Pass(RaisingTruck, Morning.AddHours(1), Grade.C), Pass(CrewTruck, Morning.AddHours(2), Grade.B),
            Pass(CrewTruck, Morning.AddHours(3), null),
        ];

        RecheckPolicy.RaisingTruck(passes).ShouldBe(RaisingTruck);
        RecheckPolicy.RaisingTruck([]).ShouldBeNull();
    }

    private static RecheckVerdict Decide(WorkOrder order, params PassSummary[] passes) => Policy.Decide(order, [CrewTruck], passes, Morning.AddHours(30));
}
