using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Streets;
using CleanStreets.Scoring.Tests.Streets;

namespace CleanStreets.Scoring.Tests.Matching;

public class MapMatcherTests
{
    private static readonly StreetNetwork Grid = TestStreets.Grid();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Matcher_follows_a_noisy_truck_round_corners(int seed)
    {
        string[] streets = ["+h00", "+v10", "+h11", "+v21", "-h21", "-v11", "-h10"];
        var fixes = SimulatedDrive.Along(Grid, SimulatedDrive.Legs(Grid, streets), seed: seed);

        Match(Grid, fixes).Path.ShouldBe(streets);
    }

    [Fact]
    public void Short_segment_between_two_fixes_is_driven_with_no_fix_on_it()
    {
        var network = StreetNetwork.Create(
        [
            TestStreets.Street("a", (0, 0), (100, 0)), TestStreets.Street("b", (100, 0), (106, 0)), TestStreets.Street("c", (106, 0), (200, 0)),
        ]);
        var fixes = SimulatedDrive.Along(network, SimulatedDrive.Legs(network, "+a", "+b", "+c"), speed: 16, sigma: 1);

        var told = Match(network, fixes);

        told.Fixes.ShouldAllBe(fix => fix.HasValue && StreetEdges.SegmentOf(fix.Value.Edge) != network.IndexOf("b"));
        told.Path.ShouldBe(["+a", "+b", "+c"]);
        var passed = told.Travels.Single(travel => StreetEdges.SegmentOf(travel.Edge) == network.IndexOf("b"));
        (passed.To - passed.From).ShouldBe(6, 0.1);
        (passed.LeftAtMs - passed.EnteredAtMs).ShouldBeInRange(200, 600);
    }

    [Fact]
    public void Everything_driven_is_continuous_in_place_and_time()
    {
        var city = GeneratedCity.Create(4);
        var random = new Random(4);
        for (var drive = 0; drive < 10; drive++)
        {
            var route = new StreetRouter(city).Find(
                new StreetPosition(random.Next(city.Segments.Count), 5), new StreetPosition(random.Next(city.Segments.Count), 5))!;
            var told = Match(city, SimulatedDrive.Along(city, route.Legs, seed: drive));
            for (var i = 1; i < told.Travels.Count; i++)
            {
                var (before, after) = (told.Travels[i - 1], told.Travels[i]);
                after.EnteredAtMs.ShouldBeGreaterThanOrEqualTo(before.LeftAtMs);
                after.LeftAtMs.ShouldBeGreaterThanOrEqualTo(after.EnteredAtMs);
                if (after.Edge != before.Edge && after.Edge != StreetEdges.Reverse(before.Edge))
                {
                    city.Edges.EndNode(before.Edge).ShouldBe(city.Edges.StartNode(after.Edge));
                    before.To.ShouldBe(city.Edges.Length(before.Edge));
                    after.From.ShouldBe(0);
                }
            }
        }
    }

    [Fact]
    public void Matcher_places_nearly_every_fix_of_a_simulated_truck_on_the_true_segment()
    {
        var city = GeneratedCity.Create(6);
        var random = new Random(6);
        var (right, all) = (0, 0);
        for (var drive = 0; drive < 20; drive++)
        {
            var route = new StreetRouter(city).Find(
                new StreetPosition(random.Next(city.Segments.Count), 5), new StreetPosition(random.Next(city.Segments.Count), 5))!;
            var fixes = SimulatedDrive.Along(city, route.Legs, seed: drive);
            var told = Match(city, fixes);
            told.Fixes.Count.ShouldBe(fixes.Count);
            right += fixes.Where((fix, i) => told.Fixes[i] is { } placed && StreetEdges.SegmentOf(placed.Edge) == fix.Segment).Count();
            all += fixes.Count;
        }

        // The rest lies within a few metres of a junction, where noise decides.
        ((double)right / all).ShouldBeGreaterThan(0.93);
    }

    [Fact]
    public void Heading_tells_the_direction_of_a_truck_at_once()
    {
        var fixes = SimulatedDrive.Along(Grid, SimulatedDrive.Legs(Grid, "-h00"), sigma: 0).Skip(8).Take(1).ToList();

        var told = Match(Grid, fixes, headings: true);

        told.Fixes.ShouldHaveSingleItem()!.Value.Edge.ShouldBe(StreetEdges.Of(Grid.IndexOf("h00"), forward: false));
    }

