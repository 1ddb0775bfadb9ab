using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Areas;

/// <summary>Polygons of one area, with holes: inside is what a line to the outside crosses an odd number of edges from.</summary>
/// <remarks>
/// Straight in degrees of longitude and latitude, as GeoJSON draws them. Two areas that share an edge share no place: a point on it
/// belongs to one of them. Edges lie in rows by latitude, so that a question looks only at those beside it. Immutable.
/// </remarks>
public sealed class AreaShape
{
    private const int EdgesPerRow = 8;
    private const int MostRows = 1 << 14;

    private readonly Edge[] _edges;
    private readonly int[][] _rows;
    private readonly double _south;
    private readonly double _north;
    private readonly double _west;
    private readonly double _east;

    /// <summary>Makes a shape of rings; which of them are holes follows from how they lie.</summary>
    /// <exception cref="ArgumentException">There is no ring of three or more corners.</exception>
    public AreaShape(IEnumerable<IReadOnlyList<GeoPoint>> rings)
    {
        Rings = [.. rings];
        _edges = [.. Rings.SelectMany(Edges)];
        if (_edges.Length < 3)
        {
            throw new ArgumentException("An area needs a ring of three corners or more.", nameof(rings));
        }

        (_south, _north) = (_edges.Min(edge => edge.South), _edges.Max(edge => edge.North));
        (_west, _east) = (_edges.Min(edge => edge.West), _edges.Max(edge => edge.East));
        _rows = Rows();
    }

    /// <summary>The rings it was made of.</summary>
    public IReadOnlyList<IReadOnlyList<GeoPoint>> Rings { get; }

    /// <summary>Whether a street may lie inside at all: whether a box touches the shape's own.</summary>
    public bool MayHold(double south, double west, double north, double east) =>
        north >= _south && south <= _north && east >= _west && west <= _east;

    /// <summary>Whether a point lies inside.</summary>
    public bool Contains(GeoPoint point)
    {
        if (point.Latitude < _south || point.Latitude > _north || point.Longitude < _west || point.Longitude > _east)
        {
            return false;
        }

        var inside = false;
        foreach (var edge in _rows[RowOf(point.Latitude)])
        {
            inside ^= _edges[edge].IsCrossedEastOf(point);
        }

        return inside;
    }

    /// <summary>Share of a straight piece of street that lies inside, 0–1.</summary>
    public double ShareInside(GeoPoint from, GeoPoint to)
    {
        if (Math.Max(from.Latitude, to.Latitude) < _south || Math.Min(from.Latitude, to.Latitude) > _north
            || Math.Max(from.Longitude, to.Longitude) < _west || Math.Min(from.Longitude, to.Longitude) > _east)
        {
            return 0;
        }

        var cuts = new List<double> { 0, 1 };
        var (first, last) = (RowOf(Math.Min(from.Latitude, to.Latitude)), RowOf(Math.Max(from.Latitude, to.Latitude)));
        for (var row = first; row <= last; row++)
        {
            foreach (var edge in _rows[row])
            {
                if (_edges[edge].TryCut(from, to, out var at))
                {
                    cuts.Add(at);
                }
            }
        }

        cuts.Sort();
        var share = 0.0;
        for (var i = 1; i < cuts.Count; i++)
        {
            if (cuts[i] > cuts[i - 1] && Contains(Between(from, to, (cuts[i] + cuts[i - 1]) / 2)))
            {
                share += cuts[i] - cuts[i - 1];
            }
        }

        return share;
    }

    private static GeoPoint Between(GeoPoint from, GeoPoint to, double at) => new(
        from.Latitude + ((to.Latitude - from.Latitude) * at), from.Longitude + ((to.Longitude - from.Longitude) * at));

    private static IEnumerable<Edge> Edges(IReadOnlyList<GeoPoint> ring)
    {
        for (var i = 0; i < ring.Count; i++)
        {
            var (from, to) = (ring[i], ring[(i + 1) % ring.Count]);
            if (from != to)
            {
                yield return Edge.Of(from, to);
            }
        }
    }

    private int[][] Rows()
    {
        var rows = new List<int>[Math.Clamp(_edges.Length / EdgesPerRow, 1, MostRows)];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = [];
        }

        for (var edge = 0; edge < _edges.Length; edge++)
        {
            for (var row = RowOf(_edges[edge].South, rows.Length); row <= RowOf(_edges[edge].North, rows.Length); row++)
            {
                rows[row].Add(edge);
            }
        }

        return [.. rows.Select(row => row.ToArray())];
    }

    private int RowOf(double latitude) => RowOf(latitude, _rows.Length);

    private int RowOf(double latitude, int rows) =>
        Math.Clamp((int)((latitude - _south) / Math.Max(_north - _south, double.Epsilon) * rows), 0, rows - 1);

    /// <summary>An edge, always begun at its southern end, so that both areas beside it reckon with the same numbers.</summary>
    private readonly record struct Edge(double South, double SouthX, double North, double NorthX)
    {
        public double West => Math.Min(SouthX, NorthX);

        public double East => Math.Max(SouthX, NorthX);

        public static Edge Of(GeoPoint a, GeoPoint b) =>
            (a.Latitude, a.Longitude).CompareTo((b.Latitude, b.Longitude)) <= 0
                ? new Edge(a.Latitude, a.Longitude, b.Latitude, b.Longitude)
                : new Edge(b.Latitude, b.Longitude, a.Latitude, a.Longitude);

        public bool IsCrossedEastOf(GeoPoint point) =>
            point.Latitude >= South && point.Latitude < North
            && SouthX + ((point.Latitude - South) / (North - South) * (NorthX - SouthX)) > point.Longitude;

        /// <summary>Where, from 0 to 1 of a piece, the edge cuts it.</summary>
        public bool TryCut(GeoPoint from, GeoPoint to, out double at)
        {
            var (pieceX, pieceY) = (to.Longitude - from.Longitude, to.Latitude - from.Latitude);
            var (edgeX, edgeY) = (NorthX - SouthX, North - South);
            var cross = (pieceX * edgeY) - (pieceY * edgeX);
            at = 0;
            if (cross == 0)
            {
                return false; // Side by side: where they lie on each other, the middle of the piece decides.
            }

            var (x, y) = (SouthX - from.Longitude, South - from.Latitude);
            at = ((x * edgeY) - (y * edgeX)) / cross;
            var along = ((x * pieceY) - (y * pieceX)) / cross;
            return at is > 0 and < 1 && along is >= 0 and <= 1;
        }
    }
}
