namespace CleanStreets.Edge.Capture;

/// <summary>How bright a picture is (luma of ITU-R BT.601, 0–255), from every fourth pixel in both directions.</summary>
/// <param name="Median">Half of the picture is darker: one lit shop window does not make a street bright.</param>
/// <param name="Mean">The mean.</param>
/// <param name="Spread">Standard deviation: a covered lens shows nearly none.</param>
internal readonly record struct Brightness(double Median, double Mean, double Spread)
{
    private const int Step = 4;

    /// <summary>Measures a picture.</summary>
    public static Brightness Of(Picture picture)
    {
        Span<int> histogram = stackalloc int[256];
        var count = 0;
        for (var y = 0; y < picture.Height; y += Step)
        {
            var row = picture.Row(y);
            for (var x = 0; x < row.Length - 2; x += Step * Picture.Channels)
            {
                histogram[((299 * row[x]) + (587 * row[x + 1]) + (114 * row[x + 2])) / 1000]++;
                count++;
            }
        }

        double sum = 0, squares = 0;
        var (median, below) = (-1, 0);
        for (var value = 0; value < histogram.Length; value++)
        {
            sum += (double)value * histogram[value];
            squares += (double)value * value * histogram[value];
            below += histogram[value];
            median = median < 0 && below * 2 >= count ? value : median;
        }

        var mean = sum / count;
        return new Brightness(median, mean, Math.Sqrt(Math.Max(0, (squares / count) - (mean * mean))));
    }
}
