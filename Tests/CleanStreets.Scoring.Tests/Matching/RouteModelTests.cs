using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Tests.Matching;

public class RouteModelTests
{
    private const double Limit = 300;

    private readonly StreetNetwork _network = GeneratedCity.Create(3);
    private readonly Random _random = new(5);

    [Fact]
    public void Way_through_junctions_costs_what_a_search_from_its_edge_says()
    {
        var routes = new RouteModel(_network);
        for (var i = 0; i < 3000; i++)
        {
            var (from, to) = (Somewhere(), Somewhere());
            to = _random.Next(3) == 0 ? Near(from) : to;
            if (from.Edge >> 1 == to.Edge >> 1)
            {
                continue; // Along, back, or turned round: no table is asked for these alone.
            }

            EdgeReach? reach = null;
            var table = EdgeReach.Search(_network.Edges, from.Edge, Limit);
            var (entry, remaining) = (table.Find(to.Edge), _network.Edges.Length(from.Edge) - from.Offset);
            var expected = entry < 0 ? double.PositiveInfinity : remaining + table.Cost(entry) + to.Offset;

            routes.Cost(from, to, Limit, ref reach).ShouldBe(expected <= Limit ? expected : double.PositiveInfinity);
        }
    }

    [Fact]
    public void No_way_is_shorter_than_what_it_has_at_least()
    {
        var routes = new RouteModel(_network);
        for (var i = 0; i < 5000; i++)
        {
            var from = Somewhere();
            var to = _random.Next(4) == 0 ? Somewhere() : Near(from);
            EdgeReach? reach = null;

            routes.AtLeast(from, to).ShouldBeLessThanOrEqualTo(routes.Cost(from, to, Limit, ref reach));
        }
    }

    private MatchState Somewhere() => On(_random.Next(_network.Edges.Count));

    /// <summary>On the same street, on the next one, or on one after that.</summary>
    private MatchState Near(in MatchState state)
    {
        var edge = state.Edge ^ _random.Next(2);
        for (var steps = _random.Next(3); steps > 0; steps--)
        {
            var onward = _network.Edges.From(_network.Edges.EndNode(edge));
            edge = onward.Length > 0 ? onward[_random.Next(onward.Length)] : edge;
        }

        return On(edge);
    }

    private MatchState On(int edge) => new() { Edge = edge, Offset = _random.NextDouble() * _network.Edges.Length(edge), Parent = -1 };
}
