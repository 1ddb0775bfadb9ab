using System.Text;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Tests.Streets.Osm;

public class OsmTurnTests
{
    private const string LeftTurn = "way/20/from node/5/via way/23/to";
    private const string StraightOn = "way/22/from node/5/via way/23/to";

    [Fact]
    public void Forbidden_turn_is_kept_between_the_segments_that_meet_there() =>
        Turns(Cross().Restriction(LeftTurn, "restriction=no_left_turn")).ShouldBe(["+w20-4-5 +w23-5-8"]);

    [Fact]
    public void Turn_that_alone_is_allowed_forbids_every_other_way_out() =>
        Turns(Cross().Restriction(StraightOn, "restriction=only_straight_on")).ShouldBe(["+w22-2-5 -w20-4-5", "+w22-2-5 +w21-5-6", "+w22-2-5 -w22-2-5"]);

    [Fact]
    public void U_turn_is_one_of_them() =>
        Turns(Cross().Restriction("way/20/from node/5/via way/20/to", "restriction=no_u_turn")).ShouldBe(["+w20-4-5 -w20-4-5"]);

    [Fact]
    public void Every_form_of_the_file_gives_the_same_turns()
    {
        var map = Cross().Restriction(LeftTurn, "restriction=no_left_turn").Restriction(StraightOn, "restriction=only_straight_on");
        var xml = Xml(map);

        xml.Network.ForbiddenTurns.Count.ShouldBe(4);
        xml.Notes.ShouldBe(["2 turn restrictions kept"]);
        foreach (var file in new[] { PbfSample.Write(map), PbfSample.Write(map, dense: false, zlib: false) })
        {
            var pbf = OsmImport.ReadPbf(() => new MemoryStream(file), "map.osm.pbf", new StreetImportOptions());

            pbf.Network.ForbiddenTurns.ShouldBe(xml.Network.ForbiddenTurns);
            pbf.Network.Version.ShouldBe(xml.Network.Version);
            pbf.Notes.ShouldBe(xml.Notes);
        }
    }

    [Theory]
    [InlineData("way/20/from way/22/via way/23/to", "restriction=no_left_turn", "they lead over a way between two junctions")]
    [InlineData(LeftTurn, "restriction:conditional=no_left_turn @ (Mo-Fr 07:00-09:00)", "they hold at some times only")]
    [InlineData(LeftTurn, "restriction=no_left_turn;day_on=Monday", "they hold at some times only")]
    [InlineData(LeftTurn, "restriction=no_left_turn;except=psv,hgv", "they are not for trucks")]
    [InlineData(LeftTurn, "restriction=no_left_turn;except=service", "they are not for trucks")]
    [InlineData(LeftTurn, "restriction:bicycle=no_left_turn", "they are not for trucks")]
    [InlineData(LeftTurn, "restriction=no_entry", "of another kind, or incomplete")]
    [InlineData("way/20/from way/23/to", "restriction=no_left_turn", "of another kind, or incomplete")]
    [InlineData("way/20/from node/5/via way/77/to", "restriction=no_left_turn", "their streets were not taken, or do not meet where they say")]
    [InlineData("way/20/from node/4/via way/23/to", "restriction=no_left_turn", "their streets were not taken, or do not meet where they say")]
    public void Restriction_that_is_not_taken_is_counted_with_its_reason(string members, string tags, string says)
    {
        var map = Cross().Restriction(members, tags.Split(';'));

        foreach (var imported in new[] { Xml(map), OsmImport.ReadPbf(() => new MemoryStream(PbfSample.Write(map)), "map.osm.pbf", new StreetImportOptions()) })
        {
            imported.Network.ForbiddenTurns.ShouldBeEmpty();
            imported.Notes.ShouldBe([$"1 turn restrictions left out: {says}"]);
        }
    }

    [Theory]
    [InlineData("restriction=no_left_turn;except=psv;bicycle")]
    [InlineData("restriction:hgv=no_left_turn")]
    public void Restriction_that_holds_for_trucks_is_taken(string tags) =>
        Turns(Cross().Restriction(LeftTurn, tags.Split(";", 2))).ShouldBe(["+w20-4-5 +w23-5-8"]);

    [Fact]
    public void Against_a_one_way_street_nothing_needs_to_be_forbidden()
    {
        var map = Cross("oneway=-1").Restriction(LeftTurn, "restriction=no_left_turn").Restriction(StraightOn, "restriction=only_left_turn");

        Turns(map).ShouldBeEmpty(); // Way 23 runs southwards: nobody turns into it.
    }

    /// <summary>Streets 20 from the west, 21 to the east, 22 from the south, 23 to the north meet at node 5 of a square.</summary>
    private static OsmSample Cross(params string[] north)
    {
        var map = new OsmSample();
        for (var i = 0; i < 9; i++)
        {
            map.Node(i + 1, i % 3, i / 3);
        }

        return map.Road(20, [4, 5], "name=West").Road(21, [5, 6], "name=East").Road(22, [2, 5], "name=South").Road(23, [5, 8], ["name=North", .. north]);
    }

    private static IEnumerable<string> Turns(OsmSample map) => Xml(map).Network.ForbiddenTurns.Select(turn =>
        $"{(turn.FromForward ? '+' : '-')}{turn.From} {(turn.ToForward ? '+' : '-')}{turn.To}");

    private static ImportedStreets Xml(OsmSample map) =>
        OsmImport.ReadXml(() => new MemoryStream(Encoding.UTF8.GetBytes(map.Xml())), "map.osm", new StreetImportOptions());
}
