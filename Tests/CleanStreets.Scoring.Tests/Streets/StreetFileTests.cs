using System.Text;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;

namespace CleanStreets.Scoring.Tests.Streets;

public class StreetFileTests
{
    private const string Good = """{"type":"Feature","properties":{"segmentId":"a"},"geometry":{"type":"LineString","coordinates":[[1,2],[1.001,2]]}}""";

    [Fact]
    public void File_of_a_real_city_reads_every_segment_with_its_name_class_and_direction()
    {
        var network = StreetFile.Read(SharedData.Require("data/west-oakland/west_oakland_segments.geojson"));

        network.Segments.Count.ShouldBe(492);
        network.Segments.Count(segment => segment.Name is not null).ShouldBe(397);
        network.Segments.Count(segment => segment.OneWay).ShouldBe(137);
        network.Segments.Count(segment => segment.Class == "residential").ShouldBe(186);
        network.Segments.Sum(segment => segment.LengthMetres).ShouldBe(59_200, 300);
    }

    [Fact]
    public void Network_written_and_read_back_is_the_same_version()
    {
        var city = GeneratedCity.Create(3);
        using var file = new MemoryStream();
        StreetFile.WriteGeoJson(city, file);
        file.Position = 0;

        StreetFile.Read(file, "city.geojson").Version.ShouldBe(city.Version);
    }

    [Fact]
    public void Forbidden_turns_are_written_and_read_back_and_belong_to_the_version()
    {
        var free = TestStreets.Grid();
        var network = TestStreets.Forbid(free, "+h00 +v10", "-h01 +h01");
        using var file = new MemoryStream();
        StreetFile.WriteGeoJson(network, file);
        file.Position = 0;

        var read = StreetFile.Read(file, "grid.geojson");

        read.ForbiddenTurns.ShouldBe(network.ForbiddenTurns);
        read.Version.ShouldBe(network.Version);
        read.Version.ShouldNotBe(free.Version);
    }

    [Fact]
    public void Network_without_forbidden_turns_says_nothing_of_them()
    {
        using var file = new MemoryStream();
        StreetFile.WriteGeoJson(TestStreets.Grid(), file);

        Encoding.UTF8.GetString(file.ToArray()).ShouldNotContain("forbiddenTurns");
    }

    [Theory]
    [InlineData("""{"from":"a","fromWay":"along","to":"b","toWay":"against"}""", "forbiddenTurns[1] leads from a to b, which do not meet that way")]
    [InlineData("""{"from":"a","fromWay":"along","to":"z","toWay":"along"}""", "forbiddenTurns[1] names the segment z, which is not there")]
    [InlineData("""{"from":"a","fromWay":"along","to":"o","toWay":"against"}""", "forbiddenTurns[1] drives the one-way segment o against its traffic")]
    [InlineData("""{"from":"a","fromWay":"left","to":"b","toWay":"along"}""", "forbiddenTurns[1] is no turn")]
    [InlineData("7", "forbiddenTurns[1] is no turn")]
    public void Forbidden_turn_that_is_none_is_named(string turn, string says)
    {
        string[] streets =
        [
            Good, Good.Replace("\"a\"", "\"b\"").Replace("[[1,2],[1.001,2]]", "[[1.001,2],[1.002,2]]"),
            Good.Replace("\"a\"", "\"o\",\"oneway\":\"yes\"").Replace("[[1,2],[1.001,2]]", "[[1.001,3],[1.001,2]]"),
        ];
        const string First = """{"from":"a","fromWay":"along","to":"b","toWay":"along"}""";
        var text = Collection(streets)[..^1];

        Read($$"""{{text}},"forbiddenTurns":[{{First}}]}""").ForbiddenTurns.Count.ShouldBe(1);
        Fault($$"""{{text}},"forbiddenTurns":[{{First}},{{turn}}]}""").ShouldStartWith($"streets.geojson: {says}");
    }

    [Theory]
    [InlineData("yes", true, 1)]
    [InlineData("-1", true, 1.001)]
    [InlineData("no", false, 1)]
    [InlineData("sometimes", false, 1)]
    public void One_way_always_runs_along_the_geometry(string oneWay, bool expected, double startsAt)
    {
        var network = Read(Collection(Good.Replace("\"a\"", $"\"a\",\"oneway\":\"{oneWay}\"")));

        network.Segments[0].OneWay.ShouldBe(expected);
        network.Segments[0].Geometry[0].Longitude.ShouldBe(startsAt);
    }

    [Fact]
    public void Ids_that_break_the_rule_are_mapped_and_stay_apart()
    {
        var network = Read(Collection(Good.Replace("\"a\"", "\"way/1 é\""), Good.Replace("\"a\"", "\"way/1 è\""), Good.Replace("\"a\"", "17")));

        network.Segments.Select(segment => segment.Id).Distinct().Count().ShouldBe(3);
        network.Segments[0].Id.Value.ShouldBe("17");
        network.Segments[1].Id.Value.ShouldStartWith("way-1---");
    }

    [Fact]
    public void Property_names_can_be_mapped()
    {
        var options = new StreetFileOptions { IdProperty = "OBJECTID", NameProperty = "FULLNAME", ClassProperties = ["FUNC"] };
        var text = Collection(Good.Replace("\"segmentId\":\"a\"", "\"OBJECTID\":5,\"FULLNAME\":\"Elm St\",\"FUNC\":\"local\""));

        var segment = StreetFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "x", options).Segments[0];

        (segment.Id.Value, segment.Name, segment.Class).ShouldBe(("5", "Elm St", "local"));
    }

    [Theory]
    [InlineData("{", "not JSON (line 1")]
    [InlineData("[]", "has no features")]
    [InlineData("""{"features":[]}""", "has no features")]
    public void File_that_holds_no_streets_is_refused_with_a_sentence(string text, string says) =>
        Fault(text).ShouldContain(says);

    [Theory]
    [InlineData("\"LineString\"", "\"Point\"", "is a Point")]
    [InlineData(",[1.001,2]", "", "has 1 point(s)")]
    [InlineData("[1.001,2]", "[1.001,92]", "has a bad coordinate at 1")]
    [InlineData("[1.001,2]", "[null,2]", "has a bad coordinate at 1")]
    [InlineData("\"b\"", "\"a\"", "has the id a of features[0]")]
    [InlineData("\"segmentId\":\"b\"", "\"id\":1", "has no property \"segmentId\"")]
    public void Bad_feature_is_named_with_what_to_do(string good, string bad, string says)
    {
        var second = Good.Replace("\"a\"", "\"b\"").Replace(good, bad);

        Fault(Collection(Good, second)).ShouldStartWith($"streets.geojson: features[1] {says}");
    }

    [Fact]
    public void Missing_file_is_named()
    {
        var fault = Should.Throw<StreetFileException>(() => StreetFile.Read("/nowhere/streets.geojson"));

        fault.Message.ShouldContain("/nowhere/streets.geojson");
    }

    private static string Fault(string text) => Should.Throw<StreetFileException>(() => Read(text)).Message;

    private static StreetNetwork Read(string text) => StreetFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "streets.geojson");

    private static string Collection(params string[] features) => $$"""{"type":"FeatureCollection","features":[{{string.Join(',', features)}}]}""";
}
