using System.Numerics;

namespace CleanStreets.Scoring.Matching;

/// <summary>The candidates of the newest deciding fixes, and which of them are decided.</summary>
/// <remarks>
/// A ring of columns in one array. A column is decided as soon as all ways that are still alive went through one of its
/// candidates, or, when there are as many as may be, by the best way; ways that went elsewhere are then given up, so decisions never
/// contradict each other. The newest column stays as the place from which the next one is reached.
/// The ring is short until more columns wait: nearly always one or two do, and a thousand traces must share the processor's cache.
/// </remarks>
internal sealed partial class MatchLattice
{
    /// <summary>A way this much less likely than the best (e⁻²⁰) is given up.</summary>
    public const double Hopeless = 20;

    /// <summary>Columns of a new ring, a power of two.</summary>
    private const int FirstSlots = 4;

    private readonly int _width;
    private readonly int _columns;
    private MatchState[] _states;
    private int[] _counts = new int[FirstSlots];
    private long _next;
    private long _undecided;

    public MatchLattice(int columns, int width)
    {
        // Alive candidates of a column are bits of one word.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, 64);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 2);
        (_columns, _width, _states) = (columns, width, new MatchState[FirstSlots * width]);
    }

    public bool IsEmpty => _next == 0;

    /// <summary>Candidates of the newest column.</summary>
    public Span<MatchState> Newest => Column(_next - 1);

    /// <summary>Room for the next column; it counts once it is added.</summary>
    public Span<MatchState> Room => _states.AsSpan(Slot(_next) * _width, _width);

    /// <summary>Most candidates that <see cref="Decide"/> may write.</summary>
    public int Columns => _columns;

    /// <summary>Looks at the ring's place; see <see cref="Observations.TraceObserver.Fetch"/>.</summary>
    public long Fetch() => _next;

    /// <summary>Looks at the newest column and at the room of the next one.</summary>
    public long FetchColumns()
    {
        var (newest, next) = (Slot(Math.Max(0, _next - 1)) * _width, Slot(_next) * _width);
        var second = Math.Min(3, _width - 1); // The next line of the cache; few columns are longer.
        return _counts[0] + _states[newest].Edge + _states[newest + second].Edge + _states[next].Edge + _states[next + second].Edge;
    }

    public void Clear() => (_next, _undecided) = (0, 0);

    /// <summary>Adds the first <paramref name="count"/> candidates of <see cref="Room"/> as the newest column.</summary>
    public void Add(int count)
    {
        _counts[Slot(_next)] = DropHopeless(Room[..count]);
        _next++;
        DemandRoom();
    }

    /// <summary>Writes what has become certain since the last call, oldest first; returns how many columns.</summary>
    public int Decide(Span<MatchState> decided)
    {
        if (_next == _undecided)
        {
            return 0;
        }

        var alive = All(_counts[Slot(_next - 1)]);
        for (var column = _next - 1; column >= _undecided; column--)
        {
            if (BitOperations.IsPow2(alive))
            {
                return Take(column, BitOperations.TrailingZeroCount(alive), decided);
            }

            alive = Parents(column, alive);
        }

        // One slot stays free: the next column is built while the newest is read.
        return _next - _undecided >= _columns - 1 ? DecideOldest(decided) : 0;
    }

    /// <summary>Decides every column by the best way; the newest keeps only its end.</summary>
    public int DecideAll(Span<MatchState> decided)
    {
        if (_next == _undecided)
        {
            return 0;
        }

        var best = Best(Newest);
        var count = Take(_next - 1, best, decided);
        Newest[0] = Newest[best];
        _counts[Slot(_next - 1)] = 1;
        return count;
    }

    private int DecideOldest(Span<MatchState> decided)
    {
        var newest = Newest;
        var chosen = Ancestor(Best(newest));
        var kept = 0;
        for (var i = 0; i < newest.Length; i++)
        {
            if (Ancestor(i) == chosen)
            {
                newest[kept++] = newest[i];
            }
        }

        _counts[Slot(_next - 1)] = kept;
        return Take(_undecided, chosen, decided);
    }

    /// <summary>The candidate of the oldest undecided column from which a candidate of the newest was reached.</summary>
    private int Ancestor(int state)
    {
        for (var column = _next - 1; column > _undecided; column--)
        {
            state = Column(column)[state].Parent;
        }

        return state;
    }

    private int Take(long through, int state, Span<MatchState> decided)
    {
        var count = (int)(through - _undecided) + 1;
        for (var column = through; column >= _undecided; column--)
        {
            decided[(int)(column - _undecided)] = Column(column)[state];
            state = Column(column)[state].Parent;
        }

        _undecided = through + 1;
        return count;
    }

    private ulong Parents(long column, ulong alive)
    {
        var states = Column(column);
        var parents = 0UL;
        for (; alive != 0; alive &= alive - 1)
        {
            var parent = states[BitOperations.TrailingZeroCount(alive)].Parent;
            parents |= parent < 0 ? 0 : 1UL << parent;
        }

        return parents;
    }

    private static int DropHopeless(Span<MatchState> states)
    {
        var best = states[Best(states)].Score;
        var kept = 0;
        foreach (var state in states)
        {
            if (state.Score >= best - Hopeless)
            {
                states[kept] = state;
                states[kept++].Score -= best;
            }
        }

        return kept;
    }

    private static int Best(ReadOnlySpan<MatchState> states)
    {
        var best = 0;
        for (var i = 1; i < states.Length; i++)
        {
            best = states[i].Score > states[best].Score ? i : best;
        }

        return best;
    }

    /// <summary>Makes the ring longer when the next column would take the place of one that still matters.</summary>
    private void DemandRoom()
    {
        var slots = _counts.Length;
        while (_next - FirstThatMatters >= slots)
        {
            slots *= 2;
        }

        if (slots == _counts.Length)
        {
            return;
        }

        var (states, counts) = (new MatchState[slots * _width], new int[slots]);
        for (var column = Math.Max(0, _next - _counts.Length); column < _next; column++)
        {
            var slot = (int)column & (slots - 1);
            Column(column).CopyTo(states.AsSpan(slot * _width));
            counts[slot] = _counts[Slot(column)];
        }

        (_states, _counts) = (states, counts);
    }

    private static ulong All(int count) => count == 64 ? ulong.MaxValue : (1UL << count) - 1;

    private int Slot(long column) => (int)column & (_counts.Length - 1);

    private Span<MatchState> Column(long column) => _states.AsSpan(Slot(column) * _width, _counts[Slot(column)]);
}
