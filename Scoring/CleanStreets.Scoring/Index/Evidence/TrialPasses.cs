using CleanStreets.Contracts;
using CleanStreets.Scoring.Observations;
using CleanStreets.Scoring.State;

namespace CleanStreets.Scoring.Index;

/// <summary>Passes over one segment as a detector on trial saw them, beside the one in use. They are no evidence: no score is made of them.</summary>
/// <remarks>One owner at a time; no locks. What was added never changes.</remarks>
public sealed class TrialPasses
{
    // Both traces are matched from the same fixes; where one of them began anew, they may enter a fix apart.
    private const long ApartMs = 5_000;

    private readonly List<PassEvidence> _passes = [];

    private TrialPasses(IEnumerable<PassEvidence> passes) => _passes.AddRange(passes);

    /// <summary>None yet.</summary>
    public TrialPasses()
    {
    }

    /// <summary>Adds a pass, and forgets those that began more than <paramref name="horizonMs"/> before the newest.</summary>
    /// <param name="observation">The pass, by the detector on trial.</param>
    /// <param name="truck">Who drove it.</param>
    /// <param name="horizonMs">How long a pass is kept behind the newest, milliseconds.</param>
    public void Add(Observation observation, TruckId truck, long horizonMs)
    {
        var pass = PassEvidence.Of(observation, truck);
        var at = _passes.Count;
        while (at > 0 && PassEvidence.Compare(_passes[at - 1], pass) > 0)
        {
            at--;
        }

        _passes.Insert(at, pass);
        var beforeMs = _passes[^1].EnteredAtMs - horizonMs;
        _passes.RemoveRange(0, _passes.FindIndex(kept => kept.EnteredAtMs >= beforeMs));
    }

    /// <summary>As it is now, for another thread while the owner goes on.</summary>
    public TrialPasses Copy() => new(_passes);

    /// <summary>Tells a ledger of each, with the pass of the same truck at the same time that is evidence.</summary>
    public void Tell(ModelLedger ledger, SegmentEvidence? evidence)
    {
        foreach (var trial in _passes)
        {
            ledger.AddTrial(trial.Look, Beside(trial, evidence)?.Look);
        }
    }

    /// <summary>Writes them down.</summary>
    public void Save(StateWriter state)
    {
        state.Number(_passes.Count);
        foreach (var pass in _passes)
        {
            pass.Save(state);
        }
    }

    /// <summary>Takes over what was saved; there must be none yet.</summary>
    /// <exception cref="StateException">The bytes are not what was saved.</exception>
    public void Load(ref StateReader state)
    {
        var count = state.Count();
        for (PassEvidence? before = null; count > 0; count--)
        {
            _passes.Add(before = PassEvidence.Load(ref state, before));
        }
    }

    private static PassEvidence? Beside(PassEvidence trial, SegmentEvidence? evidence)
    {
        PassEvidence? nearest = null;
        if (evidence is null)
        {
            return null;
        }

        foreach (var pass in evidence.Between(trial.EnteredAtMs - ApartMs, trial.EnteredAtMs + ApartMs))
        {
            if (pass.Truck == trial.Truck && (nearest is null || Apart(pass) < Apart(nearest)))
            {
                nearest = pass;
            }
        }

        return nearest;

        long Apart(PassEvidence pass) => Math.Abs(pass.EnteredAtMs - trial.EnteredAtMs) + Math.Abs(pass.LeftAtMs - trial.LeftAtMs);
    }
}
