using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Scores;
using CleanStreets.Scoring.Observations;
using CleanStreets.Scoring.State;

namespace CleanStreets.Scoring.Index.Tests;

/// <summary>The arithmetic that is shown gives the number that is shown, at any moment.</summary>
public sealed class ExplainTests
{
    private static readonly DateTimeOffset Morning = new(2026, 11, 2, 6, 10, 0, TimeSpan.Zero);

    private readonly CrowMethod _method = new(new CrowOptions());

    public static TheoryData<string, int> Seeds => new(ScoreMethods.Names.SelectMany(method => new[] { 1, 2, Environment.TickCount }.Select(seed => (method, seed))));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Passes_make_the_hours_the_hours_the_sums_and_the_sums_the_number(string name, int seed)
    {
        // crow-1 sums by hour and adds up to the last bit; crow-2 sums by truck, in another order: to twelve digits.
        var method = ScoreMethods.Find(name)!;
        var bits = name == "crow-1" ? 0 : 1e-12;
        var random = new Random(seed);
        var evidence = Filled(random, passes: 60);
        for (var i = 0; i < 40; i++)
        {
            var asOf = Morning.AddMinutes(random.Next(-60, 60 * 24 * 30));
            var explained = method.Explain(evidence, "v", asOf.ToUnixTimeMilliseconds(), []);
            var arithmetic = explained.Arithmetic!;
            arithmetic.Passes.ShouldAllBe(pass => pass.EnteredAt <= asOf, $"seed {seed}: only what was captured by then");
            foreach (var category in arithmetic.Categories)
            {
                var (pieces, area) = (0.0, 0.0);
                foreach (var hour in arithmetic.Hours)
                {
                    var share = hour.Shares.Single(share => share.Category == category.Category);
                    var passes = arithmetic.Passes.Where(pass => pass.EnteredAt >= hour.Hour && pass.EnteredAt < hour.Hour.AddHours(1))
                        .Select(pass => pass.Shares.Single(own => own.Category == category.Category)).ToList();
                    passes.Sum(own => own.Pieces).ShouldBe(share.Pieces, 1e-9, $"seed {seed}");
                    passes.Sum(own => own.SquareMetres).ShouldBe(share.SquareMetres, 1e-9, $"seed {seed}");
                    passes.ShouldAllBe(own => own.Weight == share.Weight);
                    (pieces, area) = (pieces + (share.Weight * share.Pieces), area + (share.Weight * share.SquareMetres));
                }

                Math.Abs(pieces - category.Pieces).ShouldBeLessThanOrEqualTo(bits * category.Pieces, $"seed {seed}: pieces");
                Math.Abs(area - category.SquareMetres).ShouldBeLessThanOrEqualTo(bits * category.SquareMetres, $"seed {seed}: area");
                var mean = (category.PriorPieces + (pieces / arithmetic.Overdispersion))
                    / ((category.PriorPieces / category.PriorMean) + (area / 100 / arithmetic.Overdispersion));
                Math.Abs(mean - category.Mean).ShouldBeLessThanOrEqualTo(bits * category.Mean, $"seed {seed}: mean");
                Math.Abs(IndexOf(mean, category.Cuts) - category.Index).ShouldBeLessThanOrEqualTo(bits * 5, $"seed {seed}");
            }

            if (explained.Score.State == ScoreState.Seen)
            {
                var index = Math.Max(arithmetic.Categories.Max(category => category.Index), arithmetic.DumpingFloor ?? 0);
                index.ShouldBe(arithmetic.Index!.Value);
                Math.Round(index, 3).ShouldBe(explained.Score.Index!.Value);
            }
            else
            {
                arithmetic.Index.ShouldBeNull();
            }

            Json(explained.Score).ShouldBe(Json(method.Score(evidence, "v", asOf.ToUnixTimeMilliseconds())), $"seed {seed}: the score itself");
        }
    }

