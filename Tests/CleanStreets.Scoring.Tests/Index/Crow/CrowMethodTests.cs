using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Scores;
using CleanStreets.Scoring.Observations;

namespace CleanStreets.Scoring.Index.Tests;

public class CrowMethodTests
{
    private static readonly CrowMethod Method = new(new CrowOptions());
    private static readonly DateTimeOffset Morning = TestPasses.Morning;

    [Fact]
    public void Segment_that_nobody_passed_is_not_seen()
    {
        var score = Score(TestPasses.Evidence(), Morning);

        score.State.ShouldBe(ScoreState.NotSeen);
        score.Grade.ShouldBeNull();
        score.Index.ShouldBeNull();
        score.Low.ShouldBeNull();
        score.High.ShouldBeNull();
        score.Probabilities.ShouldBeNull();
        score.Views.ShouldBeNull();
        score.Sides.ShouldBeNull();
        score.NewestObservationAt.ShouldBeNull();
        score.Coverage.ShouldBe(0);
    }

    [Theory]
    [InlineData(0, Grade.APlus)]
    [InlineData(6, Grade.A)]
    [InlineData(36, Grade.B)]
    [InlineData(108, Grade.C)]
    [InlineData(600, Grade.D)]
    public void Three_passes_give_the_letter_of_their_rate(int pieces, Grade expected)
    {
        // 600 m² a pass: 6 pieces are 1 per 100 m², 36 are 6, 108 are 18, 600 are 100.
        var evidence = TestPasses.Evidence(Enumerable.Range(0, 3).Select(h => TestPasses.Pass(Morning.AddHours(h), TestPasses.Litter(pieces))));

        var score = Score(evidence, Morning.AddHours(3));

        score.State.ShouldBe(ScoreState.Seen);
        score.Grade.ShouldBe(expected);
        score.Method.ShouldBe("crow-1");
        score.SampleSize.ShouldBe(3);
        score.Coverage.ShouldBe(1);
        score.NewestObservationAt.ShouldBe(Morning.AddHours(2).AddSeconds(20));
        score.Low!.Value.ShouldBeLessThanOrEqualTo(score.Index!.Value);
        score.High!.Value.ShouldBeGreaterThanOrEqualTo(score.Index.Value);
        score.Probabilities!.Keys.ShouldBe(["A+", "A", "B", "C", "D"]);
        score.Probabilities.Values.Select(p => (decimal)p).Sum().ShouldBe(1);
        score.Probabilities.MaxBy(p => p.Value).Key.ShouldBe(expected.Name());
    }

    [Fact]
    public void Posterior_is_the_conjugate_one_in_closed_form()
    {
        var evidence = TestPasses.Evidence(TestPasses.Pass(Morning, TestPasses.Litter(30)));

        // The middle of the pass's hour has not come yet, so its weight is 1: (0.15 + 30 / 3) / (0.15 / 4 + 6 / 3) pieces per 100 m².
        var row = Method.Explain(evidence, "n", Ms(Morning.AddMinutes(1)), []).Categories[0];

        row.RatePer100SquareMetres.ShouldBe(Math.Round(10.15 / 2.0375, 3));
        row.WeightedCount.ShouldBe(30);
        row.WeightedExposureSquareMetres.ShouldBe(600);
        row.Decides.ShouldBeTrue();
    }

    [Fact]
    public void Interval_holds_ninety_per_cent_of_what_is_believed()
    {
        var (first, second) = (CrowOptions.DefaultCategories[0], CrowOptions.DefaultCategories[1]);
        var litter = new CategoryPosterior(first, new GradeScale(first.Cuts), new FadedEvidence(40, 600, 1), overdispersion: 3);
        var weeds = new CategoryPosterior(second, new GradeScale(second.Cuts), new FadedEvidence(35, 600, 1), overdispersion: 3);

        var both = new OverallPosterior([litter, weeds], floor: 0);

        (litter.Below(both.Low) * weeds.Below(both.Low)).ShouldBe(0.05, 1e-4);
        (litter.Below(both.High) * weeds.Below(both.High)).ShouldBe(0.95, 1e-4);
        both.Worst.ShouldBe(litter);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(40, 35)]
    [InlineData(7, 4000)]
    [InlineData(90000, 20)]
    public void Interval_is_exact_to_the_digit_that_is_told(int litter, int weeds)
    {
        var options = CrowOptions.DefaultCategories;
        int[] pieces = [litter, weeds, 0, 3];
        var categories = options.Select((c, i) => new CategoryPosterior(c, new GradeScale(c.Cuts), new FadedEvidence(pieces[i], 600, 1), overdispersion: 3)).ToArray();
        var both = new OverallPosterior(categories, floor: 0);
        double Exact(double probability) => Bisect(index => categories.Aggregate(1.0, (product, c) => product * c.Below(index)) - probability);

        both.Low.ShouldBe(Math.Min(both.Index, Exact(0.05)), 2e-5);
        both.High.ShouldBe(Math.Max(both.Index, Exact(0.95)), 2e-5);
    }

