using System.Diagnostics.CodeAnalysis;
using CleanStreets.Contracts;

namespace CleanStreets.Scoring.Streets;

/// <summary>An immutable street network: segments, the junctions their shared end points make, and who leads where.</summary>
/// <remarks>
/// Safe to share between threads. A changed city is a new network, swapped whole. Segments stand in ordinal order of their
/// ids, so equal content has equal indices and an equal <see cref="Version"/>, whatever the order of the file.
/// </remarks>
public sealed class StreetNetwork
{
    private readonly Dictionary<SegmentId, StreetSegment> _byId;
    private readonly StreetSegment[] _segments;

    private StreetNetwork(StreetSegment[] segments, LocalProjection projection, SegmentShapes shapes, string version, int nodes, ForbiddenTurn[] forbidden)
    {
        _segments = segments;
        _byId = segments.ToDictionary(segment => segment.Id);
        Projection = projection;
        Shapes = shapes;
        Version = version;
        NodeCount = nodes;
        Grid = new SegmentGrid(shapes);
        ForbiddenTurns = forbidden;
        Edges = new StreetEdges(segments, nodes, [.. forbidden.Select(turn =>
            (StreetEdges.Of(_byId[turn.From].Index, turn.FromForward), StreetEdges.Of(_byId[turn.To].Index, turn.ToForward)))]);
    }

    /// <summary>Hash of the content, 12 hexadecimal digits: equal content, equal version.</summary>
    public string Version { get; }

    /// <summary>All segments; a segment's <see cref="StreetSegment.Index"/> is its place here.</summary>
    public IReadOnlyList<StreetSegment> Segments => _segments;

    /// <summary>Turns that traffic signs forbid, in the order of their ids; empty where the source names none.</summary>
    public IReadOnlyList<ForbiddenTurn> ForbiddenTurns { get; }

    /// <summary>Number of junctions and dead ends.</summary>
    public int NodeCount { get; }

    /// <summary>The local plane in which all distances are measured.</summary>
    public LocalProjection Projection { get; }

    /// <summary>Spatial lookup.</summary>
    internal SegmentGrid Grid { get; }

    /// <summary>Geometry in the plane, flat.</summary>
    internal SegmentShapes Shapes { get; }

    /// <summary>Directed edges and their adjacency.</summary>
    internal StreetEdges Edges { get; }

    /// <summary>Builds a network.</summary>
    /// <param name="streets">The segments, in any order.</param>
    /// <param name="forbidden">Turns that traffic signs forbid; none when not given.</param>
    /// <exception cref="ArgumentException">
    /// An id occurs twice, a geometry has fewer than two points, there is no segment, or a forbidden turn is none in these streets.
    /// </exception>
    public static StreetNetwork Create(IEnumerable<StreetDefinition> streets, IEnumerable<ForbiddenTurn>? forbidden = null)
    {
        var ordered = streets.OrderBy(street => street.Id.Value, StringComparer.Ordinal).ToArray();
        Demand(ordered);
        var turns = ForbiddenTurn.InOrder(forbidden ?? []).ToArray();
        Demand(turns, ordered);
        var projection = new LocalProjection(CentreOf(ordered));
        var shapes = new SegmentShapes(ordered, projection);
        var nodes = new NodeNumbers();
        var segments = new StreetSegment[ordered.Length];
        for (var i = 0; i < ordered.Length; i++)
        {
            var line = ordered[i].Geometry;
            segments[i] = new StreetSegment(ordered[i], i, nodes.Of(line[0]), nodes.Of(line[^1]), shapes.LengthOf(i));
        }

        return new StreetNetwork(segments, projection, shapes, NetworkVersion.Of(ordered, turns), nodes.Count, turns);
    }

    /// <summary>Finds a segment by its id.</summary>
    public bool TryFind(SegmentId id, [NotNullWhen(true)] out StreetSegment? segment) => _byId.TryGetValue(id, out segment);

    /// <summary>The place on the earth <paramref name="offsetMetres"/> along a segment; offsets beyond its ends are cut.</summary>
    public GeoPoint PointAt(int segmentIndex, double offsetMetres) =>
        Projection.ToGeo(Shapes.PointAt(segmentIndex, offsetMetres, out _));

    /// <summary>Direction of the geometry at an offset, degrees clockwise from north, 0 ≤ x &lt; 360.</summary>
    public double HeadingAt(int segmentIndex, double offsetMetres)
    {
        Shapes.PointAt(segmentIndex, offsetMetres, out var piece);
        return Shapes.HeadingOf(piece);
    }

    /// <summary>The nearest place of the network; false when none lies within <paramref name="radiusMetres"/>.</summary>
    public bool TryFindNearest(GeoPoint point, double radiusMetres, out NearbyStreet nearest)
    {
        Span<SegmentHit> hits = stackalloc SegmentHit[1];
        var place = Projection.ToPlane(point);
        if (Grid.Find(place.X, place.Y, radiusMetres, hits) == 0)
        {
            nearest = default;
            return false;
        }

        nearest = new NearbyStreet(
            new StreetPosition(hits[0].Segment, hits[0].Offset), hits[0].Distance, Shapes.HeadingOf(hits[0].Piece));
        return true;
    }

    private static void Demand(StreetDefinition[] ordered)
    {
        if (ordered.Length == 0)
        {
            throw new ArgumentException("A street network needs at least one segment.", nameof(ordered));
        }

        for (var i = 0; i < ordered.Length; i++)
        {
            if (ordered[i].Geometry.Count < 2)
            {
                throw new ArgumentException($"Segment {ordered[i].Id} has fewer than two points.", nameof(ordered));
            }

            if (i > 0 && ordered[i].Id == ordered[i - 1].Id)
            {
                throw new ArgumentException($"Segment {ordered[i].Id} occurs twice.", nameof(ordered));
            }
        }
    }

    private static void Demand(ForbiddenTurn[] forbidden, StreetDefinition[] streets)
    {
        if (forbidden.Length == 0)
        {
            return;
        }

        var byId = streets.ToDictionary(street => street.Id);
        foreach (var turn in forbidden)
        {
            if (turn.FaultAmong(byId) is { } fault)
            {
                throw new ArgumentException($"A forbidden turn {fault}.", nameof(forbidden));
            }
        }
    }

    private static GeoPoint CentreOf(StreetDefinition[] streets)
    {
        var (south, north, west, east) = (90.0, -90.0, 180.0, -180.0);
        foreach (var point in streets.SelectMany(street => street.Geometry))
        {
            (south, north) = (Math.Min(south, point.Latitude), Math.Max(north, point.Latitude));
            (west, east) = (Math.Min(west, point.Longitude), Math.Max(east, point.Longitude));
        }

        return new GeoPoint((south + north) / 2, (west + east) / 2);
    }

    /// <summary>Numbers end points: two ends at the same 10⁻⁷ degree (1 cm) are one junction.</summary>
    private sealed class NodeNumbers
    {
        private readonly Dictionary<(long, long), int> _numbers = [];

        public int Count => _numbers.Count;

        public int Of(GeoPoint point)
        {
            var key = ((long)Math.Round(point.Latitude * 1e7), (long)Math.Round(point.Longitude * 1e7));
            if (!_numbers.TryGetValue(key, out var number))
            {
                number = _numbers.Count;
                _numbers.Add(key, number);
            }

            return number;
        }
    }
}
