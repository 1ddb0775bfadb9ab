using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Dashboard.Map;

namespace CleanStreets.Dashboard.Tests.Map;

public sealed class CrossStreetsTests
{
    [Fact]
    public void Block_is_named_by_the_streets_at_both_ends_whichever_way_it_was_drawn()
    {
        var there = Street("Main Street", (1, 0), (2, 0));
        var back = Street("Main Street", (3, 0), (2, 0));
        var streets = new[] { there, back, Street("Linden Avenue", (1, 0), (1, 1)), Street("Elm Avenue", (2, 0), (2, 1)), Street("Ash Avenue", (3, 0), (3, 1)) };

        BlockOf(there, streets).ShouldBe("Elm Avenue to Linden Avenue");
        BlockOf(back, streets).ShouldBe("Ash Avenue to Elm Avenue");
    }

    [Fact]
    public void Dead_end_names_its_one_crossing()
    {
        var street = Street("Main Street", (1, 0), (2, 0));

        BlockOf(street, [street, Street("Linden Avenue", (1, 0), (1, 1))]).ShouldBe("from Linden Avenue");
        BlockOf(street, [street, Street("Linden Avenue", (2, 0), (1, 1))]).ShouldBe("from Linden Avenue");
    }

    [Fact]
    public void Crescent_between_two_points_of_one_street_is_at_it()
    {
        var crescent = Street("The Crescent", (1, 0), (1.5, 1), (2, 0));

        BlockOf(crescent, [crescent, Street("Main Street", (0, 0), (1, 0)), Street("Main Street", (1, 0), (2, 0))]).ShouldBe("at Main Street");
    }

    [Fact]
    public void Unnamed_alley_does_not_end_a_block()
    {
        var first = Street("Main Street", (1, 0), (1.5, 0));
        var second = Street("Main Street", (2, 0), (1.5, 0));
        var streets = new[] { first, second, Street(null, (1.5, 0), (1.5, 1)), Street("Linden Avenue", (1, 0), (1, 1)), Street("Elm Avenue", (2, 0), (2, 1)) };

        BlockOf(first, streets).ShouldBe("Elm Avenue to Linden Avenue");
        BlockOf(second, streets).ShouldBe("Elm Avenue to Linden Avenue");
    }

    [Fact]
    public void Nothing_is_said_where_nothing_crosses_and_a_ring_road_ends()
    {
        var alone = Street("Main Street", (1, 0), (2, 0));
        var ring = new[] { Street("Ring", (0, 0), (1, 0)), Street("Ring", (1, 0), (1, 1)), Street("Ring", (1, 1), (0, 0)) };

        BlockOf(alone, [alone]).ShouldBeNull();
        BlockOf(ring[0], ring).ShouldBeNull();
    }

    private static string? BlockOf(MapSegment segment, MapSegment[] streets) => new CrossStreets(streets).Of(segment);

    private static MapSegment Street(string? name, params (double Longitude, double Latitude)[] line) => new(
        new StreetProperties(SegmentId.Parse("s"), 0, name, "residential", OneWay: false, 100), [.. line.Select(point => new[] { point.Longitude, point.Latitude })]);
}
