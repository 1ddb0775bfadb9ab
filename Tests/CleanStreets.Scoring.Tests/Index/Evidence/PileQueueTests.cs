using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Scores;
using CleanStreets.Scoring.Observations;

namespace CleanStreets.Scoring.Index.Tests;

public class PileQueueTests
{
    private static readonly CrowMethod Method = new(new CrowOptions());
    private static readonly DateTimeOffset Morning = TestPasses.Morning;

    [Fact]
    public void Pile_waits_and_reddens_nothing()
    {
        var with = WithPile(Morning);
        var without = TestPasses.Evidence(TestPasses.Pass(Morning));

        var score = Score(with, Morning);

        score.PendingConfirmations.ShouldBe(1);
        score.Grade.ShouldBe(Grade.APlus);
        score.Index.ShouldBe(Score(without, Morning).Index);
        score.Views!["lasan-2016-q3"].Grade.ShouldBe(1);
        var waiting = with.Pending(Ms(Morning.AddMinutes(1))).ShouldHaveSingleItem();
        waiting.Kind.ShouldBe(Kinds.Pile);
        waiting.Side.ShouldBe(Side.Right);
        waiting.Confidence.ShouldBe(0.91);
        waiting.EvidenceId.ShouldBe("e-1");
        waiting.TruckId.ShouldBe(TestPasses.Truck("truck-1"));
    }

    [Fact]
    public void Confirmed_pile_is_illegal_dumping_and_the_worst_letter()
    {
        var evidence = WithPile(Morning);
        evidence.Add(TestPasses.Fact(FactKind.DetectionConfirmed, Morning.AddMinutes(5), detection: Waiting(evidence).DetectionId));

        var score = Score(evidence, Morning.AddMinutes(6));

        score.Grade.ShouldBe(Grade.D);
        score.Low.ShouldBe(4.5);
        score.Probabilities!["D"].ShouldBe(1);
        score.PendingConfirmations.ShouldBe(0);
        score.Views!["lasan-2016-q3"].Grade.ShouldBe(3);
        score.Sides!.Right!.Grade.ShouldBe(Grade.D);
        score.Sides.Left!.Grade.ShouldBe(Grade.APlus);
        Method.Explain(evidence, "n", Ms(Morning.AddMinutes(6)), []).Sentences[0].ShouldStartWith("Illegal dumping decides");
    }

    [Fact]
    public void Refused_pile_neither_waits_nor_counts_nor_comes_back_with_the_next_pass()
    {
        var evidence = WithPile(Morning);
        evidence.Add(TestPasses.Fact(FactKind.DetectionRefused, Morning.AddMinutes(5), detection: Waiting(evidence).DetectionId));
        evidence.Add(TestPasses.Pass(Morning.AddHours(2)) with { Piles = [TestPasses.Pile(Morning.AddHours(2), offset: 44)] }, TestPasses.Truck("truck-2"));

        var score = Score(evidence, Morning.AddHours(3));

        score.PendingConfirmations.ShouldBe(0);
        score.Grade.ShouldBe(Grade.APlus);
    }

    [Fact]
    public void Refused_place_is_asked_about_again_after_a_day()
    {
        var evidence = WithPile(Morning);
        evidence.Add(TestPasses.Fact(FactKind.DetectionRefused, Morning, detection: Waiting(evidence).DetectionId));
        evidence.Add(TestPasses.Pass(Morning.AddHours(25)) with { Piles = [TestPasses.Pile(Morning.AddHours(25))] }, TestPasses.Truck("truck-2"));

        Score(evidence, Morning.AddHours(26)).PendingConfirmations.ShouldBe(1);
    }

