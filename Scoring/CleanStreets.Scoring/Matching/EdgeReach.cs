using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Matching;

/// <summary>The edges that can be reached from the end of one edge within a bound, with the cost to the beginning of each.</summary>
/// <remarks>
/// Immutable. Cost is length, plus the price of U-turns. A table with a larger bound holds the same entries first,
/// so an answer does not depend on how far a table happens to reach.
/// </remarks>
internal sealed class EdgeReach
{
    /// <summary>Price of a U-turn where there is another way out: 60 m, seldom true and then clear from the fixes.</summary>
    public const double UTurnMetres = 60;

    private readonly int[] _edges;
    private readonly int[] _before;
    private readonly double[] _cost;
    private readonly (int Edge, int Entry)[] _slots; // Entry + 1; 0 is free.

    private EdgeReach(double bound, List<(int Edge, int Before, double Cost)> entries)
    {
        Bound = bound;
        _edges = [.. entries.Select(entry => entry.Edge)];
        _before = [.. entries.Select(entry => entry.Before)];
        _cost = [.. entries.Select(entry => entry.Cost)];
        _slots = new (int, int)[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, entries.Count * 2))];
        for (var entry = 0; entry < _edges.Length; entry++)
        {
            var slot = SlotOf(_edges[entry]);
            while (_slots[slot].Entry != 0)
            {
                slot = (slot + 1) & (_slots.Length - 1);
            }

            _slots[slot] = (_edges[entry], entry + 1);
        }
    }

    /// <summary>Greatest cost the table knows of.</summary>
    public double Bound { get; }

    /// <summary>Searches outwards from the end of <paramref name="from"/>.</summary>
    /// <param name="edges">The network.</param>
    /// <param name="from">Edge that is driven to its end.</param>
    /// <param name="bound">Greatest cost that is looked for.</param>
    /// <param name="keepsTurns">Whether forbidden turns are left out.</param>
    public static EdgeReach Search(StreetEdges edges, int from, double bound, bool keepsTurns = true)
    {
        var entries = new List<(int Edge, int Before, double Cost)>();
        var settled = new HashSet<int>();
        var open = new PriorityQueue<(int Edge, int Before), (double Cost, int Edge, int Before)>();
        Expand(from, -1, 0);
        while (open.TryDequeue(out var next, out var priority))
        {
            if (settled.Add(next.Edge))
            {
                entries.Add((next.Edge, next.Before, priority.Cost));
                Expand(next.Edge, entries.Count - 1, priority.Cost + edges.Length(next.Edge));
            }
        }

        return new EdgeReach(bound, entries);

        void Expand(int edge, int entry, double cost)
        {
            foreach (var next in edges.From(edges.EndNode(edge)))
            {
                var total = cost + edges.TurnCost(edge, next, UTurnMetres);
                if (total <= bound && !settled.Contains(next) && !(keepsTurns && edges.IsForbidden(edge, next)))
                {
                    open.Enqueue((next, entry), (total, next, entry));
                }
            }
        }
    }

    /// <summary>The entry of an edge; −1 when it is not within the bound.</summary>
    public int Find(int edge)
    {
        var slots = _slots;
        var slot = SlotOf(edge);
        while (slots[slot].Edge != edge && slots[slot].Entry != 0)
        {
            slot = (slot + 1) & (slots.Length - 1);
        }

        return slots[slot].Entry - 1;
    }

    public double Cost(int entry) => _cost[entry];

    public int Edge(int entry) => _edges[entry];

    /// <summary>The entry driven before this one; −1 when it follows the edge that the table is of.</summary>
    public int Before(int entry) => _before[entry];

    private int SlotOf(int edge) => (int)(((uint)edge * 2654435769u) >> 7) & (_slots.Length - 1);
}