    [Fact]
    public void Parked_truck_drives_nowhere_far()
    {
        var random = new Random(9);
        var parked = Enumerable.Range(0, 3000).Select(i => new SimulatedDrive.Fix(
            SimulatedDrive.StartMs + (i * 1000), SimulatedDrive.Noisy(Grid, TestStreets.Place(50, 3), 3, random), 0, true, 0, 0)).ToList();

        var told = Match(Grid, parked);

        told.Fixes.Count.ShouldBe(3000);
        told.Fixes.ShouldAllBe(fix => fix.HasValue && StreetEdges.SegmentOf(fix.Value.Edge) == Grid.IndexOf("h00"));
        told.Fixes.Max(fix => Grid.Edges.Turn(fix!.Value.Edge, fix.Value.Offset)).ShouldBeLessThan(70);
        told.Fixes.Min(fix => Grid.Edges.Turn(fix!.Value.Edge, fix.Value.Offset)).ShouldBeGreaterThan(30);
    }

    [Fact]
    public void Gap_begins_the_trace_anew()
    {
        var first = SimulatedDrive.Along(Grid, SimulatedDrive.Legs(Grid, "+h00"));
        var second = SimulatedDrive.Along(Grid, SimulatedDrive.Legs(Grid, "+h32")).Select(fix => fix with { TimeMs = fix.TimeMs + 3_600_000 });

        var told = Match(Grid, [.. first, .. second]);

        told.Breaks.ShouldBe(2);
        told.Path.ShouldBe(["+h00", "+h32"]);
    }

    [Fact]
    public void Jump_across_town_and_a_place_off_the_network_are_left_out_and_the_street_goes_on()
    {
        var fixes = SimulatedDrive.Along(Grid, SimulatedDrive.Legs(Grid, "+h00", "+h01"), sigma: 1);
        fixes[8] = fixes[8] with { Place = TestStreets.Place(300, 300) };
        fixes[20] = fixes[20] with { Place = TestStreets.Place(5000, 5000) };
        fixes[21] = fixes[21] with { Place = new GeoPoint(double.NaN, 0) };

        var told = Match(Grid, fixes);

        told.Path.ShouldBe(["+h00", "+h01"]);
        told.Breaks.ShouldBe(1);
        told.Fixes.Select((fix, i) => (fix, i)).Where(at => at.fix is null).Select(at => at.i).ShouldBe([8, 20, 21]);
    }

    [Fact]
    public void Truck_that_leaves_the_network_and_comes_back_drives_nothing_in_between()
    {
        var there = SimulatedDrive.Along(Grid, SimulatedDrive.Legs(Grid, "+h00"), sigma: 1);
        var away = Enumerable.Range(0, 10).Select(i => there[^1] with { TimeMs = there[^1].TimeMs + 1000 + (i * 1000), Place = TestStreets.Place(-500, -500) });
        var back = SimulatedDrive.Along(Grid, SimulatedDrive.Legs(Grid, "+h22"), sigma: 1).Select(fix => fix with { TimeMs = fix.TimeMs + 60_000 });

        var told = Match(Grid, [.. there, .. away, .. back]);

        told.Path.ShouldBe(["+h00", "+h22"]);
        told.Breaks.ShouldBe(2);
    }

    [Fact]
    public void Time_going_backwards_and_repeated_fixes_change_no_street()
    {
        var fixes = SimulatedDrive.Along(Grid, SimulatedDrive.Legs(Grid, "+h00", "+v10"), sigma: 1);
        fixes.Insert(12, fixes[3]);
        fixes.Insert(20, fixes[19]);

        var told = Match(Grid, fixes);

        told.Path.ShouldBe(["+h00", "+v10"]);
        told.Fixes.Count.ShouldBe(fixes.Count);
        told.Fixes[12].ShouldBeNull();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(30)]
    public void Long_gap_is_bridged_by_the_way_between_and_a_longer_one_is_not(int speed)
    {
        var line = StreetNetwork.Create([.. Enumerable.Range(0, 80).Select(i => TestStreets.Street($"s{i:D2}", (i * 100, 0), ((i + 1) * 100, 0)))]);
        string[] streets = [.. line.Segments.Select(segment => $"+{segment.Id.Value}")];
        var fixes = SimulatedDrive.Along(line, SimulatedDrive.Legs(line, streets), speed, sigma: 1);
        var withGap = fixes.Where(fix => fix.Segment is < 20 or >= 45).ToList();
        var withLongGap = fixes.Where(fix => fix.Segment is < 20 or >= 65).ToList();

        // 25 blocks at 30 m/s take 83 s, at 2 m/s 21 minutes: longer than a trace waits. 45 blocks are farther than ways are looked for,
        // and the first fixes behind such a gap are taken for outliers: a fast truck has left a block by then.
        Match(line, withGap).Path.Count.ShouldBe(speed == 30 ? 80 : 55);
        Match(line, withLongGap).Path.Count.ShouldBe(speed == 30 ? 34 : 35);
    }

