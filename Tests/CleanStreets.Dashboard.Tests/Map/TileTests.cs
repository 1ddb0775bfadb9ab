using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Dashboard.Map;
using CleanStreets.Dashboard.Tests.Support;

namespace CleanStreets.Dashboard.Tests.Map;

public sealed class TileTests
{
    private const int Low = -TileEncoder.Buffer;
    private const int High = TileEncoder.Extent + TileEncoder.Buffer;

    [Fact]
    public void Tile_holds_each_segment_with_index_plus_one_as_id_and_its_names()
    {
        var map = Streets.Map(5);
        var layer = TileDecoder.Decode(new TileEncoder().Encode(map, TileOf(map.Segments[2], 12))).ShouldHaveSingleItem();

        (layer.Name, layer.Version, layer.Extent).ShouldBe(("segments", 2, 4096));
        layer.Features.Select(feature => feature.Id).ShouldBe([1UL, 2UL, 3UL, 4UL, 5UL]);
        layer.Features[2].Properties.ShouldBe(new Dictionary<string, object> { ["segmentId"] = "s-2", ["name"] = "2 Street", ["class"] = "residential", ["oneway"] = false });
        layer.Features[1].Properties["oneway"].ShouldBe(true);
        layer.Features[0].Properties.ShouldNotContainKey("name", "a street without a name has none");
    }

    [Fact]
    public void Tile_places_vertices_where_web_mercator_says()
    {
        var map = Streets.Map(1);
        var tile = TileOf(map.Segments[0], 14);
        var line = TileDecoder.Decode(new TileEncoder().Encode(map, tile))[0].Features[0].Lines.ShouldHaveSingleItem();

        // The textbook formula of the slippy map, written out once more.
        var expected = Streets.Line(0).Select(point =>
        {
            var latitude = point[1] * Math.PI / 180;
            var x = (point[0] + 180) / 360 * (1 << 14);
            var y = (1 - (Math.Log(Math.Tan(latitude) + (1 / Math.Cos(latitude))) / Math.PI)) / 2 * (1 << 14);
            return ((int)Math.Round((x - tile.X) * 4096), (int)Math.Round((y - tile.Y) * 4096));
        });
        line.ShouldBe(expected);
    }

    [Fact]
    public void Neighbouring_tiles_overlap_by_the_buffer_and_no_line_reaches_beyond_it()
    {
        var map = LongStreet();
        var middle = TileOf(map.Segments[0], 14);
        foreach (var tile in new[] { middle with { X = middle.X - 1 }, middle, middle with { X = middle.X + 1 } })
        {
            var points = TileDecoder.Decode(new TileEncoder().Encode(map, tile))[0].Features[0].Lines.SelectMany(line => line).ToList();
            points.ShouldAllBe(point => point.X >= Low && point.X <= High && point.Y >= Low && point.Y <= High);
        }

        var cut = TileDecoder.Decode(new TileEncoder().Encode(map, middle))[0].Features[0].Lines.ShouldHaveSingleItem();
        (cut[0].X, cut[^1].X).ShouldBe((Low, High));
    }

    [Fact]
    public void Line_that_leaves_the_tile_and_comes_back_becomes_two_lines()
    {
        var inside = new TilePoint(100, 100);
        TilePoint[] line = [inside, new(100, -9000), new(200, -9000), new(200, 100)];
        var parts = LineClipper.Clip(line, Low, High);

        parts.Count.ShouldBe(2);
        parts[0].ShouldBe([inside, new TilePoint(100, Low)]);
        parts[1].ShouldBe([new TilePoint(200, Low), new TilePoint(200, 100)]);
    }

    [Fact]
    public void Simplifying_keeps_the_ends_and_every_visible_corner()
    {
        TilePoint[] line = [new(0, 0), new(50, 1), new(100, 0), new(100, 50), new(99, 100)];
        LineSimplifier.Simplify(line, 4).ShouldBe([new(0, 0), new(100, 0), new(99, 100)]);
    }

    [Fact]
    public void Random_lines_stay_inside_and_on_their_way_when_clipped()
    {
        const int Seed = 20261122;
        var random = new Random(Seed);
        for (var round = 0; round < 2000; round++)
        {
            var line = Enumerable.Range(0, random.Next(2, 8)).Select(_ => new TilePoint(random.Next(-9000, 13000), random.Next(-9000, 13000))).ToArray();
            foreach (var point in LineClipper.Clip(line, Low, High).SelectMany(part => part))
            {
                point.X.ShouldBeInRange(Low - 1e-6, High + 1e-6, $"seed {Seed}, round {round}");
                point.Y.ShouldBeInRange(Low - 1e-6, High + 1e-6);
                Enumerable.Range(1, line.Length - 1).Min(i => Off(point, line[i - 1], line[i])).ShouldBeLessThan(1e-3, $"seed {Seed}, round {round}");
            }
        }
    }

    [Fact]
    public void Tile_without_segments_is_empty()
    {
        var map = Streets.Map(3);
        new TileEncoder().Encode(map, new TileAddress(14, 1, 1)).ShouldBeEmpty();
        new TileCache().Get(map, new TileAddress(14, 1, 1)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(7, 10, 10, false)]
    [InlineData(8, 255, 255, true)]
    [InlineData(8, 256, 0, false)]
    [InlineData(14, 0, 16383, true)]
    [InlineData(15, 0, 0, false)]
    [InlineData(10, -1, 0, false)]
    public void Tile_address_is_checked(int zoom, int x, int y, bool valid) => new TileAddress(zoom, x, y).IsValid.ShouldBe(valid);

    private static StreetMap LongStreet() => new("v", [new MapSegment(
        new StreetProperties(SegmentId.Parse("long"), 0, "Long Street", null, false, 9000), [[-122.40, 37.81], [-122.20, 37.81]])]);

    private static TileAddress TileOf(MapSegment segment, int zoom)
    {
        var (x, y) = ((segment.Min.X + segment.Max.X) / 2, (segment.Min.Y + segment.Max.Y) / 2);
        return new TileAddress(zoom, (int)(x * (1 << zoom)), (int)(y * (1 << zoom)));
    }

    private static double Off(TilePoint point, TilePoint a, TilePoint b)
    {
        var (dx, dy) = (b.X - a.X, b.Y - a.Y);
        var length = (dx * dx) + (dy * dy);
        var t = length == 0 ? 0 : Math.Clamp((((point.X - a.X) * dx) + ((point.Y - a.Y) * dy)) / length, 0, 1);
        return Math.Sqrt(Math.Pow(point.X - a.X - (t * dx), 2) + Math.Pow(point.Y - a.Y - (t * dy), 2));
    }
}
