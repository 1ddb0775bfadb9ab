using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Index.Tests;
using CleanStreets.Scoring.Observations;

namespace CleanStreets.Scoring.Tests.Observations;

/// <summary>Two detector versions over the same streets in the same hours.</summary>
public class ModelBridgeTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 6, 10, 0, TimeSpan.Zero);

    [Fact]
    public void Factor_lies_in_its_interval_about_nine_times_in_ten_when_streets_and_exposures_differ()
    {
        const double truth = 0.7;
        var inside = 0;
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var ledger = new ModelLedger();
            for (var street = 0; street < 60; street++)
            {
                // Dirt differs twentyfold between streets; the newer camera sees less of some of them.
                var rate = Math.Exp(random.NextDouble() * 3);
                var (seen, less) = (200_000L, 60_000L + random.NextInt64(140_000));
                ledger.Add(Pass(street, Start, "litter-7", seen, Poisson(random, rate * seen / 100_000.0)));
                ledger.Add(Pass(street, Start.AddMinutes(20), "litter-8", less, Poisson(random, truth * rate * less / 100_000.0)));
            }

            var bridge = ledger.Between("litter-7", "litter-8").Single();
            bridge.Places.ShouldBe(60);
            inside += bridge.Low <= truth && truth <= bridge.High ? 1 : 0;
        }

        inside.ShouldBeInRange(168, 194, "of 200 draws of a 90 % interval");
    }

    [Fact]
    public void Places_that_disagree_widen_the_interval()
    {
        var (even, scattered) = (new ModelLedger(), new ModelLedger());
        for (var street = 0; street < 20; street++)
        {
            even.Add(Pass(street, Start, "a", 100_000, 10));
            even.Add(Pass(street, Start, "b", 100_000, 10));
            scattered.Add(Pass(street, Start, "a", 100_000, street % 2 == 0 ? 20 : 0));
            scattered.Add(Pass(street, Start, "b", 100_000, street % 2 == 0 ? 0 : 20));
        }

        var (narrow, wide) = (even.Between("a", "b").Single(), scattered.Between("a", "b").Single());
        narrow.Factor.ShouldBe(1);
        wide.Factor.ShouldBe(1);
        (wide.High / wide.Low).ShouldBeGreaterThan(2 * narrow.High / narrow.Low);
    }

    [Fact]
    public void Versions_that_never_met_have_no_bridge_and_nothing_found_gives_no_factor()
    {
        var ledger = new ModelLedger();
        ledger.Add(Pass(1, Start, "old", 100_000, 5));
        ledger.Add(Pass(1, Start.AddHours(2), "new", 100_000, 5));
        ledger.Add(Pass(2, Start, "new", 100_000, 5));
        ledger.Between("old", "new").ShouldBeEmpty();
        ledger.Spans.Select(span => (span.Version, span.Passes)).ShouldBe([("new", 2), ("old", 1)]);

        ledger.Add(Pass(1, Start.AddMinutes(5), "new", 100_000, 0));
        var bridge = ledger.Between("old", "new").Single();
        (bridge.Factor, bridge.OlderCount, bridge.NewerCount).ShouldBe((null, 5, 0));
    }

    [Fact]
    public void On_the_same_frames_the_interval_is_narrower_and_still_holds_nine_times_in_ten()
    {
        const double found = 0.8;
        const double invented = 0.1; // Of what the older finds; so the truth is 0.9.
        var (inside, narrower) = (0, 0);
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (frames, hours) = (new ModelLedger(), new ModelLedger());
            for (var street = 0; street < 60; street++)
            {
                var there = Poisson(random, 2 * Math.Exp(random.NextDouble() * 2));
                var again = Enumerable.Range(0, there).Count(_ => random.NextDouble() < found) + Poisson(random, invented * there);
                var (older, newer) = (Pass(street, Start, "litter-7", 200_000, there), Pass(street, Start, "litter-8", 200_000, again));
                frames.AddTrial(Look(newer), Look(older));
                hours.Add(older);
                hours.Add(newer);
            }

            var bridge = frames.Compare("litter-7", "litter-8").Kinds.Single();
            var apart = hours.Compare("litter-7", "litter-8").Kinds.Single();
            bridge.Factor.ShouldBe(apart.Factor);
            inside += bridge.Low <= found + invented && found + invented <= bridge.High ? 1 : 0;
            narrower += bridge.High / bridge.Low < apart.High / apart.Low ? 1 : 0;
        }

        inside.ShouldBeInRange(168, 194, "of 200 draws of a 90 % interval");
        narrower.ShouldBeGreaterThan(195);
    }

    [Fact]
    public void Same_frames_count_before_same_hours_and_whichever_was_on_trial()
    {
        var ledger = new ModelLedger();
        var (older, newer) = (Pass(1, Start, "a", 100_000, 10), Pass(1, Start.AddMinutes(1), "b", 100_000, 40));
        ledger.Add(older);
        ledger.Add(newer);
        ledger.Compare("a", "b").ShouldSatisfyAllConditions(
            bridge => bridge.OnSameFrames.ShouldBeFalse(),
            bridge => bridge.Kinds.Single().Factor.ShouldBe(4));

        // Before the change b was on trial beside a; since then a runs beside b.
        ledger.AddTrial(Look(Pass(2, Start, "b", 100_000, 20)), Look(older));
        ledger.AddTrial(Look(Pass(2, Start.AddDays(1), "a", 100_000, 10)), Look(Pass(2, Start.AddDays(1), "b", 100_000, 20)));

        var comparison = ledger.Comparisons().Single();
        (comparison.Older, comparison.Newer, comparison.OnSameFrames).ShouldBe(("a", "b", true));
        comparison.Kinds.Single().ShouldSatisfyAllConditions(
            kind => kind.Factor.ShouldBe(2),
            kind => (kind.Places, kind.OlderCount, kind.NewerCount).ShouldBe((2, 20, 40)));
        ledger.Trials.Select(span => (span.Version, span.Passes)).ShouldBe([("b", 1), ("a", 1)]);
    }

    [Fact]
    public void Two_that_always_agree_are_not_told_as_exactly_equal()
    {
        var ledger = new ModelLedger();
        for (var street = 0; street < 40; street++)
        {
            ledger.AddTrial(Look(Pass(street, Start, "b", 100_000, 5)), Look(Pass(street, Start, "a", 100_000, 5)));
        }

        var bridge = ledger.Compare("a", "b").Kinds.Single();
        bridge.Factor.ShouldBe(1);
        (bridge.High / bridge.Low).ShouldBeInRange(1.01, 1.1);
    }

    private static ModelLook Look(Observation pass) => new(pass.ModelVersion, pass.EnteredAtMs, pass.SeenMilliSquareMetres, pass.Counts);

    private static Observation Pass(int street, DateTimeOffset at, string version, long seenMilli, int pieces) =>
        TestPasses.Pass(at, new KindCount(Kinds.LooseLitter, Side.Right, pieces, 900)) with
        {
            SegmentIndex = street,
            ModelVersion = version,
            SeenMilliSquareMetres = new SideTotals(0, 0, seenMilli),
        };

    private static int Poisson(Random random, double mean)
    {
        var (limit, product, count) = (Math.Exp(-mean), random.NextDouble(), 0);
        while (product > limit)
        {
            product *= random.NextDouble();
            count++;
        }

        return count;
    }
}