    [Fact]
    public void Truck_that_turns_round_drives_the_segment_both_ways()
    {
        var network = StreetNetwork.Create([TestStreets.Street("a", (0, 0), (120, 0)), TestStreets.Street("b", (120, 0), (240, 0)), TestStreets.Street("c", (120, 0), (120, 90))]);
        var (a, b) = (network.IndexOf("a"), network.IndexOf("b"));

        var deadEnd = Match(network, SimulatedDrive.Along(network, SimulatedDrive.Legs(network, "+a", "+b", "-b", "-a"), sigma: 1));
        var midBlock = Match(network, SimulatedDrive.Along(network, [new(a, true, 10, 120), new(b, true, 0, 70), new(b, false, 70, 0), new(a, false, 120, 10)], sigma: 1));

        deadEnd.Path.ShouldBe(["+a", "+b", "-b", "-a"]);
        midBlock.Path.ShouldBe(["+a", "+b", "-b", "-a"]);
    }

    [Fact]
    public void Loop_street_driven_twice_is_driven_twice()
    {
        (double, double)[] ring = [.. Enumerable.Range(0, 25).Select(i => (60 + (60 * Math.Cos(Math.PI + (i * Math.Tau / 24))), 60 * Math.Sin(Math.PI + (i * Math.Tau / 24))))];
        ring[24] = ring[0];
        var network = StreetNetwork.Create([TestStreets.Street("in", (-150, 0), ring[0]), TestStreets.OneWay("ring", ring)]);

        var told = Match(network, SimulatedDrive.Along(network, SimulatedDrive.Legs(network, "+in", "+ring", "+ring", "-in"), sigma: 1));

        told.Path.ShouldBe(["+in", "+ring", "+ring", "-in"]);
    }

    [Fact]
    public void One_fix_alone_is_placed_and_drives_nothing()
    {
        var told = Match(Grid, [.. SimulatedDrive.Along(Grid, SimulatedDrive.Legs(Grid, "+h11")).Take(1)]);

        told.Travels.ShouldBeEmpty();
        told.Fixes.Count.ShouldBe(1);
    }

    [Fact]
    public void Random_fixes_never_fail_and_each_is_told_once()
    {
        var city = GeneratedCity.Create(1);
        var random = new Random(77);
        for (var trace = 0; trace < 60; trace++)
        {
            var time = SimulatedDrive.StartMs;
            var place = new PlanePoint(random.Next(-800, 800), random.Next(-600, 600));
            var fixes = new List<SimulatedDrive.Fix>();
            for (var i = 0; i < 300; i++)
            {
                time += random.Next(20) == 0 ? random.Next(-5000, 400_000) : random.Next(0, 3000);
                place = random.Next(30) == 0
                    ? new PlanePoint(random.Next(-2000, 2000), random.Next(-2000, 2000))
                    : new PlanePoint(place.X + random.Next(-15, 25), place.Y + random.Next(-15, 18));
                var geo = random.Next(50) == 0 ? new GeoPoint(double.NaN, double.NaN) : city.Projection.ToGeo(place);
                fixes.Add(new SimulatedDrive.Fix(time, geo, 0, true, 0, random.Next(360)));
            }

            Match(city, fixes, headings: trace % 2 == 0).Fixes.Count.ShouldBe(fixes.Count);
        }
    }

    [Fact]
    public void Same_fixes_are_told_the_same_whatever_was_matched_before()
    {
        var city = GeneratedCity.Create(6);
        var route = new StreetRouter(city).Find(new StreetPosition(3, 5), new StreetPosition(250, 5))!;
        var sparse = SimulatedDrive.Along(city, route.Legs, everySeconds: 40);
        var dense = SimulatedDrive.Along(city, route.Legs);
        var first = Match(GeneratedCity.Create(6), dense).Told;

        // The network's shared tables now reach farther: that must not show.
        Match(city, sparse);

        Match(city, dense).Told.ShouldBe(first);
    }

    private static RecordingSink Match(StreetNetwork network, IEnumerable<SimulatedDrive.Fix> fixes, bool headings = false)
    {
        var sink = new RecordingSink(network);
        var matcher = new MapMatcher(network, new MatchingOptions());
        foreach (var fix in fixes)
        {
            matcher.Add(fix.TimeMs, fix.Place, double.NaN, headings ? fix.HeadingDegrees : double.NaN, double.NaN, ref sink);
        }

        matcher.Break(ref sink);
        return sink;
    }
}
