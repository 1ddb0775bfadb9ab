using System.Text;
using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Tests.Areas;

public class AreaFileTests
{
    private const string Good = """{"type":"Feature","properties":{"name":"Ada"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]],[[0.5,0.5],[1,0.5],[1,1],[0.5,0.5]]]}}""";
    private const string Islands = """{"type":"Feature","properties":{"name":"Bo"},"geometry":{"type":"MultiPolygon","coordinates":[[[[5,5],[6,5],[6,6],[5,5]]],[[[8,8],[9,8],[9,9],[8,8]]]]}}""";

    [Fact]
    public void Polygons_with_holes_and_islands_are_read()
    {
        var areas = Read(Good, Islands);

        areas.Select(area => area.Name).ShouldBe(["Ada", "Bo"]);
        areas[0].Shape.Contains(new GeoPoint(0.6, 0.9)).ShouldBeFalse();
        areas[0].Shape.Contains(new GeoPoint(1.5, 1.5)).ShouldBeTrue();
        areas[1].Shape.Contains(new GeoPoint(5.3, 5.7)).ShouldBeTrue();
        areas[1].Shape.Contains(new GeoPoint(8.3, 8.7)).ShouldBeTrue();
        areas[1].Shape.Contains(new GeoPoint(7, 7)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("\"Polygon\"", "\"Point\"", "features[0] is a Point")]
    [InlineData("[0,0],[2,0],[2,2],[0,2],[0,0]", "[0,0],[2,0],[0,0]", "features[0] has a ring of fewer than three corners")]
    [InlineData("[2,2]", "[2,200]", "features[0] has a bad coordinate at 2")]
    [InlineData("\"name\":\"Ada\"", "\"title\":\"Ada\"", "features[0] has no name")]
    [InlineData("\"name\":\"Ada\"", "\"name\":\"Bo\"", "features[1] has the name Bo of features[0]")]
    public void Bad_area_is_named(string good, string bad, string says) =>
        Should.Throw<StreetFileException>(() => Read(Good.Replace(good, bad), Islands)).Message.ShouldContain(says);

    [Fact]
    public void Altered_layers_are_read_or_refused_and_nothing_else()
    {
        const int Seed = 17;
        var random = new Random(Seed);
        var whole = Encoding.UTF8.GetBytes(Collection(Good, Islands));
        for (var round = 0; round < 2000; round++)
        {
            var content = whole.ToArray();
            for (var i = random.Next(1, 5); i > 0; i--)
            {
                content[random.Next(content.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : whole[random.Next(whole.Length)];
            }

            try
            {
                AreaFile.Read(new MemoryStream(content), "x");
            }
            catch (StreetFileException)
            {
                // The one stated end.
            }
            catch (Exception ex)
            {
                Assert.Fail($"seed {Seed}, round {round}: {Encoding.UTF8.GetString(content)}: {ex}");
            }
        }
    }

    private static IReadOnlyList<Area> Read(params string[] features) =>
        AreaFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(Collection(features))), "areas.geojson");

    private static string Collection(params string[] features) => "{\"type\":\"FeatureCollection\",\"features\":[" + string.Join(',', features) + "]}";
}
