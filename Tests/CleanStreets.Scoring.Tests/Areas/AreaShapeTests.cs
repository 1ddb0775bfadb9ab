using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Streets;
using CleanStreets.Scoring.Tests.Streets;
using CleanStreets.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace CleanStreets.Scoring.Tests.Areas;

public class AreaShapeTests
{
    private static readonly AreaShape WithHole = Shape([(0, 0), (10, 0), (10, 10), (0, 10)], [(4, 4), (6, 4), (6, 6), (4, 6)]);

    [Theory]
    [InlineData(-5, 5, 15, 5, 0.4)] // Through the hole: 8 of 20.
    [InlineData(1, 1, 3, 3, 1)]
    [InlineData(4.5, 5, 5.5, 5, 0)] // In the hole.
    [InlineData(11, 0, 12, 10, 0)]
    [InlineData(5, 5, 5, 15, 0.4)]
    public void Piece_of_street_counts_by_what_lies_inside(double fromX, double fromY, double toX, double toY, double share) =>
        WithHole.ShareInside(Place(fromX, fromY), Place(toX, toY)).ShouldBe(share, 1e-9);

    [Fact]
    public void Shares_of_areas_that_tile_a_city_sum_to_one_even_on_their_border() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            (double X, double Y)[] border = [.. Enumerable.Range(0, 20).Select(i => (5 + (random.Next(-30, 30) / 10.0), i / 2.0)).Append((5, 10))];
            (double, double)[] westRing = [(0, 0), .. border, (0, 10)];
            (double, double)[] eastRing = [(10, 10), .. border.Reverse(), (10, 0)];
            var (west, east) = (Shape(westRing), Shape(eastRing));
            for (var i = 0; i < 20; i++)
            {
                // Streets across, and streets that run on the border itself, as borders do.
                var on = random.Next(border.Length - 1);
                var (from, to) = i % 2 == 0
                    ? (Place(1 + (random.NextDouble() * 8), 0.5 + (random.NextDouble() * 9)), Place(1 + (random.NextDouble() * 8), 0.5 + (random.NextDouble() * 9)))
                    : (Place(border[on].X, border[on].Y), Place(border[on + 1].X, border[on + 1].Y));
                if (Math.Abs(west.ShareInside(from, to) + east.ShareInside(from, to) - 1) > 1e-6)
                {
                    return false;
                }
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Fact]
    public void Share_agrees_with_a_slow_count_of_points()
    {
        const int Seed = 5;
        var random = new Random(Seed);
        for (var round = 0; round < 60; round++)
        {
            (double X, double Y)[] ring = [.. Enumerable.Range(0, 40).Select(i => Star(i, random))];
            var shape = Shape(ring);
            var (from, to) = (Place(random.NextDouble() * 20, random.NextDouble() * 20), Place(random.NextDouble() * 20, random.NextDouble() * 20));
            const int Points = 4000;
            var inside = Enumerable.Range(0, Points).Count(i => IsInside(ring, Between(from, to, (i + 0.5) / Points)));
            shape.ShareInside(from, to).ShouldBe((double)inside / Points, 0.005, $"seed {Seed}, round {round}");
        }
    }

    [Fact]
    public void Streets_of_a_network_lie_in_an_area_by_length()
    {
        var network = TestStreets.Grid(size: 2, block: 100);
        var shape = new AreaShape([[TestStreets.Place(-10, -10), TestStreets.Place(150, -10), TestStreets.Place(150, 50), TestStreets.Place(-10, 50)]]);

        var streets = AreaStreets.Of(network, shape).ToDictionary(street => street.Segment.Id.Value, street => street.InsideShare);

        streets.Keys.ShouldBe(["h00", "h01", "v00", "v10"], ignoreOrder: true);
        streets["h00"].ShouldBe(1, 1e-6);
        streets["h01"].ShouldBe(0.5, 1e-5);
        streets["v10"].ShouldBe(0.5, 1e-5);
    }

    [Theory]
    [InlineData("data/la-boundaries/council_districts_2012.geojson", 15)]
    [InlineData("data/la-boundaries/neighborhood_councils.geojson", 95)]
    public void Layer_of_a_real_city_is_read_and_no_street_lies_in_it_twice(string file, int count)
    {
        var path = SharedData.Require(file);
        using var stream = File.OpenRead(path);
        var areas = AreaFile.Read(stream, path);
        var random = new Random(3);

        areas.Count.ShouldBe(count);
        areas.Select(area => area.Name).Distinct().Count().ShouldBe(count);
        var (inside, twice) = (0, 0);
        for (var i = 0; i < 300; i++)
        {
            var from = new GeoPoint(33.95 + (random.NextDouble() * 0.2), -118.45 + (random.NextDouble() * 0.2));
            var to = new GeoPoint(from.Latitude + 0.001, from.Longitude + 0.0007);
            var share = areas.Sum(area => area.Shape.ShareInside(from, to));
            inside += share > 0.5 ? 1 : 0;
            twice += share > 1 + 1e-6 ? 1 : 0;
        }

        inside.ShouldBeGreaterThan(100); // The rest is other cities.
        if (count == 15)
        {
            twice.ShouldBe(0);
        }
        else
        {
            twice.ShouldBeLessThan(40); // Some neighbourhood councils share ground on purpose.
        }
    }

    private static (double, double) Star(int i, Random random)
    {
        var (angle, radius) = (i * Math.Tau / 40, 2 + (random.NextDouble() * 8));
        return (10 + (radius * Math.Cos(angle)), 10 + (radius * Math.Sin(angle)));
    }

    private static bool IsInside((double X, double Y)[] ring, GeoPoint point)
    {
        var (x, y, inside) = ((point.Longitude + 118) * 100, (point.Latitude - 34) * 100, false);
        for (int i = 0, j = ring.Length - 1; i < ring.Length; j = i++)
        {
            if (ring[i].Y > y != ring[j].Y > y && x < ((ring[j].X - ring[i].X) * (y - ring[i].Y) / (ring[j].Y - ring[i].Y)) + ring[i].X)
            {
                inside = !inside;
            }
        }

        return inside;
    }

    private static GeoPoint Between(GeoPoint from, GeoPoint to, double at) => new(
        from.Latitude + ((to.Latitude - from.Latitude) * at), from.Longitude + ((to.Longitude - from.Longitude) * at));

    private static AreaShape Shape(params (double X, double Y)[][] rings) => new(rings.Select(ring => ring.Select(corner => Place(corner.X, corner.Y)).ToList()));

    private static GeoPoint Place(double x, double y) => new(34 + (y / 100), -118 + (x / 100));
}
