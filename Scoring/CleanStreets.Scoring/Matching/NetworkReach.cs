using System.Runtime.CompilerServices;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Matching;

/// <summary>The reach of every edge of a network, searched when first asked for and shared by all traces.</summary>
/// <remarks>
/// Any number of threads may ask: tables are immutable and swapped whole. Two threads may search the same table at once; they find
/// the same. Memory follows what is driven and how far fixes lie apart: about 1 KB an edge at 1 Hz in a dense city.
/// </remarks>
internal sealed class NetworkReach(StreetNetwork network, bool keepsTurns = true)
{
    /// <summary>Farthest reach that is remembered. Ways beyond it follow rare long gaps; remembering those would fill the memory.</summary>
    public const double LargestBound = 1000;

    /// <summary>What fixes a second or two apart ask for. Larger tables would hold several times as much and push each other out of the cache.</summary>
    private const double SmallestBound = 330;

    private static readonly ConditionalWeakTable<StreetNetwork, NetworkReach> Shared = [];

    private readonly EdgeReach?[] _reach = new EdgeReach?[network.Edges.Count];

    /// <summary>Whether forbidden turns are left out.</summary>
    public bool KeepsTurns => keepsTurns;

    /// <summary>The tables of the same network when signs are not heeded; null where no turn is forbidden: they would be the same.</summary>
    public NetworkReach? WithForbidden { get; } = keepsTurns && network.Edges.ForbidsTurns ? new NetworkReach(network, keepsTurns: false) : null;

    /// <summary>The tables of a network, the same ones for everybody.</summary>
    public static NetworkReach Of(StreetNetwork network) => Shared.GetValue(network, static streets => new NetworkReach(streets));

    /// <summary>By edge: the least cost of driving on to any next edge and to its end; what is not next lies at least that far away, signs heeded or not.</summary>
    public double[] Onward { get; } = [.. Enumerable.Range(0, network.Edges.Count).Select(edge => OnwardOf(network.Edges, edge))];

    /// <summary>A table that knows every cost up to <paramref name="atLeast"/>, which is not above <see cref="LargestBound"/>.</summary>
    public EdgeReach From(int edge, double atLeast)
    {
        var reach = Volatile.Read(ref _reach[edge]);
        return reach is not null && reach.Bound >= atLeast ? reach : Search(edge, atLeast);
    }

    private static double OnwardOf(StreetEdges edges, int edge)
    {
        var least = double.PositiveInfinity;
        foreach (var next in edges.From(edges.EndNode(edge)))
        {
            least = Math.Min(least, edges.TurnCost(edge, next, EdgeReach.UTurnMetres) + edges.Length(next));
        }

        return least;
    }

    private EdgeReach Search(int edge, double atLeast)
    {
        var bound = SmallestBound;
        while (bound < atLeast)
        {
            bound *= 2;
        }

        var reach = EdgeReach.Search(network.Edges, edge, bound, keepsTurns);
        Volatile.Write(ref _reach[edge], reach);
        return reach;
    }
}
