using CleanStreets.Contracts;

namespace CleanStreets.Scoring.Streets;

/// <summary>What <see cref="StreetCheck"/> found.</summary>
/// <param name="Pieces">The connected pieces of the network when one-ways are ignored, largest first, as segment indices.</param>
/// <param name="Core">Segments from each of which every other one can be driven to: the largest such set, as segment indices.</param>
/// <param name="SameGeometry">Pairs of segments with the same line, in either direction.</param>
/// <param name="ZeroLength">Segments shorter than 10 cm.</param>
/// <param name="NoWayOut">Segments and ways of driving them from whose end signs forbid every turn but the one back, or that one too where there is no other.</param>
/// <param name="NoWayIn">Segments and ways of driving them into which signs forbid every turn but the one back.</param>
public sealed record StreetReport(
    IReadOnlyList<IReadOnlyList<int>> Pieces,
    IReadOnlyList<int> Core,
    IReadOnlyList<(SegmentId First, SegmentId Second)> SameGeometry,
    IReadOnlyList<SegmentId> ZeroLength,
    IReadOnlyList<(SegmentId Segment, bool Forward)> NoWayOut,
    IReadOnlyList<(SegmentId Segment, bool Forward)> NoWayIn);

/// <summary>Looks for what is wrong with a network: disconnected pieces, streets nobody can drive out of, duplicates, zero lengths, signs that leave no way.</summary>
public static class StreetCheck
{
    private const double ShortestMetres = 0.1;

    /// <summary>Checks a network.</summary>
    public static StreetReport Run(StreetNetwork network) => new(
        StreetPieces.Connected(network),
        StreetPieces.DrivableCore(network),
        SameGeometry(network),
        [.. network.Segments.Where(segment => segment.LengthMetres < ShortestMetres).Select(segment => segment.Id)],
        NoWayOut(network),
        NoWayIn(network));

    private static List<(SegmentId, bool)> NoWayOut(StreetNetwork network)
    {
        var edges = network.Edges;
        return [.. network.ForbiddenTurns.Select(turn => (turn.From, turn.FromForward)).Distinct().Where(from =>
        {
            var edge = EdgeOf(network, from.From, from.FromForward);
            var ways = edges.From(edges.EndNode(edge)).ToArray();
            return Array.TrueForAll(Onward(ways, StreetEdges.Reverse(edge)), next => edges.IsForbidden(edge, next));
        })];
    }

    private static List<(SegmentId, bool)> NoWayIn(StreetNetwork network)
    {
        var edges = network.Edges;
        return [.. network.ForbiddenTurns.Select(turn => (turn.To, turn.ToForward)).Distinct().Where(to =>
        {
            var edge = EdgeOf(network, to.To, to.ToForward);
            int[] ways = [.. network.Segments.Where(segment => segment.FromNode == edges.StartNode(edge) || segment.ToNode == edges.StartNode(edge))
                .SelectMany(segment => new[] { StreetEdges.Of(segment.Index, forward: true), StreetEdges.Of(segment.Index, forward: false) })
                .Where(before => edges.EndNode(before) == edges.StartNode(edge) && edges.IsDrivable(before))];
            return Array.TrueForAll(Onward(ways, StreetEdges.Reverse(edge)), before => edges.IsForbidden(before, edge));
        })];
    }

    /// <summary>Turning round is no way on, unless there is no other.</summary>
    private static int[] Onward(int[] ways, int back) => ways.Length > 1 ? Array.FindAll(ways, way => way != back) : ways;

    private static int EdgeOf(StreetNetwork network, SegmentId id, bool forward) => StreetEdges.Of(
        network.TryFind(id, out var segment) ? segment.Index : throw new InvalidOperationException("A network holds the segments of its turns."), forward);

    private static List<(SegmentId, SegmentId)> SameGeometry(StreetNetwork network)
    {
        var first = new Dictionary<string, SegmentId>(StringComparer.Ordinal);
        var pairs = new List<(SegmentId, SegmentId)>();
        foreach (var segment in network.Segments)
        {
            if (!first.TryAdd(LineKey(segment.Geometry), segment.Id))
            {
                pairs.Add((first[LineKey(segment.Geometry)], segment.Id));
            }
        }

        return pairs;
    }

    /// <summary>The line as text, begun at the end that sorts first.</summary>
    private static string LineKey(IReadOnlyList<GeoPoint> line)
    {
        var there = string.Join(' ', line.Select(Key));
        var back = string.Join(' ', line.Reverse().Select(Key));
        return string.CompareOrdinal(there, back) < 0 ? there : back;

        static string Key(GeoPoint point) => $"{Math.Round(point.Latitude * 1e7):F0},{Math.Round(point.Longitude * 1e7):F0}";
    }
}
