using System.Runtime.CompilerServices;

namespace CleanStreets.Scoring.Streets;

/// <summary>The nearest place of one segment to a point.</summary>
/// <param name="Segment">Index of the segment.</param>
/// <param name="Piece">The straight piece it lies on.</param>
/// <param name="Offset">Metres along the segment.</param>
/// <param name="Distance">Metres from the point.</param>
internal readonly record struct SegmentHit(int Segment, int Piece, double Offset, double Distance);

/// <summary>How far a search has to look once it knows the nearest.</summary>
internal interface ISearchReach
{
    /// <summary>Metres beyond which nothing is of interest when the nearest place lies <paramref name="nearest"/> metres away.</summary>
    double Beyond(double nearest);
}

/// <summary>Spatial lookup: which segments run near a point. Square cells hold the straight pieces that touch them.</summary>
internal sealed class SegmentGrid
{
    // 50 m: a search of the usual 45 m radius touches at most nine cells, and a block face fills about two.
    private const double SmallestCell = 50;
    private const int MostCells = 1 << 22;

    // A power of two; a search meets a few dozen.
    private const int SeenPieces = 64;

    // 1 mm: looking this much too far costs nothing and keeps rounding from leaving anything out.
    private const double Rounding = 1e-3;

    private readonly SegmentShapes _shapes;
    private readonly double _cell;
    private readonly double _west;
    private readonly double _south;
    private readonly int _columns;
    private readonly int _rows;
    private readonly int[] _start;
    private readonly int[] _pieces;

    public SegmentGrid(SegmentShapes shapes)
    {
        _shapes = shapes;
        var (west, east, south, north) = (double.MaxValue, double.MinValue, double.MaxValue, double.MinValue);
        foreach (var x in shapes.X)
        {
            (west, east) = (Math.Min(west, x), Math.Max(east, x));
        }

        foreach (var y in shapes.Y)
        {
            (south, north) = (Math.Min(south, y), Math.Max(north, y));
        }

        (_west, _south) = (west, south);
        _cell = Math.Max(SmallestCell, Math.Sqrt((east - west + SmallestCell) * (north - south + SmallestCell) / MostCells));
        _columns = (int)((east - west) / _cell) + 1;
        _rows = (int)((north - south) / _cell) + 1;
        (_start, _pieces) = Fill();
    }

    /// <summary>Writes the segments within <paramref name="radius"/> of a point, nearest first, as many as fit; returns how many.</summary>
    public int Find(double x, double y, double radius, Span<SegmentHit> hits) => Find(x, y, radius, hits, default(Everything));

    /// <summary>The same, but those beyond the reach of the nearest one may be left out.</summary>
    [SkipLocalsInit]
    public int Find<TReach>(double x, double y, double radius, Span<SegmentHit> hits, TReach reach)
        where TReach : struct, ISearchReach
    {
        Span<int> seen = stackalloc int[SeenPieces];
        seen.Clear();
        var search = new Search { X = x, Y = y, Radius = radius, Squared = radius * radius, Nearest = double.PositiveInfinity, Seen = seen };
        var (firstColumn, lastColumn) = Range(x - _west, radius, _columns);
        var (firstRow, lastRow) = Range(y - _south, radius, _rows);
        if (firstColumn > lastColumn || firstRow > lastRow)
        {
            return 0;
        }

        // The cell of the point first: its streets are near, so the cells around are mostly too far away to be looked into.
        var ownColumn = Math.Clamp((int)Math.Floor((x - _west) / _cell), firstColumn, lastColumn);
        var ownRow = Math.Clamp((int)Math.Floor((y - _south) / _cell), firstRow, lastRow);
        var count = LookInto((ownRow * _columns) + ownColumn, ref search, hits, 0, reach);
        for (var row = firstRow; row <= lastRow; row++)
        {
            var north = Away(y - _south, row);
            if (north * north > search.Squared)
            {
                continue;
            }

            for (var column = firstColumn; column <= lastColumn; column++)
            {
                var east = Away(x - _west, column);
                if ((east * east) + (north * north) <= search.Squared && (row != ownRow || column != ownColumn))
                {
                    count = LookInto((row * _columns) + column, ref search, hits, count, reach);
                }
            }
        }

        return count;
    }

    private int LookInto<TReach>(int cell, ref Search search, Span<SegmentHit> hits, int count, TReach reach)
        where TReach : struct, ISearchReach
    {
        foreach (var piece in _pieces.AsSpan(_start[cell], _start[cell + 1] - _start[cell]))
        {
            // A piece lies in several cells; once is enough.
            ref var seen = ref search.Seen[piece & (SeenPieces - 1)];
            if (seen == piece + 1)
            {
                continue;
            }

            seen = piece + 1;
            var squared = _shapes.SquaredDistance(piece, search.X, search.Y, out var offset);
            if (squared <= search.Squared)
            {
                count = Insert(hits, count, new SegmentHit(_shapes.SegmentOf(piece), piece, offset, Math.Sqrt(squared)));
                if (hits[0].Distance < search.Nearest)
                {
                    search.Narrow(hits[0].Distance, reach.Beyond(hits[0].Distance) + Rounding);
                }
            }
        }

        return count;
    }

