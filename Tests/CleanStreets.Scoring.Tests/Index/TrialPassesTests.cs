using CleanStreets.Scoring.Observations;
using CleanStreets.Scoring.State;

namespace CleanStreets.Scoring.Index.Tests;

/// <summary>What a detector on trial saw meets the pass that is evidence, and only that one.</summary>
public sealed class TrialPassesTests
{
    private static readonly long Horizon = (long)TimeSpan.FromDays(100).TotalMilliseconds;

    [Fact]
    public void Each_meets_the_pass_of_its_own_truck_at_its_own_time()
    {
        var evidence = new SegmentEvidence(TestPasses.Street, TestPasses.Length);
        evidence.Add(Seen(TestPasses.Morning, "litter-7", 10), TestPasses.Truck("truck-1"));
        evidence.Add(Seen(TestPasses.Morning.AddSeconds(1), "litter-7", 99), TestPasses.Truck("truck-2")); // Another truck beside it.
        evidence.Add(Seen(TestPasses.Morning.AddMinutes(4), "litter-7", 99), TestPasses.Truck("truck-1")); // The way back.
        var trials = new TrialPasses();
        trials.Add(Seen(TestPasses.Morning.AddSeconds(1), "litter-8", 20), TestPasses.Truck("truck-1"), Horizon);
        trials.Add(Seen(TestPasses.Morning.AddHours(1), "litter-8", 99), TestPasses.Truck("truck-1"), Horizon); // Its pass never came.

        var bridge = Ledger(trials, evidence).Compare("litter-7", "litter-8");

        bridge.OnSameFrames.ShouldBeTrue();
        var kind = bridge.Kinds.ShouldHaveSingleItem();
        (kind.Factor, kind.Places, kind.OlderCount, kind.NewerCount).ShouldBe((2, 1, 10, 20));
    }

    [Fact]
    public void Saved_and_loaded_they_say_the_same_and_old_ones_are_forgotten()
    {
        var evidence = TestPasses.Evidence(Seen(TestPasses.Morning, "litter-7", 10));
        var trials = new TrialPasses();
        trials.Add(Seen(TestPasses.Morning, "litter-8", 20), TestPasses.Truck("truck-1"), Horizon);
        var state = new StateWriter();
        trials.Save(state);
        evidence.Capture().Save(state);
        state.EndItem();
        var (loaded, loadedEvidence) = (new TrialPasses(), new SegmentEvidence(TestPasses.Street, TestPasses.Length));
        StateOf(state, (ref StateReader reader) =>
        {
            loaded.Load(ref reader);
            loadedEvidence.Load(ref reader);
        });

        Ledger(loaded, loadedEvidence).Compare("litter-7", "litter-8").Kinds.ShouldBe(Ledger(trials, evidence).Compare("litter-7", "litter-8").Kinds);

        loaded.Add(Seen(TestPasses.Morning.AddDays(101), "litter-8", 1), TestPasses.Truck("truck-1"), Horizon);
        Ledger(loaded, loadedEvidence).Trials.Single().Passes.ShouldBe(1);
    }

    private delegate void Reading(ref StateReader reader);

    private static void StateOf(StateWriter state, Reading read)
    {
        var bytes = new List<byte>();
        state.Read(block => bytes.AddRange(block.ToArray()));
        var reader = new StateReader(bytes.ToArray(), new Contracts.Readings.TextCache(64));
        read(ref reader);
    }

    private static ModelLedger Ledger(TrialPasses trials, SegmentEvidence evidence)
    {
        var ledger = new ModelLedger();
        evidence.Tell(ledger, 0);
        trials.Tell(ledger, evidence);
        return ledger;
    }

    private static Observation Seen(DateTimeOffset at, string version, int pieces) => TestPasses.Pass(at, TestPasses.Litter(pieces)) with { ModelVersion = version };
}
