using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Matching;

/// <summary>Tables of reach for any limit: those that everybody shares, and large ones of one long gap for their asker alone.</summary>
internal sealed class RouteTables(StreetEdges edges, NetworkReach shared)
{
    // Tables of the present long gap only: they are large and hardly ever asked for twice.
    private readonly Dictionary<int, EdgeReach> _far = [];

    /// <summary>A new step begins: what was searched for one long gap is of no use for the next.</summary>
    public void Forget() => _far.Clear();

    /// <summary>A table that knows every cost up to <paramref name="limit"/>, and perhaps more.</summary>
    public EdgeReach From(int edge, double limit) => limit <= NetworkReach.LargestBound ? shared.From(edge, limit) : Far(edge, limit);

    private EdgeReach Far(int edge, double limit)
    {
        if (!_far.TryGetValue(edge, out var reach) || reach.Bound < limit)
        {
            reach = _far[edge] = EdgeReach.Search(edges, edge, limit, shared.KeepsTurns);
        }

        return reach;
    }
}
