namespace CleanStreets.Edge.Capture;

/// <summary>How far what a camera shows has moved in its picture since an earlier look, light and contrast left aside.</summary>
/// <param name="X">Cells of a <see cref="Thumbnail"/> to the right.</param>
/// <param name="Y">Cells down.</param>
/// <param name="Difference">Mean squared difference that is left at this shift; 2 is nothing in common.</param>
/// <param name="Unmoved">The same without a shift.</param>
internal readonly record struct PictureShift(int X, int Y, double Difference, double Unmoved)
{
    // A shift must explain the difference, not merely soften it.
    private const double Explains = 0.5;
    private const double LeastDifference = 0.04;

    /// <summary>Whether the two differ at all.</summary>
    public bool IsDifferent => Unmoved > LeastDifference;

    /// <summary>Finds the shift under which two pictures differ least.</summary>
    /// <param name="then">Cells of the earlier.</param>
    /// <param name="now">Cells of the later.</param>
    /// <param name="farthestX">Cells to either side that are tried.</param>
    /// <param name="farthestY">Cells up and down.</param>
    public static PictureShift Between(float[] then, float[] now, int farthestX, int farthestY)
    {
        var (before, after) = (Normal(then), Normal(now));
        var unmoved = DifferenceAt(after, before, 0, 0);
        var best = new PictureShift(0, 0, unmoved, unmoved);
        for (var y = -farthestY; y <= farthestY; y++)
        {
            for (var x = -farthestX; x <= farthestX; x++)
            {
                var difference = DifferenceAt(after, before, x, y);
                best = difference < best.Difference ? new PictureShift(x, y, difference, unmoved) : best;
            }
        }

        return best;
    }

    /// <summary>Whether the two differ, and a shift by at least so many cells explains it.</summary>
    public bool IsAtLeast(int cells) => Math.Max(Math.Abs(X), Math.Abs(Y)) >= cells && IsDifferent && Difference < Unmoved * Explains;

    /// <summary>Light and contrast taken out.</summary>
    private static float[] Normal(float[] cells)
    {
        var mean = cells.Average();
        var spread = MathF.Sqrt(cells.Average(cell => (cell - mean) * (cell - mean)));
        return [.. cells.Select(cell => (cell - mean) / Math.Max(spread, 1))];
    }

    private static double DifferenceAt(float[] now, float[] then, int shiftX, int shiftY)
    {
        double sum = 0;
        var count = 0;
        for (var y = Math.Max(0, -shiftY); y < Math.Min(Thumbnail.Rows, Thumbnail.Rows - shiftY); y++)
        {
            for (var x = Math.Max(0, -shiftX); x < Math.Min(Thumbnail.Columns, Thumbnail.Columns - shiftX); x++)
            {
                var difference = now[((y + shiftY) * Thumbnail.Columns) + x + shiftX] - then[(y * Thumbnail.Columns) + x];
                sum += difference * difference;
                count++;
            }
        }

        return sum / count;
    }
}
