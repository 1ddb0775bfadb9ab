using System.Text;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Tests.Streets.Osm;

public class OsmImportTests
{
    [Fact]
    public void Ways_are_cut_at_junctions_and_joined_where_only_a_tag_changed()
    {
        // 1 ─ 2 ─ 3 ─ 4 ─ 5 as two ways that meet at 3; a side street leaves at 4.
        var map = Line(5).Road(10, [1, 2, 3], "name=Elm", "maxspeed=30").Road(11, [3, 4, 5], "name=Elm").Node(9, 3, 1).Road(12, [4, 9], "name=Oak");

        var network = Import(map);

        Ids(network).ShouldBe(["w10-1-4", "w11-4-5", "w12-4-9"]);
        network.Segments[0].Geometry.Count.ShouldBe(4);
        network.Segments[0].LengthMetres.ShouldBe(273, 3);
        network.Segments[0].Name.ShouldBe("Elm");
        network.Segments[0].Class.ShouldBe("residential");
        network.NodeCount.ShouldBe(4);
    }

    [Theory]
    [InlineData("name=Oak")]
    [InlineData("highway=tertiary")]
    [InlineData("oneway=yes")]
    public void Streets_that_differ_are_not_joined(string tag) =>
        Import(Line(3).Road(10, [1, 2], "name=Elm").Road(11, [2, 3], "name=Elm", tag)).Segments.Count.ShouldBe(2);

    [Theory]
    [InlineData("oneway=yes", true, 1)]
    [InlineData("oneway=-1", true, 2)]
    [InlineData("oneway=no", false, 1)]
    [InlineData("oneway=reversible", false, 1)]
    [InlineData("highway=motorway", true, 1)]
    [InlineData("junction=roundabout", true, 1)]
    [InlineData("junction=circular", true, 1)]
    [InlineData("name=both", false, 1)]
    public void Direction_of_traffic_is_what_the_tags_say(string tag, bool oneWay, long startsAt)
    {
        var map = Line(2).Road(10, [1, 2], tag);

        var segment = Import(map).Segments.Single();

        segment.OneWay.ShouldBe(oneWay);
        segment.Geometry[0].Longitude.ShouldBe(map.Nodes[startsAt].Longitude);
    }

    [Fact]
    public void Motorway_that_says_no_runs_both_ways() =>
        Import(Line(2).Way(10, [1, 2], "highway=motorway", "oneway=no")).Segments.Single().OneWay.ShouldBeFalse();

    [Theory]
    [InlineData("highway=footway", RoadChoice.Streets, false)]
    [InlineData("highway=construction", RoadChoice.Streets, false)]
    [InlineData("building=yes", RoadChoice.Streets, false)]
    [InlineData("highway=living_street", RoadChoice.Streets, true)]
    [InlineData("highway=service", RoadChoice.Alleys, false)]
    [InlineData("highway=service", RoadChoice.Service, true)]
    [InlineData("highway=service service=alley", RoadChoice.Streets, false)]
    [InlineData("highway=service service=alley", RoadChoice.Alleys, true)]
    [InlineData("highway=service service=alley", RoadChoice.Service, false)]
    [InlineData("highway=service service=driveway", RoadChoice.Service, false)]
    [InlineData("highway=service service=driveway", RoadChoice.Driveways, true)]
    [InlineData("highway=track", RoadChoice.Streets, false)]
    [InlineData("highway=track", RoadChoice.Tracks, true)]
    [InlineData("highway=residential access=private", RoadChoice.Streets, false)]
    [InlineData("highway=residential access=private", RoadChoice.Private, true)]
    [InlineData("highway=residential access=no", RoadChoice.Private, false)]
    [InlineData("highway=residential access=no motor_vehicle=yes", RoadChoice.Streets, true)]
    [InlineData("highway=residential area=yes", RoadChoice.Streets, false)]
    public void Roads_are_taken_by_choice(string tags, RoadChoice roads, bool taken)
    {
        var map = Line(4).Road(10, [1, 2]).Way(11, [3, 4], tags.Split(' '));

        Import(map, roads).Segments.Count.ShouldBe(taken ? 2 : 1);
    }

