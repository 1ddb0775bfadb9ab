using CleanStreets.Contracts;
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

    [Fact]
    public void Way_among_forbidden_turns_costs_what_it_drives_and_a_price_for_each_that_it_makes()
    {
        var edges = _network.Edges;
        var network = StreetNetwork.Create(
            _network.Segments.Select(s => new StreetDefinition(s.Id, s.Name, s.Class, s.OneWay, s.Geometry)),
            Enumerable.Range(0, edges.Count).Where(edges.IsDrivable).SelectMany(edge => edges.From(edges.EndNode(edge)).ToArray().Select(next => (edge, next)))
                .Where(_ => _random.Next(4) == 0).Select(turn => new ForbiddenTurn(Id(turn.edge), StreetEdges.IsForward(turn.edge), Id(turn.next), StreetEdges.IsForward(turn.next))));
        var routes = new RouteModel(network);
        var (kept, made) = (0, 0);
        for (var i = 0; i < 5000; i++)
        {
            var from = Somewhere();
            var to = _random.Next(4) == 0 ? Somewhere() : Near(from);
            EdgeReach? reach = null;
            var legs = new List<PathLeg>();

            var cost = routes.Cost(from, to, Limit, ref reach);
            routes.Drive(from, to, Limit, legs);

            routes.AtLeast(from, to).ShouldBeLessThanOrEqualTo(cost);
            if (legs.Count > 1 && legs[1].From == 0) // Turning round on a street begins the second leg on its middle.
            {
                var turns = legs.Skip(1).Zip(legs, (next, edge) => (edge.Edge, Next: next.Edge)).ToList();
                var forbidden = turns.Count(turn => network.Edges.IsForbidden(turn.Edge, turn.Next));
                var priced = legs.Sum(leg => leg.To - leg.From) + turns.Sum(turn => network.Edges.TurnCost(turn.Edge, turn.Next, EdgeReach.UTurnMetres))
                    + (forbidden * ForbiddenWays.Price(Limit));
                cost.ShouldBe(priced, 1e-6);
                (kept, made) = forbidden > 0 ? (kept, made + 1) : (kept + 1, made);
            }
        }

        kept.ShouldBeGreaterThan(300);
        made.ShouldBeGreaterThan(100);

        SegmentId Id(int edge) => _network.Segments[StreetEdges.SegmentOf(edge)].Id;
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
