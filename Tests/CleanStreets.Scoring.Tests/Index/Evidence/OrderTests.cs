using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Observations;
using CleanStreets.Scoring.State;
using CleanStreets.Scoring.Tests.Areas;
using FsCheck;
using FsCheck.Fluent;

namespace CleanStreets.Scoring.Index.Tests;

/// <summary>In whatever order evidence arrives, the score is the same to the last bit.</summary>
public class OrderTests
{
    private static readonly CrowMethod[] Methods = [new(new CrowOptions { Overdispersion = 1.7 }), new(CrowOptions.Crow2)];

    [Fact]
    public void Score_is_the_same_to_the_last_bit_in_any_order_of_arrival() =>
        Prop.ForAll(Streams.ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (stream, seed) =>
        {
            var shuffled = stream.ToArray();
            new Random(seed).Shuffle(shuffled);
            return Told(stream) == Told(shuffled);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void Score_is_the_same_when_facts_arrive_again() =>
        Prop.ForAll(Streams.ToArbitrary(), stream => Told(stream) == Told([.. stream, .. stream.Where(a => a.Fact is not null)]))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Fact]
    public void Score_is_the_same_when_it_was_asked_for_after_every_arrival() =>
        Prop.ForAll(Streams.ToArbitrary(), stream => Told(stream) == Told(stream, askedMeanwhile: true))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void Period_is_the_same_to_the_last_bit_in_any_order_of_arrival() =>
        Prop.ForAll(Streams.ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (stream, seed) =>
        {
            var shuffled = stream.ToArray();
            new Random(seed).Shuffle(shuffled);
            return Period(stream) == Period(shuffled);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Fact]
    public void Score_is_the_same_when_the_service_stopped_in_between() =>
        Prop.ForAll(Streams.ToArbitrary(), Gen.Choose(0, 100).ToArbitrary(), (stream, percent) =>
        {
            var before = Filled(stream.Take(stream.Length * percent / 100));
            var after = Saved(before);
            Fill(after, stream.Skip(stream.Length * percent / 100));
            return Told(after) == Told(stream);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Fact]
    public void Sums_of_remembered_counts_are_those_of_counts_made_anew_to_the_last_bit() =>
        Prop.ForAll(Streams.ToArbitrary(), Gen.Choose(1, 9).ToArbitrary(), (stream, categories) =>
        {
            var fader = new ViewFader(Settings(categories));
            var evidence = new SegmentEvidence(TestPasses.Street, TestPasses.Length);
            return stream.All(arrival =>
            {
                Add(evidence, arrival);
                var asOfMs = evidence.NewestCapturedAtMs ?? 0;
                return fader.Collect(evidence, asOfMs).Select(Digits).SequenceEqual(fader.CollectAnew(evidence, asOfMs).Select(Digits));
            });
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void Sums_of_the_street_alone_are_those_told_beside_its_sides_to_the_last_bit() =>
        Prop.ForAll(Streams.ToArbitrary(), Gen.Choose(1, 9).ToArbitrary(), (stream, categories) =>
        {
            var evidence = Filled(stream);
            var asOfMs = evidence.NewestCapturedAtMs ?? 0;
            return new EvidenceCollector[] { new ViewFader(Settings(categories)).Collect, new EvidenceFader(Settings(categories)).Collect }.All(collect =>
                collect(evidence, asOfMs, withSides: false).Select(Digits).SequenceEqual(collect(evidence, asOfMs, withSides: true).Take(categories).Select(Digits)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Theory]
    [InlineData(Side.Left)]
    [InlineData(Side.Right)]
    public void Remembered_time_of_a_side_last_seen_is_that_of_its_passes_also_after_pruning(Side side) =>
        Prop.ForAll(Streams.ToArbitrary(), Gen.Choose(0, 100).ToArbitrary(), (stream, percent) =>
        {
            var evidence = new SegmentEvidence(TestPasses.Street, TestPasses.Length);
            bool IsTrue() => evidence.NewestSeenMs(side)
                == evidence.Passes.ToArray().Where(pass => pass.Seen[side] > 0).Select(pass => pass.EnteredAtMs).Prepend(long.MinValue).Max();
            var isTrue = stream.All(arrival =>
            {
                Add(evidence, arrival);
                return IsTrue();
            });
            if (evidence.PassCount > 0)
            {
                evidence.Prune(evidence.Passes[evidence.PassCount * percent / 101].EnteredAtMs + 1);
            }

            return isTrue && IsTrue();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void A_count_beyond_32_bits_is_summed_as_any_other()
    {
        var fader = new ViewFader(CrowOptions.Crow2);
        var evidence = new SegmentEvidence(TestPasses.Street, TestPasses.Length);
        evidence.Add(TestPasses.Pass(TestPasses.Morning, TestPasses.Litter(2)), TestPasses.Truck("truck-1"));
        fader.Collect(evidence, evidence.NewestCapturedAtMs!.Value)[0].Pieces.ShouldBe(2, tolerance: 0.1);

        evidence.Add(TestPasses.Pass(TestPasses.Morning, TestPasses.Litter(5_000_000)), TestPasses.Truck("truck-2"));

        fader.Collect(evidence, evidence.NewestCapturedAtMs.Value)[0].Pieces.ShouldBeGreaterThan(4_000_000);
    }

    [Fact]
    public void Pruning_behind_the_horizon_changes_nothing() =>
        Prop.ForAll(Streams.ToArbitrary(), stream =>
        {
            var whole = Filled(stream);
            var pruned = Filled(stream);
            var asOf = TestPasses.Morning.AddDays(60).ToUnixTimeMilliseconds();
            pruned.Prune(asOf - Methods[0].HorizonMs);
            return Json(whole, asOf) == Json(pruned, asOf);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    private static Gen<Arrival[]> Streams =>
        from arrivals in Gen.OneOf(Passes, Passes, Passes, Facts).ArrayOf()
        select arrivals;

    private static Gen<Arrival> Passes =>
        from minutes in Gen.OneOf(Gen.Choose(-200_000, 5000), Gen.Choose(-130, 130), Meetings)
        from litter in Gen.Choose(0, 60)
        from weeds in Gen.Choose(0, 9)
        from bins in Gen.Choose(0, 2)
        from start in Gen.Choose(0, 6000)
        from left in Gen.Choose(0, 777_777)
        from unknown in Gen.Choose(0, 99_999)
        from recall in Gen.Choose(500, 1000)
        from pile in Gen.Choose(0, 3)
        from bulky in Gen.Elements(true, false)
        from truck in Gen.Choose(1, 3)
        from seconds in Gen.Elements(20, 20, 20, 4000, 100_000) // Over the hour, and over the day.
        select new Arrival(
            TestPasses.Pass(
                TestPasses.Morning.AddMinutes(minutes),
                TestPasses.Litter(litter),
                TestPasses.Litter(litter / 3, Side.Left),
                new KindCount(Kinds.Weeds, Side.Unknown, weeds, 0),
                new KindCount(Kinds.OverflowingBin, Side.Left, bins, 0),
                new KindCount(Kinds.BulkyItem, Side.Right, pile == 0 && bulky ? 1 : 0, 0)) with
            {
                LeftAtMs = TestPasses.Morning.AddMinutes(minutes).AddSeconds(seconds).ToUnixTimeMilliseconds(),
                FromOffsetMetres = start / 100.0,
                SeenMilliSquareMetres = new SideTotals(unknown, left, 123_457),
                Recall = new DetectorRecall { DefaultMilli = recall, ByKindMilli = new Dictionary<string, int> { [Kinds.OverflowingBin] = 930 } },
                Piles = pile == 0 ? [TestPasses.Pile(TestPasses.Morning.AddMinutes(minutes), start / 100.0) with { Kind = bulky ? Kinds.BulkyItem : Kinds.Pile }] : [],
            },
            null,
            $"truck-{truck}");

    private static Gen<Arrival> Facts =>
        from kind in Gen.Elements(FactKind.CleaningClaimed, FactKind.CleaningVerified, FactKind.DetectionConfirmed, FactKind.DetectionRefused, FactKind.TruckSent)
        from minutes in Gen.Choose(-5000, 5000)
        from seen in Meetings
        from id in Gen.Choose(1, 40)
        from side in Gen.Elements(Side.Unknown, Side.Left, Side.Right)
        select new Arrival(
            null,
            TestPasses.Fact(kind, TestPasses.Morning.AddMinutes(minutes), $"fact-{id}", $"truck-1.{TestPasses.Morning.AddMinutes(seen).ToUnixTimeMilliseconds()}.7.0", side) with
            {
                TruckId = TestPasses.Truck("truck-1"),
                OrderId = OrderId.Parse($"W-{id}"),
            });

    /// <summary>A few moments that passes and answers share, so that answers find what they are about.</summary>
    private static Gen<int> Meetings => Gen.Choose(0, 12).Select(n => (n * 331) - 3000);

    /// <summary>Written down and taken up again, as by a stop and a start.</summary>
    private static SegmentEvidence Saved(SegmentEvidence evidence)
    {
        var taken = new SegmentEvidence(TestPasses.Street, TestPasses.Length);
        var reader = new StateReader(Written(evidence.Capture().Save), new TextCache(1024));
        taken.Load(ref reader);
        if (evidence.CaptureSent() is { } sent)
        {
            var sentReader = new StateReader(Written(sent.Save), new TextCache(1024));
            taken.LoadSent(ref sentReader);
        }

        return taken;
    }

    private static byte[] Written(Action<StateWriter> save)
    {
        var state = new StateWriter();
        save(state);
        state.EndItem();
        var bytes = new List<byte>();
        state.Read(block => bytes.AddRange(block.ToArray()));
        return [.. bytes];
    }

    /// <summary>The street as an area of its own over three days, before which another three give the trend.</summary>
    private static string Period(IEnumerable<Arrival> stream)
    {
        var (city, evidence) = (new SmallCity(1), Filled(stream));
        var area = new AreaIndexer(new CrowIndexMethod(CrowOptions.Crow2)).Over("street", city.Streets, _ => evidence, TestPasses.Morning.AddDays(-2), TestPasses.Morning.AddDays(1));
        return FormattableString.Invariant(
            $"{area.Index?.Value:R} {area.Index?.Low:R} {area.Index?.High:R} {area.AcceptablyClean?.Value:R} {area.Trend?.Value:R} {area.Coverage:R} {area.TimeCoverage:R} {area.Passes}");
    }

    private static SegmentEvidence Filled(IEnumerable<Arrival> stream, bool askedMeanwhile = false)
    {
        var evidence = new SegmentEvidence(TestPasses.Street, TestPasses.Length);
        Fill(evidence, stream, askedMeanwhile);
        return evidence;
    }

    private static void Fill(SegmentEvidence evidence, IEnumerable<Arrival> stream, bool askedMeanwhile = false)
    {
        foreach (var arrival in stream)
        {
            Add(evidence, arrival);
            if (askedMeanwhile)
            {
                Array.ForEach(Methods, method => method.Score(evidence, "n", evidence.NewestCapturedAtMs ?? 0));
            }
        }
    }

    private static string Told(IEnumerable<Arrival> stream, bool askedMeanwhile = false) => Told(Filled(stream, askedMeanwhile));

    private static string Told(SegmentEvidence evidence) =>
        string.Join('\n', new[] { -3000, 0, 4999, 9000 }.Select(m => Json(evidence, TestPasses.Morning.AddMinutes(m).ToUnixTimeMilliseconds())));

    private static void Add(SegmentEvidence evidence, Arrival arrival)
    {
        if (arrival.Pass is { } pass)
        {
            evidence.Add(pass, TestPasses.Truck(arrival.Truck));
        }
        else
        {
            evidence.Add(arrival.Fact!);
        }
    }

    /// <summary>Settings with that many categories: ours, and kinds that nobody sent.</summary>
    private static CrowOptions Settings(int categories)
    {
        var options = CrowOptions.Crow2;
        var more = Enumerable.Range(0, 9).Select(n => new CategoryOptions
        {
            Name = $"more-{n}",
            Kinds = [new($"kind-{n}")],
            HalfLifeHours = 30 + n,
            Cuts = [0.5, 3, 10, 25],
            PriorMean = 2,
            PriorPieces = 0.1,
        });
        options.Categories = [.. options.Categories.Concat(more).Take(categories)];
        return options;
    }

    private static string Digits(FadedEvidence faded) => $"{faded.Pieces:R} {faded.SquareMetres:R} {faded.Passes} {faded.Information:R}";

    // Round-trip digits of unrounded rows, too, so that a difference in the last bit would show.
    private static string Json(SegmentEvidence evidence, long asOfMs)
    {
        var explained = Methods.Select(method => JsonSerializer.Serialize(method.Explain(evidence, "n", asOfMs, []), ContractJson.Default.ScoreExplanation));
        var faded = new EvidenceFader(new CrowOptions()).Collect(evidence, asOfMs);
        var pending = evidence.Pending(asOfMs);
        var views = new ViewFader(CrowOptions.Crow2).Collect(evidence, asOfMs);
        return string.Join(';', explained)
            + string.Join(';', faded.Concat(views).Select(Digits))
            + string.Join(';', pending.Select(p => p.DetectionId));
    }

    private sealed record Arrival(Observation? Pass, Fact? Fact, string Truck = "");
}
