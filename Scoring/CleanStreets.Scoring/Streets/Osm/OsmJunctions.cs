using CleanStreets.Contracts;

namespace CleanStreets.Scoring.Streets;

/// <summary>One segment driven one way, by its lasting id.</summary>
internal readonly record struct DirectedSegment(SegmentId Id, bool Forward);

/// <summary>The segments that meet at a node, told apart by the node next to it on each.</summary>
internal sealed class OsmJunctions
{
    private readonly Dictionary<(long Node, long Next), DirectedSegment> _entering = [];
    private readonly Dictionary<(long Node, long Next), DirectedSegment> _leaving = [];
    private readonly ILookup<long, DirectedSegment> _leavingFrom;

    public OsmJunctions(IReadOnlyList<StreetLine> streets, SegmentId[] ids)
    {
        var leaving = new List<(long Node, DirectedSegment Exit)>();
        for (var i = 0; i < streets.Count; i++)
        {
            var (nodes, forward, backward) = (streets[i].Nodes, new DirectedSegment(ids[i], true), new DirectedSegment(ids[i], false));
            Add(nodes, forward);
            if (!streets[i].OneWay)
            {
                Add([.. nodes.Reverse()], backward);
            }
        }

        _leavingFrom = leaving.ToLookup(exit => exit.Node, exit => exit.Exit);

        void Add(long[] nodes, DirectedSegment driven)
        {
            _entering.TryAdd((nodes[^1], nodes[^2]), driven);
            _leaving.TryAdd((nodes[0], nodes[1]), driven);
            leaving.Add((nodes[0], driven));
        }
    }

    /// <summary>What arrives at a node from the one next to it; null when no segment ends so.</summary>
    public DirectedSegment? Entering(long node, long next) => _entering.TryGetValue((node, next), out var driven) ? driven : null;

    /// <summary>What leaves a node towards the one next to it; null when no segment begins so.</summary>
    public DirectedSegment? Leaving(long node, long next) => _leaving.TryGetValue((node, next), out var driven) ? driven : null;

    /// <summary>Everything that leaves a node.</summary>
    public IEnumerable<DirectedSegment> LeavingFrom(long node) => _leavingFrom[node];
}