    [Fact]
    public void A_pass_that_arrived_a_day_late_counts_and_is_named_with_what_was_known_without_it()
    {
        var evidence = TestPasses.Evidence();
        Add(evidence, Morning, pieces: 0, arrived: Morning.AddSeconds(40));
        Add(evidence, Morning.AddHours(1), pieces: 60, arrived: Morning.AddDays(1), truck: "truck-2");
        Add(evidence, Morning.AddHours(30), pieces: 0, arrived: Morning.AddHours(30).AddSeconds(5));

        var then = Explain(evidence, Morning.AddHours(2));

        then.Arithmetic!.Passes.Count.ShouldBe(2);
        then.Arithmetic.Passes.Single(pass => pass.ArrivedLater).TruckId.Value.ShouldBe("truck-2");
        var later = then.ArrivedLater.ShouldNotBeNull();
        (later.Passes, later.Cleanings, later.LastArrivedAt).ShouldBe((1, 0, Morning.AddDays(1)));
        later.Grade.ShouldBe(Grade.APlus);
        then.Score.Grade.ShouldNotBe(Grade.APlus);
        then.Sentences.ShouldContain(sentence => sentence.Contains("1 pass became known only later") && sentence.Contains("the street was A, index"));
        Explain(evidence, Morning.AddHours(25)).ArrivedLater.ShouldBeNull("by then it had come");
        Explain(evidence, Morning.AddHours(31)).ArrivedLater.ShouldBeNull("of the present there is no later");
    }

    [Fact]
    public void Detectors_are_told_since_their_first_pass_of_all_that_are_held()
    {
        var evidence = new SegmentEvidence(TestPasses.Street, TestPasses.Length);
        var versions = new[] { "litter-8", "litter-7", null, "litter-7", "litter-8", "litter-9" }; // Side by side for a while.
        foreach (var (day, version) in new[] { 20, 0, 1, 19, 40, 60 }.Zip(versions))
        {
            evidence.Add(TestPasses.Pass(Morning.AddDays(day), TestPasses.Litter(1)) with { ModelVersion = version }, TestPasses.Truck("truck-1"));
        }

        List<DetectorSince> All(double days) => [.. _method.Explain(evidence, "v", Morning.AddDays(days).ToUnixTimeMilliseconds(), []).Detectors!];
        All(61).ShouldBe([new("litter-7", Morning), new("litter-8", Morning.AddDays(20)), new("litter-9", Morning.AddDays(60))]);
        All(30).Select(detector => detector.Version).ShouldBe(["litter-7", "litter-8"], "of a moment in the past only what had looked by then");
    }

    [Fact]
    public void A_cleaning_told_later_sets_aside_and_is_named()
    {
        var evidence = TestPasses.Evidence();
        Add(evidence, Morning, pieces: 60, arrived: Morning);
        Add(evidence, Morning.AddHours(3), pieces: 0, arrived: Morning.AddHours(3));
        Add(evidence, Morning.AddHours(40), pieces: 0, arrived: Morning.AddHours(40));
        evidence.Add(TestPasses.Fact(FactKind.CleaningVerified, Morning.AddHours(2)), Morning.AddHours(20).ToUnixTimeMilliseconds());

        var then = Explain(evidence, Morning.AddHours(4));

        then.Arithmetic!.Passes[0].SetAside.ShouldBeTrue();
        then.Arithmetic.Passes[0].Shares.ShouldAllBe(share => share.Pieces == 0 && share.SquareMetres == 0);
        then.ArrivedLater!.Cleanings.ShouldBe(1);
        then.ArrivedLater.Index!.Value.ShouldBeGreaterThan(then.Score.Index!.Value);
        then.Sentences.ShouldContain(sentence => sentence.Contains("1 verified cleaning became known only later"));
    }