    [Fact]
    public void One_thing_seen_by_many_passes_waits_once_and_two_things_twice()
    {
        var evidence = WithPile(Morning);
        evidence.Add(TestPasses.Pass(Morning.AddHours(1)) with { Piles = [TestPasses.Pile(Morning.AddHours(1), offset: 47)] }, TestPasses.Truck("truck-2"));
        evidence.Add(TestPasses.Pass(Morning.AddHours(2)) with { Piles = [TestPasses.Pile(Morning.AddHours(2), offset: 80)] }, TestPasses.Truck("truck-2"));
        evidence.Add(TestPasses.Pass(Morning.AddHours(3)) with { Piles = [TestPasses.Pile(Morning.AddHours(3), side: Side.Left)] }, TestPasses.Truck("truck-2"));

        evidence.Pending(Ms(Morning.AddHours(4))).Select(p => p.SeenAt).ShouldBe([Morning.AddHours(3), Morning.AddHours(2), Morning.AddHours(1)]);
    }

    [Fact]
    public void Later_answer_outweighs_the_earlier_whichever_arrives_first()
    {
        var evidence = WithPile(Morning);
        var id = Waiting(evidence).DetectionId;
        evidence.Add(TestPasses.Fact(FactKind.DetectionRefused, Morning.AddMinutes(9), "fact-2", id));
        evidence.Add(TestPasses.Fact(FactKind.DetectionConfirmed, Morning.AddMinutes(5), "fact-1", id));

        Score(evidence, Morning.AddMinutes(10)).Grade.ShouldBe(Grade.APlus);
        Score(evidence, Morning.AddMinutes(6)).Grade.ShouldBe(Grade.D);
    }

    [Fact]
    public void Verified_cleaning_takes_the_dumping_away()
    {
        var evidence = WithPile(Morning);
        evidence.Add(TestPasses.Fact(FactKind.DetectionConfirmed, Morning.AddMinutes(5), detection: Waiting(evidence).DetectionId));
        evidence.Add(TestPasses.Pass(Morning.AddHours(2)), TestPasses.Truck("truck-2"));
        evidence.Add(TestPasses.Fact(FactKind.CleaningVerified, Morning.AddHours(1), "fact-2"));

        Score(evidence, Morning.AddHours(3)).Grade.ShouldBe(Grade.APlus);
    }

    [Fact]
    public void Refused_bulky_item_no_longer_counts_as_one()
    {
        var sofa = TestPasses.Pile(Morning) with { Kind = Kinds.BulkyItem };
        var evidence = TestPasses.Evidence(TestPasses.Pass(Morning, new KindCount(Kinds.BulkyItem, Side.Right, 1, 900)) with { Piles = [sofa] });
        Bulky(evidence, Morning.AddMinutes(6)).ShouldBe(1);

        evidence.Add(TestPasses.Fact(FactKind.DetectionRefused, Morning.AddMinutes(5), detection: Waiting(evidence).DetectionId));

        Bulky(evidence, Morning.AddMinutes(6)).ShouldBe(0);
        Bulky(evidence, Morning.AddMinutes(4)).ShouldBe(1); // As it was believed then.
    }

    [Fact]
    public void Queue_is_bounded_and_keeps_the_newest()
    {
        var evidence = TestPasses.Evidence();
        for (var i = 0; i < 500; i++)
        {
            evidence.Add(TestPasses.Pass(Morning.AddMinutes(i)) with { Piles = [TestPasses.Pile(Morning.AddMinutes(i), offset: i * 11)] }, TestPasses.Truck("t"));
        }

        var pending = evidence.Pending(Ms(Morning.AddDays(1)));

        pending.Count.ShouldBe(64);
        pending[0].SeenAt.ShouldBe(Morning.AddMinutes(499));
    }

    private static SegmentEvidence WithPile(DateTimeOffset at) => TestPasses.Evidence(TestPasses.Pass(at) with { Piles = [TestPasses.Pile(at)] });

    private static PendingConfirmation Waiting(SegmentEvidence evidence) => evidence.Pending(Ms(Morning.AddMinutes(1)))[0];

    private static double Bulky(SegmentEvidence evidence, DateTimeOffset asOf) =>
        Method.Explain(evidence, "n", Ms(asOf), []).Categories.Single(c => c.Category == "bulky").WeightedCount;

    private static SegmentScore Score(SegmentEvidence evidence, DateTimeOffset asOf) => Method.Score(evidence, "n", Ms(asOf.AddMinutes(1)));

    private static long Ms(DateTimeOffset at) => at.ToUnixTimeMilliseconds();
}
