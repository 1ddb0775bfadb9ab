namespace CleanStreets.Scoring.Streets;

/// <summary>Where ways end: the junction of a turn restriction is an end of both its ways.</summary>
internal sealed class OsmWayEnds
{
    private readonly Dictionary<(long Way, long Node), long?> _next = [];

    public OsmWayEnds(IReadOnlyList<StreetLine> ways)
    {
        foreach (var way in ways)
        {
            Add(way.Source, way.Nodes[0], way.Nodes[1]);
            Add(way.Source, way.Nodes[^1], way.Nodes[^2]);
        }

        void Add(long way, long node, long next)
        {
            if (!_next.TryAdd((way, node), next))
            {
                _next[(way, node)] = null; // A way that ends twice at one node does not say from which side.
            }
        }
    }

    /// <summary>The node of a way next to one at its end; null when the way does not end there, or twice.</summary>
    public long? NextTo(long way, long node) => _next.GetValueOrDefault((way, node));
}