    /// <summary>Metres from a place to the nearer edge of a row or a column that it is not in; 0 within.</summary>
    private double Away(double at, int cell) => Math.Max(0, Math.Max((cell * _cell) - at, at - ((cell + 1) * _cell)) - Rounding);

    /// <summary>Keeps the hits sorted by distance, then segment, with one hit for each segment.</summary>
    private static int Insert(Span<SegmentHit> hits, int count, in SegmentHit hit)
    {
        for (var i = 0; i < count; i++)
        {
            if (hits[i].Segment == hit.Segment)
            {
                if (!Before(hit, hits[i]))
                {
                    return count;
                }

                hits[(i + 1)..count].CopyTo(hits[i..]);
                count--;
                break;
            }
        }

        var at = count;
        while (at > 0 && Before(hit, hits[at - 1]))
        {
            at--;
        }

        if (at == hits.Length)
        {
            return count;
        }

        var kept = Math.Min(count, hits.Length - 1);
        hits[at..kept].CopyTo(hits[(at + 1)..]);
        hits[at] = hit;
        return kept + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Before(in SegmentHit one, in SegmentHit other) =>
        one.Distance < other.Distance
        || (one.Distance == other.Distance
            && (one.Segment < other.Segment || (one.Segment == other.Segment && one.Piece < other.Piece)));

    private (int First, int Last) Range(double at, double radius, int count)
    {
        // Compared as numbers before the cast: a place across the globe, or one that is no number, finds nothing.
        double first = Math.Floor((at - radius) / _cell), last = Math.Floor((at + radius) / _cell);
        return first < count && last >= 0 ? ((int)Math.Max(0, first), (int)Math.Min(count - 1, last)) : (0, -1);
    }

    private (int[] Start, int[] Pieces) Fill()
    {
        var start = new int[(_columns * _rows) + 1];
        ForEachCell((cell, _) => start[cell + 1]++);
        for (var i = 1; i < start.Length; i++)
        {
            start[i] += start[i - 1];
        }

        var pieces = new int[start[^1]];
        var next = start.AsSpan(0, start.Length - 1).ToArray();
        ForEachCell((cell, piece) => pieces[next[cell]++] = piece);
        return (start, pieces);
    }

    private void ForEachCell(Action<int, int> visit)
    {
        for (var segment = 0; segment < _shapes.SegmentCount; segment++)
        {
            for (var piece = _shapes.FirstPiece(segment); piece <= _shapes.LastPiece(segment); piece++)
            {
                ForEachCellOf(piece, visit);
            }
        }
    }

    private void ForEachCellOf(int piece, Action<int, int> visit)
    {
        double x0 = _shapes.X[piece] - _west, x1 = _shapes.X[piece + 1] - _west;
        double y0 = _shapes.Y[piece] - _south, y1 = _shapes.Y[piece + 1] - _south;
        var lastColumn = Math.Min(_columns - 1, (int)(Math.Max(x0, x1) / _cell));
        for (var column = (int)(Math.Min(x0, x1) / _cell); column <= lastColumn; column++)
        {
            // The rows between the heights at which the piece enters and leaves this column.
            var (low, high) = HeightsWithin(x0, y0, x1, y1, column * _cell, (column + 1) * _cell);
            var lastRow = Math.Min(_rows - 1, (int)(high / _cell));
            for (var row = Math.Max(0, (int)(low / _cell)); row <= lastRow; row++)
            {
                visit((row * _columns) + column, piece);
            }
        }
    }

    private static (double Low, double High) HeightsWithin(double x0, double y0, double x1, double y1, double left, double right)
    {
        if (Math.Abs(x1 - x0) < 1e-9)
        {
            return (Math.Min(y0, y1), Math.Max(y0, y1));
        }

        var slope = (y1 - y0) / (x1 - x0);
        var atLeft = y0 + (slope * (Math.Clamp(left, Math.Min(x0, x1), Math.Max(x0, x1)) - x0));
        var atRight = y0 + (slope * (Math.Clamp(right, Math.Min(x0, x1), Math.Max(x0, x1)) - x0));
        return (Math.Min(atLeft, atRight), Math.Max(atLeft, atRight));
    }

    /// <summary>Where a search is, and how far it still looks.</summary>
    private ref struct Search
    {
        public double X;
        public double Y;
        public double Radius;

        /// <summary>The square of how far it still looks.</summary>
        public double Squared;

        /// <summary>The nearest place so far.</summary>
        public double Nearest;

        /// <summary>Pieces looked at lately, each at its number's last bits, plus 1; 0 where none was.</summary>
        public Span<int> Seen;

        public void Narrow(double nearest, double radius)
        {
            Nearest = nearest;
            Squared = radius < Radius ? Math.Min(Squared, radius * radius) : Squared;
        }
    }

    private readonly struct Everything : ISearchReach
    {
        public double Beyond(double nearest) => double.PositiveInfinity;
    }
}
