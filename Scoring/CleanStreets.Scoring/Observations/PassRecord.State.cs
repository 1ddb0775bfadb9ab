using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.State;

namespace CleanStreets.Scoring.Observations;

/// <content>What the pass has seen so far, written down and taken over.</content>
internal sealed partial class PassRecord
{
    public void Save(StateWriter state)
    {
        state.Number(_counts.Count);
        foreach (var sum in _counts.InOrder())
        {
            state.Text(sum.Kind);
            state.Number((long)sum.Side);
            state.Number(sum.Count);
            state.Number(sum.Confident);
            state.Number(sum.ConfidenceMilli);
        }

        state.Number(_piles.Count);
        foreach (var pile in _piles)
        {
            pile.Save(state);
        }

        foreach (var millimetres in _litMillimetres)
        {
            state.Number(millimetres);
        }

        _seen.Save(state);
        state.Number(_readings);
        state.Number(_firstSequence);
        state.Number(_lastSequence);
        state.Text(_cameraId);
        state.Text(_modelVersion);
        state.Number(Things);
    }

    public void Load(ref StateReader state)
    {
        for (var left = state.Count(); left > 0; left--)
        {
            ref var sum = ref _counts.Of(state.RequiredText(), state.Choice<Side>());
            (sum.Count, sum.Confident, sum.ConfidenceMilli) = (state.Int32(), state.Number(), state.Number());
        }

        for (var left = state.Count(); left > 0; left--)
        {
            _piles.Add(PileFind.Load(ref state));
        }

        foreach (ref var millimetres in _litMillimetres.AsSpan())
        {
            millimetres = state.Number();
        }

        _seen = SideTotals.Load(ref state);
        (_readings, _firstSequence, _lastSequence) = (state.Int32(), state.Number(), state.Number());
        (_cameraId, _modelVersion, Things) = (state.Text(), state.Text(), state.Int32());
    }
}
