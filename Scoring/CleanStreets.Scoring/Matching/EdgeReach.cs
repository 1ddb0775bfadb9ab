using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Matching;

/// <summary>The edges that can be reached from the end of one edge within a bound, with the cost to the beginning of each.</summary>
/// <remarks>
/// Immutable. Cost is length, plus the price of U-turns. A table with a larger bound holds the same entries and more,
/// so an answer does not depend on how far a table happens to reach.
/// </remarks>
internal sealed class EdgeReach
{
    /// <summary>Price of a U-turn where there is another way out: 60 m, seldom true and then clear from the fixes.</summary>
    public const double UTurnMetres = 60;

    /// <summary>No edge: the slot is free.</summary>
    private const int Free = -1;

    // At most half full, so every search ends; a power of two, so that a mask is enough.
    private readonly Slot[] _slots;
    private readonly int _mask;

    private EdgeReach(double bound, List<(int Edge, int Before, double Cost)> entries)
    {
        Bound = bound;
        _slots = new Slot[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, entries.Count * 2))];
        _mask = _slots.Length - 1;
        Array.Fill(_slots, new Slot { Edge = Free });
        var slots = new int[entries.Count];
        for (var entry = 0; entry < slots.Length; entry++)
        {
            var (edge, before, cost) = entries[entry];
            var slot = FirstSlotOf(edge);
            while (_slots[slot].Edge != Free)
            {
                slot = (slot + 1) & _mask;
            }

            // The entry before this one was settled earlier, so its slot is known.
            _slots[slot] = new Slot { Edge = edge, Before = before < 0 ? -1 : slots[before], Cost = cost };
            slots[entry] = slot;
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
        // Not through the array's own bounds: its length lies elsewhere in memory than the slot, and most tables are not in the cache.
        ref var first = ref MemoryMarshal.GetArrayDataReference(_slots);
        var slot = FirstSlotOf(edge);
        while (true)
        {
            var found = Unsafe.Add(ref first, slot).Edge;
            if (found == edge)
            {
                return slot;
            }

            if (found == Free)
            {
                return -1;
            }

            slot = (slot + 1) & _mask;
        }
    }

    /// <summary>Metres to the beginning of an entry that <see cref="Find"/> gave.</summary>
    public double Cost(int entry) => Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_slots), entry & _mask).Cost;

    public int Edge(int entry) => _slots[entry].Edge;

    /// <summary>The entry driven before this one; −1 when it follows the edge that the table is of.</summary>
    public int Before(int entry) => _slots[entry].Before;

    private int FirstSlotOf(int edge) => (int)(((uint)edge * 2654435769u) >> 7) & _mask;

    /// <summary>All that is known of one edge, so that one look into memory is enough.</summary>
    private struct Slot
    {
        public int Edge;
        public int Before;
        public double Cost;
    }
}
