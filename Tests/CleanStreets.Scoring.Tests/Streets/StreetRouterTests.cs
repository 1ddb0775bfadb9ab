using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Tests.Streets;

public class StreetRouterTests
{
    [Fact]
    public void Forbidden_turn_is_driven_round_and_made_only_where_there_is_no_other_way()
    {
        var grid = TestStreets.Grid();
        string Drive(StreetNetwork network) => string.Join(' ', new StreetRouter(network)
            .Find(new StreetPosition(network.IndexOf("h00"), 50), new StreetPosition(network.IndexOf("v11"), 50), startForward: true, endForward: true)!
            .Legs.Select(leg => (leg.Forward ? "+" : "-") + network.Segments[leg.SegmentIndex].Id.Value));

        Drive(grid).ShouldBe("+h00 +v10 +v11");
        Drive(TestStreets.Forbid(grid, "+h00 +v10")).ShouldBe("+h00 +h01 +v20 -h11 +v11");
        Drive(TestStreets.Forbid(grid, "+h00 +v10", "+h00 +h01", "+h00 -h00")).ShouldBe("+h00 +v10 +v11");
    }

    [Fact]
    public void Route_is_as_short_as_the_blocks_allow_and_continuous()
    {
        var network = TestStreets.Grid();

        var route = new StreetRouter(network).Find(At(network, "h00", 20), At(network, "v32", 70)).ShouldNotBeNull();

        route.LengthMetres.ShouldBe(280 + 270, 0.5);
        ShouldBeContinuous(network, route);
    }

    [Fact]
    public void Route_keeps_one_ways()
    {
        var network = StreetNetwork.Create(
        [
            TestStreets.OneWay("south", (0, 0), (100, 0)),
            TestStreets.OneWay("east", (100, 0), (100, 100)),
            TestStreets.OneWay("north", (100, 100), (0, 100)),
            TestStreets.OneWay("west", (0, 100), (0, 0)),
        ]);

        var route = new StreetRouter(network).Find(At(network, "south", 60), At(network, "south", 40)).ShouldNotBeNull();

        route.LengthMetres.ShouldBe(380, 0.5);
        route.Legs.ShouldAllBe(leg => leg.Forward);
    }

    [Fact]
    public void Route_turns_round_at_a_dead_end_and_goes_round_the_block_elsewhere()
    {
        var network = StreetNetwork.Create(
            [.. TestStreets.Grid(1).Segments.Select(Definition), TestStreets.Street("lane", (100, 100), (160, 100))]);
        var router = new StreetRouter(network);

        var intoLane = router.Find(At(network, "lane", 10), At(network, "v10", 50), startForward: true).ShouldNotBeNull();
        var back = router.Find(At(network, "h00", 50), At(network, "h00", 20), startForward: true, endForward: false).ShouldNotBeNull();

        intoLane.LengthMetres.ShouldBe(50 + 60 + 50, 0.5);
        intoLane.Legs.Count.ShouldBe(3);
        ShouldBeContinuous(network, intoLane);
        ShouldBeContinuous(network, back);
        back.Legs[0].Forward.ShouldBeTrue();
        back.Legs[^1].Forward.ShouldBeFalse();
    }

    [Fact]
    public void Route_that_does_not_exist_is_null()
    {
        var network = StreetNetwork.Create([TestStreets.Street("a", (0, 0), (100, 0)), TestStreets.Street("b", (300, 0), (400, 0))]);

        new StreetRouter(network).Find(At(network, "a", 5), At(network, "b", 5)).ShouldBeNull();
    }

    [Fact]
    public void Routes_in_a_city_are_never_longer_than_a_plain_search_over_everything()
    {
        var network = GeneratedCity.Create(5);
        var router = new StreetRouter(network);
        var random = new Random(5);
        for (var i = 0; i < 60; i++)
        {
            int from = random.Next(network.Segments.Count), to = random.Next(network.Segments.Count);
            var route = router.Find(new StreetPosition(from, 0), new StreetPosition(to, 0), true, network.Segments[to].OneWay ? true : null);

            route.ShouldNotBeNull();
            ShouldBeContinuous(network, route);
            if (from != to)
            {
                (Driven(network, route) - Plain(network, from, to)).ShouldBe(0, 1e-6);
            }
        }
    }

    /// <summary>Cost of a found route with its U-turns, to compare with the plain search.</summary>
    private static double Driven(StreetNetwork network, StreetRoute route)
    {
        var cost = route.LengthMetres;
        for (var i = 1; i < route.Legs.Count; i++)
        {
            cost += network.Edges.TurnCost(Edge(route.Legs[i - 1]), Edge(route.Legs[i]), StreetRouter.UTurnMetres);
        }

        return cost;
    }

    /// <summary>Slow and obvious: relaxes every edge until nothing changes.</summary>
    private static double Plain(StreetNetwork network, int from, int to)
    {
        var edges = network.Edges;
        var toEnd = Enumerable.Repeat(double.MaxValue, edges.Count).ToArray();
        toEnd[StreetEdges.Of(from, true)] = edges.Length(StreetEdges.Of(from, true));
        for (var changed = true; changed;)
        {
            changed = false;
            for (var edge = 0; edge < edges.Count; edge++)
            {
                foreach (var next in edges.From(edges.EndNode(edge)))
                {
                    var cost = toEnd[edge] + edges.TurnCost(edge, next, StreetRouter.UTurnMetres) + edges.Length(next);
                    if (toEnd[edge] < double.MaxValue && cost < toEnd[next] - 1e-9)
                    {
                        (toEnd[next], changed) = (cost, true);
                    }
                }
            }
        }

        // Offset 0 of the goal: at once when driven forwards, after its whole length when driven backwards.
        var forward = StreetEdges.Of(to, true);
        var there = toEnd[forward] - edges.Length(forward);
        return edges.IsDrivable(StreetEdges.Reverse(forward)) ? Math.Min(there, toEnd[StreetEdges.Reverse(forward)]) : there;
    }

    private static StreetDefinition Definition(StreetSegment s) => new(s.Id, s.Name, s.Class, s.OneWay, s.Geometry);

    private static int Edge(RouteLeg leg) => StreetEdges.Of(leg.SegmentIndex, leg.Forward);

    private static StreetPosition At(StreetNetwork network, string id, double offset) => new(network.IndexOf(id), offset);

    private static void ShouldBeContinuous(StreetNetwork network, StreetRoute route)
    {
        for (var i = 1; i < route.Legs.Count; i++)
        {
            network.Edges.EndNode(Edge(route.Legs[i - 1])).ShouldBe(network.Edges.StartNode(Edge(route.Legs[i])));
            network.Edges.IsDrivable(Edge(route.Legs[i])).ShouldBeTrue();
        }
    }
}
