using System.Runtime.CompilerServices;

namespace CleanStreets.Scoring.Streets;

/// <summary>The geometry of all segments in the local plane, in flat arrays.</summary>
/// <remarks>A <em>piece</em> is the straight line from shape point i to i + 1 of one segment and is named by i.</remarks>
internal sealed class SegmentShapes
{
    private readonly int[] _first;
    private readonly int[] _segmentOfPoint;
    private readonly double[] _x;
    private readonly double[] _y;
    private readonly double[] _along;
    private readonly double[] _heading;
    private readonly double[] _east;
    private readonly double[] _north;
    private readonly Line[] _lines;

    public SegmentShapes(IReadOnlyList<StreetDefinition> streets, LocalProjection projection)
    {
        _first = new int[streets.Count + 1];
        for (var i = 0; i < streets.Count; i++)
        {
            _first[i + 1] = _first[i] + streets[i].Geometry.Count;
        }

        var points = _first[^1];
        (_x, _y, _along, _segmentOfPoint) = (new double[points], new double[points], new double[points], new int[points]);
        (_heading, _east, _north) = (new double[points], new double[points], new double[points]);
        for (var segment = 0; segment < streets.Count; segment++)
        {
            Place(segment, streets[segment].Geometry, projection);
        }

        _lines = [.. Enumerable.Range(0, Math.Max(0, points - 1)).Select(LineOf)];
    }

    public int SegmentCount => _first.Length - 1;

    public ReadOnlySpan<double> X => _x;

    public ReadOnlySpan<double> Y => _y;

    /// <summary>First piece of a segment.</summary>
    public int FirstPiece(int segment) => _first[segment];

    /// <summary>Last piece of a segment.</summary>
    public int LastPiece(int segment) => _first[segment + 1] - 2;

    public int SegmentOf(int piece) => _segmentOfPoint[piece];

    public double LengthOf(int segment) => _along[_first[segment + 1] - 1];

    /// <summary>The place <paramref name="offset"/> metres along a segment, and the piece it lies on.</summary>
    public PlanePoint PointAt(int segment, double offset, out int piece)
    {
        piece = PieceAt(segment, offset);
        var length = _along[piece + 1] - _along[piece];
        var share = length <= 0 ? 0 : Math.Clamp((offset - _along[piece]) / length, 0, 1);
        return new PlanePoint(
            _x[piece] + (share * (_x[piece + 1] - _x[piece])), _y[piece] + (share * (_y[piece + 1] - _y[piece])));
    }

    /// <summary>Direction of a piece, degrees clockwise from north.</summary>
    public double HeadingOf(int piece) => _heading[piece];

    /// <summary>Direction of a piece as a vector of length 1.</summary>
    public PlanePoint DirectionOf(int piece) => new(_east[piece], _north[piece]);

    /// <summary>The place on a piece that lies <paramref name="offset"/> metres along its segment.</summary>
    public PlanePoint PlaceOn(int piece, double offset)
    {
        var into = offset - _along[piece];
        return new PlanePoint(_x[piece] + (into * _east[piece]), _y[piece] + (into * _north[piece]));
    }

    /// <summary>Squared distance from a point to a piece, and the offset along the segment of the nearest place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double SquaredDistance(int piece, double x, double y, out double offset)
    {
        ref readonly var line = ref _lines[piece];
        double fromX = x - line.X, fromY = y - line.Y;
        var share = line.SquaredLength <= 0 ? 0 : Math.Clamp(((fromX * line.East) + (fromY * line.North)) / line.SquaredLength, 0, 1);
        double awayX = fromX - (share * line.East), awayY = fromY - (share * line.North);
        offset = line.Along + (share * line.Length);
        return (awayX * awayX) + (awayY * awayY);
    }

    /// <summary>The offset between <paramref name="from"/> and <paramref name="to"/> on a segment that is nearest to a point.</summary>
    public double NearestOffset(int segment, double from, double to, double x, double y, out double squaredDistance)
    {
        var (best, nearest) = (double.MaxValue, from);
        for (int piece = PieceAt(segment, from), last = PieceAt(segment, to); piece <= last; piece++)
        {
            SquaredDistance(piece, x, y, out var offset);
            offset = Math.Clamp(offset, from, to);
            var place = PointAt(segment, offset, out _);
            var distance = ((place.X - x) * (place.X - x)) + ((place.Y - y) * (place.Y - y));
            if (distance < best)
            {
                (best, nearest) = (distance, offset);
            }
        }

        squaredDistance = best;
        return nearest;
    }

    private int PieceAt(int segment, double offset)
    {
        var piece = _first[segment];
        var last = LastPiece(segment);
        while (piece < last && _along[piece + 1] < offset)
        {
            piece++;
        }

        return piece;
    }

    private Line LineOf(int piece)
    {
        double east = _x[piece + 1] - _x[piece], north = _y[piece + 1] - _y[piece];
        return new Line
        {
            X = _x[piece],
            Y = _y[piece],
            East = east,
            North = north,
            SquaredLength = (east * east) + (north * north),
            Along = _along[piece],
            Length = _along[piece + 1] - _along[piece],
        };
    }

    private void Place(int segment, IReadOnlyList<GeoPoint> line, LocalProjection projection)
    {
        for (var i = 0; i < line.Count; i++)
        {
            var at = _first[segment] + i;
            var place = projection.ToPlane(line[i]);
            (_x[at], _y[at], _segmentOfPoint[at]) = (place.X, place.Y, segment);
            if (i > 0)
            {
                double dx = _x[at] - _x[at - 1], dy = _y[at] - _y[at - 1];
                _along[at] = _along[at - 1] + Math.Sqrt((dx * dx) + (dy * dy));
                _heading[at - 1] = (double.RadiansToDegrees(Math.Atan2(dx, dy)) + 360) % 360;
                var length = _along[at] - _along[at - 1];
                (_east[at - 1], _north[at - 1]) = length > 0 ? (dx / length, dy / length) : (0, 1);
            }
        }
    }

    /// <summary>A piece as the search wants it, side by side in memory.</summary>
    private struct Line
    {
        public double X;
        public double Y;
        public double East;
        public double North;
        public double SquaredLength;
        public double Along;
        public double Length;
    }
}
