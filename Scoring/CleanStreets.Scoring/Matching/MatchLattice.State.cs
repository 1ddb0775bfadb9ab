using CleanStreets.Scoring.State;

namespace CleanStreets.Scoring.Matching;

/// <content>Columns that still matter: the undecided ones, and the newest.</content>
internal sealed partial class MatchLattice
{
    public void Save(StateWriter state)
    {
        state.Number(_columns);
        state.Number(_width);
        state.Number(_next);
        state.Number(_undecided);
        for (var column = FirstThatMatters; column < _next; column++)
        {
            var states = Column(column);
            state.Number(states.Length);
            foreach (ref readonly var candidate in states)
            {
                candidate.Save(state);
            }
        }
    }

    /// <exception cref="StateException">It is of a matcher with other bounds.</exception>
    public void Load(ref StateReader state, int edges)
    {
        if (state.Int32() != _columns || state.Int32() != _width)
        {
            throw new StateException("The lattice has other bounds.");
        }

        (_next, _undecided) = (state.Number(), state.Number());
        if (_undecided < 0 || _undecided > _next || _next - FirstThatMatters > _columns)
        {
            throw new StateException("The lattice holds more columns than it has.");
        }

        DemandRoom();

        for (var column = FirstThatMatters; column < _next; column++)
        {
            var count = state.Count();
            _counts[Slot(column)] = count <= _width ? count : throw new StateException("A column is wider than the lattice.");
            foreach (ref var candidate in Column(column))
            {
                candidate = MatchState.Load(ref state);
                DemandEdge(candidate.Edge, edges);
                if (candidate.Parent < -1 || candidate.Parent >= _width)
                {
                    throw new StateException("A candidate comes from nowhere.");
                }
            }
        }
    }

    public static void DemandEdge(int edge, int edges)
    {
        if (edge < 0 || edge >= edges)
        {
            throw new StateException("An edge is not one of this network.");
        }
    }

    private long FirstThatMatters => Math.Max(0, Math.Min(_undecided, _next - 1));
}
