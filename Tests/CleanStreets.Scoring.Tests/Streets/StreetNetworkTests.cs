using CleanStreets.Contracts;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Tests.Streets;

public class StreetNetworkTests
{
    [Fact]
    public void Segments_that_share_an_end_point_share_a_junction()
    {
        var network = TestStreets.Grid();

        network.NodeCount.ShouldBe(16);
        network.Segments[network.IndexOf("h00")].ToNode.ShouldBe(network.Segments[network.IndexOf("v10")].FromNode);
        network.Segments.ShouldAllBe(segment => Math.Abs(segment.LengthMetres - 100) < 0.1);
    }

    [Fact]
    public void Version_depends_on_content_and_not_on_order()
    {
        StreetDefinition[] streets = [TestStreets.Street("a", (0, 0), (50, 0)), TestStreets.Street("b", (50, 0), (50, 50))];
        var version = StreetNetwork.Create(streets).Version;

        version.Length.ShouldBe(12);
        StreetNetwork.Create(streets.Reverse()).Version.ShouldBe(version);
        StreetNetwork.Create([streets[0], streets[1] with { Name = "Other" }]).Version.ShouldNotBe(version);
        StreetNetwork.Create([streets[0], streets[1] with { OneWay = true }]).Version.ShouldNotBe(version);
    }

    [Fact]
    public void Grid_finds_what_a_look_at_every_piece_finds()
    {
        var random = new Random(11);
        var network = GeneratedCity.Create(2);
        var hits = new SegmentHit[64];
        for (var i = 0; i < 500; i++)
        {
            double x = random.NextDouble() * 3000 - 1500, y = random.NextDouble() * 2400 - 1200, radius = random.Next(5, 120);

            var count = network.Grid.Find(x, y, radius, hits);

            var expected = network.Segments
                .Select(segment => (segment.Index, Distance: Nearest(network, segment.Index, x, y)))
                .Where(found => found.Distance <= radius)
                .OrderBy(found => found.Distance)
                .ToArray();
            count.ShouldBe(expected.Length, $"at {x}, {y} within {radius}");
            hits.Take(count).Select(hit => Math.Round(hit.Distance, 6)).ShouldBe(expected.Select(found => Math.Round(found.Distance, 6)));
        }
    }

    [Fact]
    public void Grid_leaves_out_only_what_lies_beyond_the_reach_of_the_nearest()
    {
        var random = new Random(12);
        var network = GeneratedCity.Create(2);
        SegmentHit[] all = new SegmentHit[64], some = new SegmentHit[64];
        for (var i = 0; i < 500; i++)
        {
            double x = random.NextDouble() * 3000 - 1500, y = random.NextDouble() * 2400 - 1200, radius = random.Next(5, 120);
            var reach = new Farther(random.Next(0, 60));

            var expected = all.Take(network.Grid.Find(x, y, radius, all)).TakeWhile(hit => hit.Distance <= reach.Beyond(all[0].Distance)).ToArray();
            some.Take(network.Grid.Find(x, y, radius, some, reach)).Take(expected.Length).ShouldBe(expected, $"at {x}, {y} within {radius}");
        }
    }

    [Fact]
    public void Grid_keeps_the_nearest_when_room_is_short()
    {
        var network = TestStreets.Grid();
        var place = network.Projection.ToPlane(TestStreets.Place(105, 112));
        var hits = new SegmentHit[2];

        network.Grid.Find(place.X, place.Y, 80, hits).ShouldBe(2);

        hits[0].Segment.ShouldBe(network.IndexOf("v11"));
        hits[1].Segment.ShouldBe(network.IndexOf("h11"));
    }

    [Theory]
    [InlineData(double.NaN, 0)]
    [InlineData(1e300, -1e300)]
    [InlineData(double.PositiveInfinity, 5)]
    public void Grid_finds_nothing_at_a_place_that_is_none(double x, double y) =>
        TestStreets.Grid().Grid.Find(x, y, 50, new SegmentHit[4]).ShouldBe(0);

    [Fact]
    public void Nearest_street_comes_with_its_offset_and_direction()
    {
        var network = TestStreets.Grid();

        network.TryFindNearest(TestStreets.Place(30, 4), 20, out var nearest).ShouldBeTrue();

        nearest.Position.SegmentIndex.ShouldBe(network.IndexOf("h00"));
        nearest.Position.OffsetMetres.ShouldBe(30, 0.1);
        nearest.DistanceMetres.ShouldBe(4, 0.1);
        nearest.HeadingDegrees.ShouldBe(90, 0.1);
        network.TryFindNearest(TestStreets.Place(-500, 0), 100, out _).ShouldBeFalse();
    }

    [Fact]
    public void Check_names_pieces_duplicates_and_points()
    {
        var network = StreetNetwork.Create(
        [
            TestStreets.Street("a", (0, 0), (100, 0)),
            TestStreets.OneWay("b", (100, 0), (200, 0)),
            TestStreets.Street("c", (100, 0), (0, 0)),
            TestStreets.Street("d", (500, 0), (500, 90)),
            TestStreets.Street("e", (500, 90), (500, 90)),
        ]);

        var report = StreetCheck.Run(network);

        report.Pieces.Select(piece => piece.Count).ShouldBe([3, 2]);
        report.Core.Count.ShouldBe(2);
        report.SameGeometry.Select(pair => (pair.First.Value, pair.Second.Value)).ShouldBe([("a", "c")]);
        report.ZeroLength.Select(id => id.Value).ShouldBe(["e"]);
    }

    [Fact]
    public void Check_names_streets_that_signs_leave_no_way_out_of_or_into()
    {
        // A crossing of four streets; along "west" one comes to it.
        StreetDefinition[] streets =
        [
            TestStreets.Street("west", (-100, 0), (0, 0)),
            TestStreets.Street("east", (0, 0), (100, 0)),
            TestStreets.Street("north", (0, 0), (0, 100)),
            TestStreets.OneWay("south", (0, -100), (0, 0)), // Nobody drives into it from here.
        ];
        ForbiddenTurn Turn(string from, bool fromForward, string to, bool toForward) => new(SegmentId.Parse(from), fromForward, SegmentId.Parse(to), toForward);
        StreetReport Report(params ForbiddenTurn[] turns) => StreetCheck.Run(StreetNetwork.Create(streets, turns));

        var one = Report(Turn("west", true, "north", true));
        (one.NoWayOut.Count, one.NoWayIn.Count).ShouldBe((0, 0), "the east is left");

        var trap = Report(Turn("west", true, "north", true), Turn("west", true, "east", true));
        trap.NoWayOut.ShouldBe([(SegmentId.Parse("west"), true)], "turning round is no way on");
        trap.NoWayIn.ShouldBeEmpty();

        var island = Report(Turn("west", true, "north", true), Turn("east", false, "north", true), Turn("south", true, "north", true));
        island.NoWayIn.ShouldBe([(SegmentId.Parse("north"), true)]);
        island.NoWayOut.ShouldBeEmpty();

        Report(Turn("north", true, "north", false)).NoWayOut.ShouldBe([(SegmentId.Parse("north"), true)], "a dead end in which one may not turn");
    }

    private static double Nearest(StreetNetwork network, int segment, double x, double y)
    {
        network.Shapes.NearestOffset(segment, 0, network.Shapes.LengthOf(segment), x, y, out var squared);
        return Math.Sqrt(squared);
    }

    private readonly struct Farther(double metres) : ISearchReach
    {
        public double Beyond(double nearest) => nearest + metres;
    }
}
