using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Observations;
using CleanStreets.Scoring.Tests.Areas;
using static CleanStreets.Scoring.Index.Tests.TestPasses;

namespace CleanStreets.Scoring.Index.Tests;

/// <summary>What is seen again is no new exposure, and what a work order brought is no sample of the street.</summary>
public class ViewsTests
{
    private static readonly DateTimeOffset Later = Morning.AddHours(6);
    private static readonly CrowMethod Method = new(CrowOptions.Crow2);

    [Fact]
    public void Repeat_by_the_same_truck_counts_once_and_the_newest_view_stands()
    {
        var once = Collect(Evidence(Pass(Later, Litter(4))), Later);
        var twice = Collect(Evidence(Pass(Morning, Litter(40)), Pass(Later, Litter(4))), Later);

        twice.ShouldBe(once);
        new CrowMethod(CrowOptions.Crow1).Score(Evidence(Pass(Morning, Litter(40)), Pass(Later, Litter(4))), "n", Ms(Later)).SampleSize.ShouldBe(2);
    }

    [Fact]
    public void Another_truck_or_the_next_day_is_a_view_of_its_own()
    {
        var evidence = Evidence(Pass(Morning, Litter(4)), Pass(Morning.AddHours(24), Litter(4)));
        evidence.Add(Pass(Morning.AddHours(25), Litter(4)), Truck("truck-2"));

        Method.Score(evidence, "n", Ms(Morning.AddHours(26))).SampleSize.ShouldBe(3);
    }

    [Fact]
    public void Views_every_few_hours_do_not_hide_each_other_for_ever()
    {
        var week = Enumerable.Range(0, 7 * 3).Select(turn => Pass(Morning.AddHours(8 * turn), Litter(4)));

        Method.Score(Evidence([.. week]), "n", Ms(Morning.AddDays(7))).SampleSize.ShouldBe(11);
    }

    [Fact]
    public void What_only_the_earlier_view_saw_counts_still()
    {
        Observation firstHalf = Pass(Morning, Litter(6)) with { ToOffsetMetres = 50, SeenMilliSquareMetres = new SideTotals(0, 150_000, 150_000) };
        Observation secondHalf = Pass(Later, Litter(2)) with { FromOffsetMetres = 50, SeenMilliSquareMetres = new SideTotals(0, 150_000, 150_000) };
        Observation leftHidden = Pass(Later, Litter(2)) with { SeenMilliSquareMetres = new SideTotals(0, 100_000, 300_000) };

        var halves = Collect(Evidence(firstHalf, secondHalf), Later);
        var hidden = Collect(Evidence(Pass(Morning, Litter(6), Litter(3, Side.Left)), leftHidden), Later);

        halves.SquareMetres.ShouldBe(150 * 2 * (1 + Fade(6)), 1e-9);
        halves.Pieces.ShouldBe(2 + (6 * Fade(6)), 1e-9);
        hidden.SquareMetres.ShouldBe(400 + (200 * Fade(6)), 1e-9); // Two thirds of the left were hidden later.
        hidden.Pieces.ShouldBe(2 + (3 * 2.0 / 3 * Fade(6)), 1e-9);
    }

    [Fact]
    public void Verified_cleaning_parts_what_was_seen_before_from_what_was_seen_after()
    {
        var evidence = Evidence(Pass(Morning, Litter(40)), Pass(Later, Litter(0)));
        evidence.Add(Fact(FactKind.CleaningVerified, Morning.AddHours(3)));
        var views = Views.Of(evidence.Passes, ViewRule.Default, evidence.Resets.Moments(Ms(Later)));

        views.ShouldAllBe(view => view == ViewShares.All);
    }

    [Fact]
    public void Pass_of_a_sent_truck_is_condition_now_and_no_part_of_the_period()
    {
        var (from, to) = (new DateTimeOffset(2026, 11, 16, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero));
        var city = new SmallCity(1).Pass(0, "a", from.AddDays(1), 60).Pass(0, "b", from.AddDays(2), 0);
        var evidence = city.Evidence(city.Network.Segments[0].Id)!;
        var indexer = new AreaIndexer(new CrowIndexMethod(CrowOptions.Crow2));
        var before = indexer.Over("all", city.Streets, city.Evidence, from, to);

        evidence.Add(Sent("b", from.AddDays(2).AddHours(-1), evidence.SegmentId));

        var after = indexer.Over("all", city.Streets, city.Evidence, from, to);
        var alone = indexer.Over("all", new SmallCity(1).Pass(0, "a", from.AddDays(1), 60) is var one ? one.Streets : [], one.Evidence, from, to);
        (before.Passes, after.Passes).ShouldBe((2, 1));
        after.Index.ShouldBe(alone.Index);
        after.Index!.Value.Value.ShouldBeGreaterThan(before.Index!.Value.Value);
        new AreaIndexer(new CrowIndexMethod()).Over("all", city.Streets, city.Evidence, from, to).Passes.ShouldBe(2, "crow-1 knows no sent trucks");
        Method.Score(evidence, "n", Ms(from.AddDays(3))).SampleSize.ShouldBe(2);
    }

