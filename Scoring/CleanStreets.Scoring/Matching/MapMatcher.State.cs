using CleanStreets.Scoring.State;

namespace CleanStreets.Scoring.Matching;

/// <content>Everything that a later fix depends on; what can be computed again from the network is left out.</content>
internal sealed partial class MapMatcher
{
    public void Save(StateWriter state)
    {
        _lattice.Save(state);
        state.Number(_fixes.Count);
        for (var i = 0; i < _fixes.Count; i++)
        {
            _fixes[i].Save(state);
        }

        foreach (var limit in _limits)
        {
            state.Real(limit);
        }

        _told.Save(state);
        state.Flag(_hasTold);
        _anchor.Save(state);
        _standing.Save(state);
        state.Number(_lastMs);
        state.Number(_outliers);
        state.Number(_decidedColumns);
        state.Number(_addedColumns);
        state.Number(_teller.AtMs);
    }

    /// <summary>Takes over what was saved; the matcher must be new, and of the same network.</summary>
    public void Load(ref StateReader state)
    {
        _lattice.Load(ref state, _network.Edges.Count);
        for (var left = state.Count(); left > 0; left--)
        {
            _fixes.Add(TraceFix.Load(ref state));
        }

        foreach (ref var limit in _limits.AsSpan())
        {
            limit = state.Real();
        }

        _told = MatchState.Load(ref state);
        MatchLattice.DemandEdge(_told.Edge, _network.Edges.Count);
        _hasTold = state.Flag();
        _anchor = TraceFix.Load(ref state);
        _standing = StandingPlace.Load(ref state);
        (_lastMs, _outliers) = (state.MomentMs(), state.Int32());
        (_decidedColumns, _addedColumns) = (state.Number(), state.Number());
        _teller.AtMs = state.MomentMs();
    }
}
