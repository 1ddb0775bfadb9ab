using CleanStreets.Scoring.State;

namespace CleanStreets.Scoring.Index;

/// <summary>The evidence of a segment as it was at one moment, for another thread to write down while the owner goes on.</summary>
public sealed class EvidenceState
{
    private readonly PassEvidence[] _passes;
    private readonly PileState _piles;
    private readonly CleaningReset[] _resets;
    private readonly long? _newestCapturedAtMs;

    internal EvidenceState(
        PassEvidence[] passes, PileState piles, CleaningReset[] resets, long? newestCapturedAtMs) =>
        (_passes, _piles, _resets, _newestCapturedAtMs) = (passes, piles, resets, newestCapturedAtMs);

    /// <summary>Writes it down; <see cref="SegmentEvidence.Load"/> takes it over.</summary>
    public void Save(StateWriter state)
    {
        state.Flag(_newestCapturedAtMs is not null);
        state.Number(_newestCapturedAtMs ?? 0);
        state.Number(_passes.Length);
        foreach (var pass in _passes)
        {
            pass.Save(state);
        }

        state.Number(_resets.Length);
        foreach (var (atMs, side, arrivedAtMs) in _resets)
        {
            state.Number(atMs);
            state.Number((long)side);
            state.Flag(arrivedAtMs is not null);
            if (arrivedAtMs is { } arrived)
            {
                state.Number(arrived);
            }
        }

        _piles.Save(state);
    }
}
