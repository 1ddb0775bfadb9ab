namespace CleanStreets.Edge.Capture;

/// <summary>A frame as few grey cells, for what looks at many frames together.</summary>
internal static class Thumbnail
{
    /// <summary>Cells in a row.</summary>
    public const int Columns = 64;

    /// <summary>Rows.</summary>
    public const int Rows = 48;

    /// <summary>Cells.</summary>
    public const int Cells = Columns * Rows;

    private const int Step = 2;

    /// <summary>Mean brightness of each cell, 0–255, from every second pixel of every second row.</summary>
    /// <returns>How sharp the picture is: mean step of brightness between neighbouring pixels.</returns>
    public static double Fill(Picture picture, Span<float> cells)
    {
        Span<int> counts = stackalloc int[Columns];
        Span<long> sums = stackalloc long[Columns];
        long steps = 0, pairs = 0;
        for (var row = 0; row < Rows; row++)
        {
            counts.Clear();
            sums.Clear();
            for (var y = row * picture.Height / Rows; y < (row + 1) * picture.Height / Rows; y += Step)
            {
                var pixels = picture.Row(y);
                var before = -1;
                for (var x = 0; x < picture.Width; x += Step)
                {
                    // Green carries most of what the eye calls brightness, and one byte is read instead of three.
                    int value = pixels[(x * Picture.Channels) + 1];
                    var column = x * Columns / picture.Width;
                    sums[column] += value;
                    counts[column]++;
                    steps += before < 0 ? 0 : Math.Abs(value - before);
                    pairs++;
                    before = value;
                }
            }

            for (var column = 0; column < Columns; column++)
            {
                cells[(row * Columns) + column] = counts[column] == 0 ? 0 : sums[column] / (float)counts[column];
            }
        }

        return pairs == 0 ? 0 : steps / (double)pairs;
    }
}
