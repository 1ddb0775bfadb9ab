namespace CleanStreets.Scoring.Streets;

/// <summary>Which streets hang together: by any way at all, and by driving both there and back.</summary>
internal static class StreetPieces
{
    /// <summary>Connected pieces, one-ways ignored, largest first.</summary>
    public static List<IReadOnlyList<int>> Connected(StreetNetwork network)
    {
        var touching = new List<int>[network.NodeCount];
        foreach (var segment in network.Segments)
        {
            (touching[segment.FromNode] ??= []).Add(segment.ToNode);
            (touching[segment.ToNode] ??= []).Add(segment.FromNode);
        }

        var piece = new int[network.NodeCount];
        var pieces = 0;
        for (var node = 0; node < piece.Length; node++)
        {
            if (piece[node] == 0)
            {
                pieces++;
                Flood(node, next => touching[next], piece, pieces);
            }
        }

        return [.. network.Segments
            .GroupBy(segment => piece[segment.FromNode], segment => segment.Index)
            .Select(IReadOnlyList<int> (group) => group.ToArray())
            .OrderByDescending(group => group.Count)];
    }

    /// <summary>The largest set of segments whose junctions can all be driven to from each other.</summary>
    public static List<int> DrivableCore(StreetNetwork network)
    {
        // Kosaraju: junctions in the order they are finished driving forwards; floods against the traffic in reverse order.
        var (ahead, behind) = Neighbours(network);
        var order = FinishOrder(ahead);
        var core = new int[network.NodeCount];
        var cores = 0;
        for (var i = order.Count - 1; i >= 0; i--)
        {
            if (core[order[i]] == 0)
            {
                cores++;
                Flood(order[i], node => behind[node], core, cores);
            }
        }

        var inside = network.Segments.Where(segment => core[segment.FromNode] == core[segment.ToNode]);
        var largest = inside.GroupBy(segment => core[segment.FromNode]).MaxBy(group => group.Count());
        return largest is null ? [] : [.. largest.Select(segment => segment.Index)];
    }

    private static (List<int>[] Ahead, List<int>[] Behind) Neighbours(StreetNetwork network)
    {
        var ahead = Enumerable.Range(0, network.NodeCount).Select(_ => new List<int>()).ToArray();
        var behind = Enumerable.Range(0, network.NodeCount).Select(_ => new List<int>()).ToArray();
        for (var edge = 0; edge < network.Edges.Count; edge++)
        {
            if (network.Edges.IsDrivable(edge))
            {
                ahead[network.Edges.StartNode(edge)].Add(network.Edges.EndNode(edge));
                behind[network.Edges.EndNode(edge)].Add(network.Edges.StartNode(edge));
            }
        }

        return (ahead, behind);
    }

    private static List<int> FinishOrder(List<int>[] ahead)
    {
        var order = new List<int>(ahead.Length);
        var next = new int[ahead.Length];
        var entered = new bool[ahead.Length];
        var path = new Stack<int>();
        for (var start = 0; start < ahead.Length; start++)
        {
            if (!entered[start])
            {
                entered[start] = true;
                path.Push(start);
            }

            while (path.TryPeek(out var node))
            {
                if (next[node] == ahead[node].Count)
                {
                    order.Add(path.Pop());
                }
                else if (ahead[node][next[node]++] is var neighbour && !entered[neighbour])
                {
                    entered[neighbour] = true;
                    path.Push(neighbour);
                }
            }
        }

        return order;
    }

    private static void Flood(int start, Func<int, List<int>> neighbours, int[] colour, int with)
    {
        var open = new Stack<int>([start]);
        colour[start] = with;
        while (open.TryPop(out var node))
        {
            foreach (var neighbour in neighbours(node))
            {
                if (colour[neighbour] == 0)
                {
                    colour[neighbour] = with;
                    open.Push(neighbour);
                }
            }
        }
    }
}
