using CleanStreets.Contracts;
using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Tests.Streets;

namespace CleanStreets.Scoring.Tests.Areas;

public class FactFileTests
{
    private const string Header = "segmentId,kind,at,side,truckId,orderId\n";
    private const string Passes =
        "segmentId,truckId,enteredAt,exposureSquareMetres,counts\nh00,t1,2026-11-20T08:00:00Z,600,loose_litter=60\nh00,t2,2026-11-20T12:00:00Z,600,loose_litter=1\n";

    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Verified_cleaning_sets_aside_what_was_seen_before_it()
    {
        var before = Index(Header);
        var after = Index(Header + "h00,cleaning_verified,2026-11-20T10:00:00Z,,,\n");

        after.ShouldBeLessThan(before);
        after.ShouldBe(Index(Header, Passes.Replace("h00,t1,2026-11-20T08:00:00Z,600,loose_litter=60\n", string.Empty, StringComparison.Ordinal)), 1e-12);
    }

    [Fact]
    public void Truck_that_was_sent_is_no_part_of_the_period_and_one_that_was_not_is()
    {
        PassesOver(Header + "h00,truck_sent,2026-11-20T11:55:00Z,,t2,W-0001\n").ShouldBe(1);
        PassesOver(Header + "h00,truck_sent,2026-11-20T11:55:00Z,,t1,W-0001\n").ShouldBe(2);
        PassesOver("orderId,at,segmentId,truckId,kind\nW-0001,2026-11-20T11:55:00Z,h00,t2,truck_sent\n").ShouldBe(1, "columns stand in any order");
    }

    [Fact]
    public void Facts_of_other_streets_are_counted_and_make_no_evidence()
    {
        var evidence = Read(Header, Passes);

        FactFile.Read(new StringReader(Header + "gone,cleaning_verified,2026-11-20T10:00Z,left,,\n\nv00,cleaning_verified,2026-11-20T10:00Z,left,,\n"), TestStreets.Grid(), evidence).ShouldBe(1);

        evidence.Keys.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("segmentId,at\n", "Line 1: there is no column 'kind'")]
    [InlineData(Header + "h00,swept,2026-11-20T10:00Z,,,\n", "Line 2: kind is 'swept'; it should be cleaning_verified or truck_sent")]
    [InlineData(Header + "h00,cleaning_verified,soon,,,\n", "Line 2: at is 'soon'")]
    [InlineData(Header + "h00,cleaning_verified,2026-11-20T10:00Z,top,,\n", "Line 2: side is 'top'")]
    [InlineData(Header + "h00,truck_sent,2026-11-20T10:00Z,,,W-1\n", "Line 2: truckId is ''")]
    [InlineData("segmentId,kind,at\nh00,truck_sent,2026-11-20T10:00Z\n", "Line 2: truckId is ''")]
    [InlineData(Header + "h00,truck_sent\n", "Line 2: only 2 cells")]
    public void Bad_line_is_named(string table, string says) =>
        Should.Throw<PassFileException>(() => FactFile.Read(new StringReader(table), TestStreets.Grid(), new Dictionary<SegmentId, SegmentEvidence>())).Message.ShouldContain(says);

    private static Dictionary<SegmentId, SegmentEvidence> Read(string facts, string passes)
    {
        var evidence = PassFile.Read(new StringReader(passes), TestStreets.Grid(), out _);
        FactFile.Read(new StringReader(facts), TestStreets.Grid(), evidence);
        return evidence;
    }

    private static double Index(string facts, string passes = Passes) =>
        new AreaIndexer(new CrowIndexMethod(CrowOptions.Crow2)).Now("street", Street(), Read(facts, passes).GetValueOrDefault, Noon.AddHours(1)).Index!.Value.Value;

    private static int PassesOver(string facts) =>
        new AreaIndexer(new CrowIndexMethod(CrowOptions.Crow2)).Over("street", Street(), Read(facts, Passes).GetValueOrDefault, Noon.AddDays(-1), Noon.AddDays(1)).Passes;

    private static AreaStreet[] Street() => [.. TestStreets.Grid().Segments.Where(segment => segment.Id.Value == "h00").Select(segment => new AreaStreet(segment, InsideShare: 1))];
}