    [Fact]
    public void Confirmed_dumping_is_the_lower_end_of_the_interval()
    {
        var litter = CrowOptions.DefaultCategories[0];
        var clean = new CategoryPosterior(litter, new GradeScale(litter.Cuts), new FadedEvidence(0, 600, 1), overdispersion: 3);

        var both = new OverallPosterior([clean], floor: 4.5);

        both.Low.ShouldBe(4.5);
        both.High.ShouldBe(4.5);
        both.Probabilities()["D"].ShouldBe(1);
    }

    [Fact]
    public void Evidence_weighs_half_after_a_half_life()
    {
        var evidence = TestPasses.Evidence(TestPasses.Pass(Morning.AddMinutes(30), TestPasses.Litter(30)));

        var rows = Method.Explain(evidence, "n", Ms(Morning.AddMinutes(30).AddDays(4)), []).Categories;

        rows[0].WeightedCount.ShouldBe(15);
        rows[0].WeightedExposureSquareMetres.ShouldBe(300);
        rows[1].WeightedExposureSquareMetres.ShouldBe(Math.Round(600 * Math.Pow(2, -4.0 / 21), 3));
    }

    [Fact]
    public void Interval_widens_with_age_until_the_street_is_not_seen()
    {
        var evidence = TestPasses.Evidence(TestPasses.Pass(Morning, TestPasses.Litter(60)));
        var widths = new List<double>();
        SegmentScore score;
        for (var day = 0; (score = Score(evidence, Morning.AddDays(day))).State == ScoreState.Seen; day += 2)
        {
            widths.Add(score.High!.Value - score.Low!.Value);
        }

        widths.Count.ShouldBeGreaterThan(3);
        widths.ShouldBe(widths.Order());
        score.Grade.ShouldBeNull();
        score.NewestObservationAt.ShouldNotBeNull();
    }

    [Fact]
    public void Wider_scatter_gives_a_wider_interval_around_the_same_letter()
    {
        var evidence = TestPasses.Evidence(TestPasses.Pass(Morning, TestPasses.Litter(120)));
        var poisson = new CrowMethod(new CrowOptions { Overdispersion = 1 }).Score(evidence, "n", Ms(Morning));
        var scattered = new CrowMethod(new CrowOptions { Overdispersion = 6 }).Score(evidence, "n", Ms(Morning));

        (scattered.High - scattered.Low)!.Value.ShouldBeGreaterThan(1.8 * (poisson.High - poisson.Low)!.Value);
        scattered.Grade.ShouldBe(poisson.Grade);
    }

    [Fact]
    public void Glimpse_is_not_enough_to_be_seen()
    {
        var glimpse = TestPasses.Pass(Morning) with { SeenMilliSquareMetres = new SideTotals(49_000, 0, 0) };
        var corner = TestPasses.Pass(Morning) with { ToOffsetMetres = 24 };

        Score(TestPasses.Evidence(glimpse), Morning).State.ShouldBe(ScoreState.NotSeen);
        Score(TestPasses.Evidence(corner), Morning).State.ShouldBe(ScoreState.NotSeen);
        Score(TestPasses.Evidence(glimpse, glimpse), Morning).State.ShouldBe(ScoreState.Seen);
    }

    [Fact]
    public void Coverage_is_the_union_of_recent_lengths()
    {
        var evidence = TestPasses.Evidence(
            TestPasses.Pass(Morning.AddDays(-20)),
            TestPasses.Pass(Morning) with { ToOffsetMetres = 40 },
            TestPasses.Pass(Morning.AddHours(1)) with { FromOffsetMetres = 30, ToOffsetMetres = 50 },
            TestPasses.Pass(Morning.AddHours(2)) with { FromOffsetMetres = 90 });

        Score(evidence, Morning.AddHours(3)).Coverage.ShouldBe(0.6);
    }

    [Fact]
    public void Worst_category_decides()
    {
        var evidence = TestPasses.Evidence(TestPasses.Pass(Morning, TestPasses.Litter(6), new KindCount(Kinds.Weeds, Side.Left, 120, 0)));

        var explained = Method.Explain(evidence, "n", Ms(Morning), []);

        explained.Categories.Single(c => c.Decides).Category.ShouldBe("weeds");
        explained.Score.Index.ShouldBe(explained.Categories[1].Index);
        explained.Sentences[0].ShouldStartWith("Weeds decides: about");
    }

