using CleanStreets.Contracts;

namespace CleanStreets.Scoring.Streets;

/// <summary>What <see cref="StreetCheck"/> found.</summary>
/// <param name="Pieces">The connected pieces of the network when one-ways are ignored, largest first, as segment indices.</param>
/// <param name="Core">Segments from each of which every other one can be driven to: the largest such set, as segment indices.</param>
/// <param name="SameGeometry">Pairs of segments with the same line, in either direction.</param>
/// <param name="ZeroLength">Segments shorter than 10 cm.</param>
public sealed record StreetReport(
    IReadOnlyList<IReadOnlyList<int>> Pieces,
    IReadOnlyList<int> Core,
    IReadOnlyList<(SegmentId First, SegmentId Second)> SameGeometry,
    IReadOnlyList<SegmentId> ZeroLength);

/// <summary>Looks for what is wrong with a network: disconnected pieces, streets nobody can drive out of, duplicates, zero lengths.</summary>
public static class StreetCheck
{
    private const double ShortestMetres = 0.1;

    /// <summary>Checks a network.</summary>
    public static StreetReport Run(StreetNetwork network) => new(
        StreetPieces.Connected(network),
        StreetPieces.DrivableCore(network),
        SameGeometry(network),
        [.. network.Segments.Where(segment => segment.LengthMetres < ShortestMetres).Select(segment => segment.Id)]);

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
