using System.Text;
using CleanStreets.Contracts;
using CleanStreets.Scoring.Streets;
using FsCheck;
using FsCheck.Fluent;

namespace CleanStreets.Scoring.Tests.Streets.Osm;

/// <summary>What may change in a map without any street getting another id.</summary>
public class StabilityTests
{
    private const int Size = 5;

    [Fact]
    public void Import_is_the_same_whatever_the_order_of_the_ways() => Holds((map, random) =>
    {
        var ways = map.Ways.ToArray();
        random.Shuffle(ways);
        return Import(map).Version == Import(Of(map, ways)).Version;
    });

    [Fact]
    public void Way_cut_in_two_at_a_changed_tag_is_the_same_street() => Holds((map, random) =>
    {
        var way = map.Ways[random.Next(map.Ways.Count)];
        var at = random.Next(1, way.Nodes.Length - 1);
        var later = new SampleWay(1000, way.Nodes[at..], [.. way.Tags, ("surface", "asphalt")]);
        var cut = Of(map, [.. map.Ways.Select(other => other == way ? way with { Nodes = way.Nodes[..(at + 1)] } : other), later]);

        // A block that lies behind the cut alone comes from the new way now; the one that spans it and all others stay.
        var (before, after) = (Segments(Import(map)), Segments(Import(cut)));
        var behind = Stretches(later.Nodes);
        return before.Count == after.Count && before.Where(segment => !IsArm(segment.Key, before))
            .All(segment => Stretches(segment.Value).IsSubsetOf(behind) || Spans(segment, way, behind) || after.ContainsKey(segment.Key));
    });

    [Fact]
    public void Both_way_street_drawn_from_its_other_end_is_the_same_segment() => Holds((map, random) =>
    {
        var turned = Of(map, [.. map.Ways.Select(way => random.Next(2) == 0 && !way.Tags.Contains(("oneway", "yes"))
            ? way with { Nodes = [.. way.Nodes.Reverse()] }
            : way)]);
        return Import(map).Version == Import(turned).Version;
    });

    [Fact]
    public void New_street_changes_only_the_streets_that_it_meets() => Holds((map, random) =>
    {
        var at = (random.Next(Size) * Size) + random.Next(Size) + 1;
        var grown = Of(map, [.. map.Ways, new SampleWay(1000, [at, 901], [("highway", "residential")])]).Node(901, 50, 50);
        var (before, after) = (Segments(Import(map)), Segments(Import(grown)));
        return before.Where(segment => !segment.Value.Contains(at) && !IsArm(segment.Key, before)).All(segment => after.TryGetValue(segment.Key, out var same) && same.SequenceEqual(segment.Value));
    });

    [Fact]
    public void Moved_bend_changes_the_line_and_not_the_id() => Holds((map, random) =>
    {
        var moved = Of(map, map.Ways).Node(random.Next(1, (Size * Size) + 1), random.NextDouble() * Size, random.NextDouble() * Size);
        return Segments(Import(map)).Keys.ToHashSet().SetEquals(Segments(Import(moved)).Keys);
    });

    private static void Holds(Func<OsmSample, Random, bool> property) =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => property(Draw(new Random(seed)), new Random(seed)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    /// <summary>Streets that wander over a grid of junctions, some one-way, some with a name.</summary>
    private static OsmSample Draw(Random random)
    {
        var map = new OsmSample();
        for (var i = 0; i < Size * Size; i++)
        {
            map.Node(i + 1, i % Size, i / Size);
        }

        var used = new HashSet<(long, long)>(); // No stretch twice: two ways over one stretch are a fault of the map.
        for (var way = 0; way < 8; way++)
        {
            var (x, y) = (random.Next(Size), random.Next(Size));
            var nodes = new List<long> { (y * Size) + x + 1 };
            for (var step = 0; step < 12 && nodes.Count < 6; step++)
            {
                var (dx, dy) = random.Next(4) switch { 0 => (1, 0), 1 => (-1, 0), 2 => (0, 1), _ => (0, -1) };
                var (nextX, nextY) = (Math.Clamp(x + dx, 0, Size - 1), Math.Clamp(y + dy, 0, Size - 1));
                long next = (nextY * Size) + nextX + 1;
                if (next != nodes[^1] && used.Add((Math.Min(next, nodes[^1]), Math.Max(next, nodes[^1]))))
                {
                    nodes.Add(next);
                    (x, y) = (nextX, nextY);
                }
            }

            if (nodes.Count >= 3)
            {
                map.Road(way + 1, [.. nodes], $"name={random.Next(3)}", random.Next(3) == 0 ? "oneway=yes" : "lit=yes");
            }
        }

        return map.Ways.Count > 0 ? map : map.Road(99, [1, 2, 3], "name=x", "lit=yes");
    }

    private static OsmSample Of(OsmSample map, IEnumerable<SampleWay> ways)
    {
        var copy = new OsmSample();
        foreach (var (id, place) in map.Nodes)
        {
            copy.Node(id, (place.Longitude + 117) / 0.001, (place.Latitude - 35) / 0.001);
        }

        foreach (var way in ways)
        {
            copy.Way(way.Id, way.Nodes, [.. way.Tags.Select(tag => $"{tag.Key}={tag.Value}")]);
        }

        return copy;
    }

    /// <summary>Each id with the nodes it runs over, which on this map are known by their places.</summary>
    private static Dictionary<SegmentId, long[]> Segments(StreetNetwork network) => network.Segments.ToDictionary(
        segment => segment.Id,
        segment => segment.Geometry.Select(point =>
            ((long)Math.Round((point.Latitude - 35) / 0.001) * Size) + (long)Math.Round((point.Longitude + 117) / 0.001) + 1).ToArray());

    /// <summary>Two arms of one way between the same junctions are told apart by a number, which falls away when one of them is cut.</summary>
    private static bool IsArm(SegmentId id, Dictionary<SegmentId, long[]> all) => all.Keys.Count(other => Stem(other) == Stem(id)) > 1;

    private static string Stem(SegmentId id) => id.Value.Split('.')[0];

    private static HashSet<(long, long)> Stretches(long[] nodes) =>
        [.. nodes.Zip(nodes.Skip(1), (a, b) => (Math.Min(a, b), Math.Max(a, b)))];

    /// <summary>Whether a block reaches behind the cut and onto another way, so that the oldest of its ways may be another now.</summary>
    private static bool Spans(KeyValuePair<SegmentId, long[]> segment, SampleWay way, HashSet<(long, long)> behind) =>
        Stretches(segment.Value).Overlaps(behind) && !Stretches(segment.Value).IsSubsetOf(Stretches(way.Nodes));

    private static StreetNetwork Import(OsmSample map) =>
        OsmImport.ReadXml(() => new MemoryStream(Encoding.UTF8.GetBytes(map.Xml())), "map.osm", new StreetImportOptions()).Network;
}