    [Fact]
    public void Crossing_without_a_shared_node_is_a_bridge_and_no_junction()
    {
        var map = new OsmSample().Node(1, 0, 0).Node(2, 2, 0).Node(3, 1, -1).Node(4, 1, 1);

        Import(map.Road(10, [1, 2]).Road(11, [3, 4])).Segments.Count.ShouldBe(2);
    }

    [Fact]
    public void Loop_and_both_arms_between_two_junctions_have_ids_of_their_own()
    {
        // One way runs from 1 through 2 and 3, on to 4, back to 2: between 2 and 4 there are two arms of the same way.
        var map = Line(6).Node(7, 2, 1).Road(10, [1, 2, 3, 4, 7, 2]).Road(11, [4, 5]).Node(8, 5, 1).Road(12, [5, 6, 8, 5]);

        Ids(Import(map)).ShouldBe(["w10-1-2", "w10-2-4", "w10-2-4.2", "w11-4-5", "w12-5-5"]);
    }

    [Fact]
    public void Ring_without_a_junction_is_one_segment_wherever_its_ways_begin()
    {
        var whole = Line(3).Node(4, 1, 1).Road(10, [2, 3, 4, 1, 2], "oneway=yes");
        var turned = Line(3).Node(4, 1, 1).Road(10, [4, 1, 2], "oneway=yes").Road(12, [2, 3, 4], "oneway=yes");

        Ids(Import(whole)).ShouldBe(["w10-1-1"]);
        Import(turned).Version.ShouldBe(Import(whole).Version);
    }

    [Fact]
    public void Way_that_leaves_the_extract_is_cut_there_and_said()
    {
        var imported = OsmImport.ReadXml(() => Stream(Line(3).Road(10, [99, 1, 2, 3, 98, 97]).Xml()), "map.osm", new StreetImportOptions());

        Ids(imported.Network).ShouldBe(["w10-1-3"]);
        imported.Notes.ShouldBe(["1 ways end at the edge of the extract: the nodes beyond are not in the file"]);
    }

    [Fact]
    public void Every_form_of_the_file_gives_the_same_network()
    {
        var map = OsmSample.Square().Node(20, 0.123456, 2.7654321).Road(16, [9, 20], "name=Señor \"Ñ\" & <Söhne>", "oneway=-1");
        var xml = Import(map);

        xml.Segments.Count.ShouldBe(13); // Corners are no junctions, but there another street begins.
        foreach (var pbf in new[] { PbfSample.Write(map), PbfSample.Write(map, dense: false), PbfSample.Write(map, zlib: false) })
        {
            var network = OsmImport.ReadPbf(() => new MemoryStream(pbf), "map.osm.pbf", new StreetImportOptions()).Network;
            network.Version.ShouldBe(xml.Version);
            network.Segments.Select(segment => segment.LengthMetres).ShouldBe(xml.Segments.Select(segment => segment.LengthMetres));
        }
    }

    [Fact]
    public void Coarse_granularity_of_a_block_is_heeded()
    {
        var map = Line(2).Road(10, [1, 2]);
        var pbf = PbfSample.Write(map, granularity: 1000);

        OsmImport.ReadPbf(() => new MemoryStream(pbf), "map.osm.pbf", new StreetImportOptions()).Network.Version.ShouldBe(Import(map).Version);
    }

    private static OsmSample Line(int nodes)
    {
        var map = new OsmSample();
        for (var i = 0; i < nodes; i++)
        {
            map.Node(i + 1, i, 0);
        }

        return map;
    }

    private static IEnumerable<string> Ids(StreetNetwork network) => network.Segments.Select(segment => segment.Id.Value);

    private static StreetNetwork Import(OsmSample map, RoadChoice roads = RoadChoice.Streets) =>
        OsmImport.ReadXml(() => Stream(map.Xml()), "map.osm", new StreetImportOptions { Roads = roads }).Network;

    private static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));
}