    [Theory]
    [InlineData("truck-1", 0.5, true)]
    [InlineData("truck-1", 11.9, true)]
    [InlineData("truck-1", 12.1, false)]
    [InlineData("truck-1", -0.1, false)]
    [InlineData("truck-2", 0.5, false)]
    public void Truck_is_sent_for_the_hours_of_a_crews_day(string truck, double hoursLater, bool isSent)
    {
        var evidence = Evidence();
        evidence.Add(Sent("truck-1", Morning, Street));

        evidence.OrderOf(Truck(truck), Ms(Morning.AddHours(hoursLater)), ViewRule.Default).ShouldBe(isSent ? OrderId.Parse("W-0007") : null);
    }

    [Fact]
    public void Explanation_names_repeats_and_the_work_order_and_marks_the_passes()
    {
        var evidence = Evidence(Pass(Morning, Litter(40)), Pass(Later, Litter(4)));
        evidence.Add(Sent("truck-1", Later.AddMinutes(-5), Street));

        var explained = Method.Explain(evidence, "n", Ms(Later), [Summary(Later), Summary(Morning)]);

        explained.Sentences.ShouldContain("1 pass was taken again by the same truck within 16 h: the later view stands for what both saw, and counts once.");
        explained.Sentences.ShouldContain("1 pass was driven because of work order W-0007: evidence of the condition now, and no part of a period index.");
        explained.Passes.Select(pass => (pass.Repeated, pass.OrderId?.Value)).ShouldBe([(false, "W-0007"), (true, null)]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Views_remembered_while_passes_arrive_are_those_found_anew(int seed)
    {
        var random = new Random(seed);
        var evidence = Evidence();
        for (var i = 0; i < 200; i++)
        {
            var (from, to) = (random.Next(50), 50 + random.Next(51));
            Observation pass = Pass(Morning.AddMinutes(random.Next(4 * 24 * 60)), Litter(random.Next(5))) with
            {
                FromOffsetMetres = from,
                ToOffsetMetres = to,
                SeenMilliSquareMetres = new SideTotals(random.Next(3) * 1000, random.Next(400_000), random.Next(400_000)),
            };
            evidence.Add(pass, Truck($"truck-{random.Next(4)}"));
            if (i == 150)
            {
                evidence.Prune(Ms(Morning.AddHours(20)));
            }

            evidence.ViewsOf(ViewRule.Default)!.Shares.ToArray().ShouldBe(Views.Of(evidence.Passes, ViewRule.Default, cleanings: []), $"after {i + 1} passes, seed {seed}");
        }
    }

    [Fact]
    public void Views_are_not_remembered_across_a_cleaning()
    {
        var evidence = Evidence(Pass(Morning, Litter(40)), Pass(Later, Litter(4)));
        evidence.ViewsOf(ViewRule.Default).ShouldNotBeNull();

        evidence.Add(Fact(FactKind.CleaningVerified, Morning.AddHours(3)));

        evidence.ViewsOf(ViewRule.Default).ShouldBeNull();
    }

    private static FadedEvidence Collect(SegmentEvidence evidence, DateTimeOffset at) => new ViewFader(CrowOptions.Crow2).Collect(evidence, Ms(at) + 1_800_000)[0];

    private static double Fade(double hours) => Math.Pow(2, -hours / 96);

    private static PassSummary Summary(DateTimeOffset at) => Method.Summarise(Pass(at, Litter(4)), Truck("truck-1"));

    private static Fact Sent(string truck, DateTimeOffset at, SegmentId street) =>
        Fact(FactKind.TruckSent, at) with { SegmentId = street, TruckId = Truck(truck), OrderId = OrderId.Parse("W-0007") };

    private static long Ms(DateTimeOffset at) => at.ToUnixTimeMilliseconds();
}
