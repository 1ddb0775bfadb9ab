namespace CleanStreets.Dashboard.Map;

/// <summary>Cuts a line to a square by Liang and Barsky's parameter test, piece by piece.</summary>
internal static class LineClipper
{
    /// <summary>The parts of <paramref name="line"/> inside <paramref name="low"/>…<paramref name="high"/> on both axes.</summary>
    public static List<List<TilePoint>> Clip(ReadOnlySpan<TilePoint> line, double low, double high)
    {
        var parts = new List<List<TilePoint>>();
        List<TilePoint>? part = null;
        for (var i = 1; i < line.Length; i++)
        {
            if (!TryClip(line[i - 1], line[i], low, high, out var from, out var to))
            {
                part = null;
                continue;
            }

            if (part is null || part[^1] != from)
            {
                part = [from];
                parts.Add(part);
            }

            part.Add(to);
            if (to != line[i])
            {
                part = null; // The line left the square here.
            }
        }

        return parts;
    }

    private static bool TryClip(TilePoint a, TilePoint b, double low, double high, out TilePoint from, out TilePoint to)
    {
        double enter = 0, leave = 1;
        var (dx, dy) = (b.X - a.X, b.Y - a.Y);
        var inside = Narrow(-dx, a.X - low, ref enter, ref leave)
            && Narrow(dx, high - a.X, ref enter, ref leave)
            && Narrow(-dy, a.Y - low, ref enter, ref leave)
            && Narrow(dy, high - a.Y, ref enter, ref leave);
        from = enter > 0 ? new TilePoint(a.X + (enter * dx), a.Y + (enter * dy)) : a;
        to = leave < 1 ? new TilePoint(a.X + (leave * dx), a.Y + (leave * dy)) : b;
        return inside;
    }

    // Direction and distance to one edge: narrows the stretch of the piece that lies inside it.
    private static bool Narrow(double direction, double distance, ref double enter, ref double leave)
    {
        if (direction == 0)
        {
            return distance >= 0;
        }

        var at = distance / direction;
        if (direction < 0)
        {
            enter = Math.Max(enter, at);
        }
        else
        {
            leave = Math.Min(leave, at);
        }

        return enter <= leave;
    }
}

/// <summary>A point in the units of a tile: 0–4096 inside it.</summary>
internal readonly record struct TilePoint(double X, double Y);
