using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Streets;
using CleanStreets.Scoring.Tests.Streets;

namespace CleanStreets.Scoring.Tests.Matching;

public class ForbiddenTurnTests
{
    // North along c is the short way from a to f; b, d and e lead round the block.
    private static readonly StreetNetwork Free = StreetNetwork.Create(
    [
        TestStreets.OneWay("a", (0, 0), (100, 0)), TestStreets.Street("b", (100, 0), (200, 0)), TestStreets.Street("c", (100, 0), (100, 100)),
        TestStreets.Street("d", (200, 0), (200, 100)), TestStreets.Street("e", (200, 100), (100, 100)), TestStreets.Street("f", (100, 100), (100, 250)),
    ]);

    private static readonly StreetNetwork NoLeftTurn = TestStreets.Forbid(Free, "+a +c");

    [Fact]
    public void Where_the_shortest_way_is_forbidden_the_way_goes_round()
    {
        // No fix between the middle of a and f: only the network says what was driven.
        var dense = SimulatedDrive.Along(Free, SimulatedDrive.Legs(Free, "+a", "+c", "+f"), sigma: 0);
        List<SimulatedDrive.Fix> Sparse() => [.. dense.Where(fix => fix.Segment == Free.IndexOf("a") ? fix.Offset < 63 : fix.Segment == Free.IndexOf("f") && fix.Offset > 25)];

        Match(Free, Sparse()).Path.ShouldBe(["+a", "+c", "+f"]);
        var kept = Match(NoLeftTurn, Sparse());
        kept.Path.ShouldBe(["+a", "+b", "+d", "+e", "+f"]);
        kept.Breaks.ShouldBe(1);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 0.2)]
    [InlineData(5, 5)]
    public void Truck_that_makes_the_forbidden_turn_is_matched_where_it_drove(int seed, double everySeconds)
    {
        var fixes = SimulatedDrive.Along(NoLeftTurn, SimulatedDrive.Legs(NoLeftTurn, "+a", "+c", "+f"), seed: seed, everySeconds: everySeconds);

        var told = Match(NoLeftTurn, fixes);

        told.Path.ShouldBe(["+a", "+c", "+f"]);
        told.Breaks.ShouldBe(1);
        told.Fixes.ShouldAllBe(fix => fix.HasValue);
    }

    [Fact]
    public void Junction_whose_every_way_out_is_forbidden_breaks_no_trace()
    {
        var network = TestStreets.Forbid(Free, "+a +b", "+a +c");

        var told = Match(network, SimulatedDrive.Along(network, SimulatedDrive.Legs(network, "+a", "+c", "+f"), speed: 15));

        told.Path.ShouldBe(["+a", "+c", "+f"]);
        told.Breaks.ShouldBe(1);
    }

    private static RecordingSink Match(StreetNetwork network, IEnumerable<SimulatedDrive.Fix> fixes)
    {
        var sink = new RecordingSink(network);
        var matcher = new MapMatcher(network, new MatchingOptions());
        foreach (var fix in fixes)
        {
            matcher.Add(fix.TimeMs, fix.Place, double.NaN, double.NaN, double.NaN, ref sink);
        }

        matcher.Break(ref sink);
        return sink;
    }
}