    [Fact]
    public void Sides_are_judged_by_what_is_theirs()
    {
        var evidence = TestPasses.Evidence(TestPasses.Pass(Morning, TestPasses.Litter(120, Side.Right)));

        var sides = Score(evidence, Morning).Sides!;

        sides.Left!.Grade.ShouldBe(Grade.APlus);
        sides.Right!.Grade.ShouldBe(Grade.D);
        Score(TestPasses.Evidence(TestPasses.Pass(Morning) with { SeenMilliSquareMetres = new SideTotals(600_000, 0, 0) }), Morning).Sides.ShouldBeNull();
    }

    [Fact]
    public void Claimed_cleaning_changes_nothing()
    {
        var evidence = TestPasses.Evidence(TestPasses.Pass(Morning, TestPasses.Litter(120)));
        var before = Score(evidence, Morning.AddHours(1)).Index;

        evidence.Add(TestPasses.Fact(FactKind.CleaningClaimed, Morning.AddMinutes(30)));

        Score(evidence, Morning.AddHours(1)).Index.ShouldBe(before);
    }

    [Fact]
    public void Verified_cleaning_sets_earlier_evidence_aside_within_the_same_hour()
    {
        var evidence = TestPasses.Evidence(
            TestPasses.Pass(Morning, TestPasses.Litter(600)),
            TestPasses.Pass(Morning.AddMinutes(40)));
        evidence.Add(TestPasses.Fact(FactKind.CleaningVerified, Morning.AddMinutes(20)));

        var after = Score(evidence, Morning.AddMinutes(41));
        var before = Score(evidence, Morning.AddMinutes(19));

        after.Grade.ShouldBe(Grade.APlus);
        after.SampleSize.ShouldBe(1);
        before.Grade.ShouldBe(Grade.D);
    }

    [Fact]
    public void Cleaning_of_one_side_leaves_the_other()
    {
        var evidence = TestPasses.Evidence(
            TestPasses.Pass(Morning, TestPasses.Litter(300), TestPasses.Litter(300, Side.Left)),
            TestPasses.Pass(Morning.AddMinutes(40), TestPasses.Litter(300)));
        evidence.Add(TestPasses.Fact(FactKind.CleaningVerified, Morning.AddMinutes(20), side: Side.Left));

        var sides = Score(evidence, Morning.AddMinutes(41)).Sides!;

        sides.Left!.Grade.ShouldBe(Grade.APlus);
        sides.Right!.Grade.ShouldBe(Grade.D);
    }

    [Fact]
    public void Evidence_from_after_the_moment_is_left_out()
    {
        var evidence = TestPasses.Evidence(TestPasses.Pass(Morning), TestPasses.Pass(Morning.AddHours(5), TestPasses.Litter(600)));

        Score(evidence, Morning.AddHours(1)).Grade.ShouldBe(Grade.APlus);
        Score(evidence, Morning.AddHours(6)).Grade.ShouldNotBe(Grade.APlus);
    }

    [Fact]
    public void Overflowing_bin_stands_for_five_pieces_at_the_recall_of_litter()
    {
        var recall = new DetectorRecall { DefaultMilli = 800, ByKindMilli = new Dictionary<string, int> { [Kinds.OverflowingBin] = 1000 } };
        var evidence = TestPasses.Evidence(TestPasses.Pass(Morning, new KindCount(Kinds.OverflowingBin, Side.Right, 2, 0)) with { Recall = recall });

        var row = Method.Explain(evidence, "n", Ms(Morning), []).Categories[0];

        row.WeightedCount.ShouldBe(8); // Two bins of five pieces, found more surely than litter is: 10 × 0.8 ÷ 1.
        row.WeightedExposureSquareMetres.ShouldBe(480);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(60, 2)]
    [InlineData(600, 2)]
    public void Lasan_view_follows_its_own_rule(int litter, int expected) =>
        Score(TestPasses.Evidence(TestPasses.Pass(Morning, TestPasses.Litter(litter))), Morning).Views!["lasan-2016-q3"].Grade.ShouldBe(expected);

    [Fact]
    public void Options_at_fault_are_refused_with_sentences()
    {
        var twice = CrowOptions.DefaultCategories.Append(CrowOptions.DefaultCategories[0] with { Cuts = [1, 2, 2, 3] }).ToList();

        var message = Should.Throw<ArgumentException>(() => new CrowMethod(new CrowOptions { Categories = twice })).Message;

        message.ShouldContain("four rising cuts");
        message.ShouldContain("'loose_litter' is in 2 categories");
    }

    private static SegmentScore Score(SegmentEvidence evidence, DateTimeOffset asOf) => Method.Score(evidence, "n", Ms(asOf));

    private static double Bisect(Func<double, double> rising)
    {
        double low = 0, high = 5;
        for (var step = 0; step < 60; step++)
        {
            var middle = (low + high) / 2;
            (low, high) = rising(middle) < 0 ? (middle, high) : (low, middle);
        }

        return low;
    }

    private static long Ms(DateTimeOffset at) => at.ToUnixTimeMilliseconds();
}