    [Fact]
    public void Arrivals_are_saved_change_no_score_and_are_unknown_in_what_version_1_saved()
    {
        var evidence = TestPasses.Evidence();
        Add(evidence, Morning, pieces: 4, arrived: Morning.AddHours(9));
        Add(evidence, Morning.AddHours(20), pieces: 4, arrived: null);
        evidence.Add(TestPasses.Fact(FactKind.CleaningVerified, Morning.AddHours(-2)), Morning.AddHours(12).ToUnixTimeMilliseconds());
        evidence.Add(TestPasses.Fact(FactKind.CleaningVerified, Morning.AddHours(-2)), Morning.AddHours(13).ToUnixTimeMilliseconds());

        var read = Reread(evidence);

        var (before, after) = (Explain(evidence, Morning.AddHours(1)), Explain(read, Morning.AddHours(1)));
        after.Arithmetic!.Passes[0].ArrivedAt.ShouldBe(Morning.AddHours(9));
        Explain(read, Morning.AddHours(21)).Arithmetic!.Passes[1].ArrivedAt.ShouldBeNull();
        after.ArrivedLater.ShouldBe(before.ArrivedLater);
        after.ArrivedLater!.LastArrivedAt.ShouldBe(Morning.AddHours(12), "told again is told when it was told first");
    }

    private static SegmentEvidence Reread(SegmentEvidence evidence)
    {
        var writer = new StateWriter();
        evidence.Capture().Save(writer);
        writer.EndItem();
        var read = TestPasses.Evidence();
        writer.Read(block =>
        {
            var state = new StateReader(block.Span, new TextCache(16));
            read.Load(ref state);
            state.IsAtEnd.ShouldBeTrue();
        });
        return read;
    }

    private static SegmentEvidence Filled(Random random, int passes)
    {
        var evidence = TestPasses.Evidence();
        for (var i = 0; i < passes; i++)
        {
            var at = Morning.AddMinutes(random.Next(60 * 24 * 20));
            var pass = TestPasses.Pass(at) with
            {
                Counts = [new KindCount(Kinds.LooseLitter, random.Next(2) == 0 ? Side.Left : Side.Right, random.Next(12), 900), new KindCount(Kinds.Weeds, Side.Left, random.Next(4), 0)],
                Piles = random.Next(4) == 0 ? [TestPasses.Pile(at, offset: random.Next(60))] : [],
            };
            evidence.Add(pass, TestPasses.Truck($"truck-{random.Next(3)}"), at.AddMinutes(random.Next(3000)).ToUnixTimeMilliseconds());
        }

        evidence.Add(TestPasses.Fact(FactKind.CleaningVerified, Morning.AddDays(4), "c-1"));
        evidence.Add(TestPasses.Fact(FactKind.CleaningVerified, Morning.AddDays(9), "c-2", side: Side.Left));
        foreach (var (index, pending) in evidence.Pending(Morning.AddDays(21).ToUnixTimeMilliseconds()).Index())
        {
            var kind = index % 2 == 0 ? FactKind.DetectionConfirmed : FactKind.DetectionRefused;
            evidence.Add(TestPasses.Fact(kind, pending.SeenAt.AddHours(2), $"d-{index}", pending.DetectionId));
        }

        return evidence;
    }

    private static void Add(SegmentEvidence evidence, DateTimeOffset at, int pieces, DateTimeOffset? arrived, string truck = "truck-1") => evidence.Add(
        TestPasses.Pass(at) with { Counts = [new KindCount(Kinds.LooseLitter, Side.Right, pieces, 900)] },
        TestPasses.Truck(truck),
        arrived?.ToUnixTimeMilliseconds());

    private ScoreExplanation Explain(SegmentEvidence evidence, DateTimeOffset asOf) => _method.Explain(evidence, "v", asOf.ToUnixTimeMilliseconds(), []);

    private static string Json(SegmentScore score) => JsonSerializer.Serialize(score, ContractJson.Default.SegmentScore);

    /// <summary>The README's words as arithmetic: linear between the cuts, 5 − last ÷ mean beyond.</summary>
    private static double IndexOf(double mean, IReadOnlyList<double> cuts)
    {
        var grade = cuts.Count(cut => mean > cut);
        var from = grade == 0 ? 0 : cuts[Math.Min(grade, cuts.Count) - 1];
        return grade == cuts.Count ? 5 - (cuts[^1] / mean) : grade + ((mean - from) / (cuts[grade] - from));
    }
}
