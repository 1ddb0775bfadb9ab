using System.Text;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;

namespace CleanStreets.Scoring.Tests.Streets.Import;

public class GeoJsonImportTests
{
    [Fact]
    public void Lines_are_cut_where_they_share_a_point_and_pieces_keep_the_given_id_in_theirs()
    {
        var network = Import(Line("elm", "[0,0],[1,0],[2,0],[3,0]"), Line("oak", "[2,0],[2,1]")).Network;

        network.Segments.Count.ShouldBe(3);
        network.Segments.Count(segment => segment.Id.Value.StartsWith("elm.", StringComparison.Ordinal)).ShouldBe(2);
        network.Segments.ShouldContain(segment => segment.Id.Value == "oak");
        network.NodeCount.ShouldBe(4);
    }

    [Fact]
    public void Ids_of_pieces_stay_when_another_street_joins_elsewhere()
    {
        var before = Import(Line("elm", "[0,0],[1,0],[2,0],[3,0]"), Line("oak", "[1,0],[1,1]")).Network;
        var after = Import(Line("new", "[2,0],[2,1]"), Line("elm", "[0,0],[1,0],[2,0],[3,0]"), Line("oak", "[1,0],[1,1]")).Network;

        var ids = after.Segments.Select(segment => segment.Id).ToList();
        before.Segments.Count(segment => ids.Contains(segment.Id)).ShouldBe(2); // The third is now two.
        ids.Count.ShouldBe(5);
    }

    [Fact]
    public void Whole_lines_are_left_alone_on_request() =>
        Import(new StreetImportOptions { Cut = false }, Line("elm", "[0,0],[1,0],[2,0]"), Line("oak", "[1,0],[1,1]"))
            .Network.Segments.Select(segment => segment.Id.Value).ShouldBe(["elm", "oak"]);

    [Fact]
    public void Lines_of_a_MultiLineString_are_segments_of_their_own()
    {
        var network = Import("""{"type":"Feature","properties":{"segmentId":"elm","oneway":"-1"},"geometry":{"type":"MultiLineString","coordinates":[[[0,0],[1,0]],[[2,0],[3,0]]]}}""").Network;

        network.Segments.Count.ShouldBe(2);
        network.Segments.ShouldAllBe(segment => segment.OneWay && segment.Geometry[0].Longitude > segment.Geometry[1].Longitude);
    }

    [Fact]
    public void File_without_ids_gets_them_from_its_lines_however_it_is_ordered_or_drawn()
    {
        var one = Import(Line(null, "[0,0],[1,0]"), Line(null, "[1,0],[1,1]"));
        var other = Import(Line(null, "[1,1],[1,0]"), Line(null, "[0,0],[1,0]"));

        other.Network.Segments.Select(segment => segment.Id).ShouldBe(one.Network.Segments.Select(segment => segment.Id));
        one.Network.Segments.ShouldAllBe(segment => segment.Id.Value.StartsWith('g'));
    }

    [Fact]
    public void Mapped_property_that_no_feature_has_is_refused_with_those_it_has() =>
        Should.Throw<StreetFileException>(() => Import(new StreetImportOptions { Properties = new StreetFileOptions().With("name", "STREET") }, Line("elm", "[0,0],[1,0]")))
            .Message.ShouldBe("streets.geojson: no feature has a property \"STREET\". The first has: segmentId.");

    [Theory]
    [InlineData("FT", true, 0)]
    [InlineData("TF", true, 1)]
    [InlineData("Y", true, 0)]
    [InlineData("B", false, 0)]
    public void City_words_for_direction_are_understood(string word, bool oneWay, double startsAt)
    {
        var options = new StreetImportOptions { Properties = new StreetFileOptions().With("oneway", "DIR") };
        var segment = Import(options, Line("elm", "[0,0],[1,0]", $",\"DIR\":\"{word}\"")).Network.Segments.Single();

        (segment.OneWay, segment.Geometry[0].Longitude).ShouldBe((oneWay, startsAt));
    }

    [Fact]
    public void What_is_no_road_and_what_has_no_length_is_left_out_and_said()
    {
        var imported = Import(
            Line("path", "[0,0],[1,0]", ",\"highway\":\"footway\""), Line("dot", "[1,0],[1,0]"), Line("alley", "[2,0],[3,0]", ",\"highway\":\"service\",\"service\":\"alley\""));

        imported.Network.Segments.Single().Id.Value.ShouldBe("alley");
        imported.Notes.Count.ShouldBe(2);
        Should.Throw<StreetFileException>(() => Import(new StreetImportOptions { Roads = RoadChoice.Service }, Line("alley", "[2,0],[3,0]", ",\"highway\":\"service\",\"service\":\"alley\"")))
            .Message.ShouldContain("holds no street");
    }

    [Theory]
    [InlineData("data/west-oakland/west_oakland_segments.geojson", 492)]
    [InlineData("data/hof/network.geojson", 439)]
    public void Ready_network_of_a_real_city_comes_through_with_its_ids(string file, int segments)
    {
        var path = SharedData.Require(file);
        using var stream = File.OpenRead(path);

        var imported = GeoJsonImport.Read(stream, path, new StreetImportOptions()).Network;

        imported.Segments.Count.ShouldBe(segments);
        imported.Version.ShouldBe(StreetFile.Read(path).Version);
        StreetCheck.Run(imported).ZeroLength.ShouldBeEmpty();
    }

    [Fact]
    public void Altered_files_are_read_or_refused_and_nothing_else()
    {
        const int Seed = 11;
        var random = new Random(Seed);
        var whole = Encoding.UTF8.GetBytes(Collection(
            Line("a", "[0,0],[1,0],[2,0]", ",\"name\":\"\\u00e9\",\"oneway\":\"-1\",\"highway\":\"service\""), Line("b", "[1,0],[1,1]", ",\"highway\":\"path\"")));
        for (var round = 0; round < 3000; round++)
        {
            var content = whole.ToArray();
            for (var i = random.Next(1, 5); i > 0; i--)
            {
                content[random.Next(content.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : whole[random.Next(whole.Length)];
            }

            try
            {
                _ = GeoJsonImport.Read(new MemoryStream(content), "x", new StreetImportOptions());
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

    private static ImportedStreets Import(params string[] features) => Import(new StreetImportOptions(), features);

    private static ImportedStreets Import(StreetImportOptions options, params string[] features) =>
        GeoJsonImport.Read(new MemoryStream(Encoding.UTF8.GetBytes(Collection(features))), "streets.geojson", options);

    private static string Collection(params string[] features) => $$"""{"type":"FeatureCollection","features":[{{string.Join(',', features)}}]}""";

    private static string Line(string? id, string coordinates, string more = "")
    {
        var properties = (id is null ? "\"x\":1" : $"\"segmentId\":\"{id}\"") + more;
        return "{\"type\":\"Feature\",\"properties\":{" + properties + "},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[" + coordinates + "]}}";
    }
}
