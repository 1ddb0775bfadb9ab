namespace CleanStreets.Dashboard.Map;

/// <summary>Drops vertices that nobody can see, by Douglas and Peucker's rule.</summary>
internal static class LineSimplifier
{
    /// <summary>Keeps both ends and every vertex further than <paramref name="tolerance"/> from the line without it.</summary>
    public static TilePoint[] Simplify(TilePoint[] line, double tolerance)
    {
        if (line.Length <= 2)
        {
            return line;
        }

        var keep = new bool[line.Length];
        keep[0] = keep[^1] = true;
        var open = new Stack<(int First, int Last)>([(0, line.Length - 1)]);
        while (open.TryPop(out var span))
        {
            var (furthest, distance) = Furthest(line, span.First, span.Last);
            if (distance > tolerance)
            {
                keep[furthest] = true;
                open.Push((span.First, furthest));
                open.Push((furthest, span.Last));
            }
        }

        return [.. line.Where((_, i) => keep[i])];
    }

    private static (int Index, double Distance) Furthest(TilePoint[] line, int first, int last)
    {
        var (furthest, most) = (first, 0d);
        for (var i = first + 1; i < last; i++)
        {
            var distance = Distance(line[i], line[first], line[last]);
            if (distance > most)
            {
                (furthest, most) = (i, distance);
            }
        }

        return (furthest, most);
    }

    private static double Distance(TilePoint point, TilePoint a, TilePoint b)
    {
        var (dx, dy) = (b.X - a.X, b.Y - a.Y);
        var squared = (dx * dx) + (dy * dy);
        var along = squared == 0 ? 0 : Math.Clamp((((point.X - a.X) * dx) + ((point.Y - a.Y) * dy)) / squared, 0, 1);
        return Math.Sqrt(Square(point.X - a.X - (along * dx)) + Square(point.Y - a.Y - (along * dy)));
    }

    private static double Square(double value) => value * value;
}
