namespace CleanStreets.Edge.Capture;

/// <summary>Compares the average of many frames with the one of the day the camera was measured: shifted means bent, soft means smeared.</summary>
internal sealed class MovedDetector(string calibrationId, CameraReference? reference, Action<CameraReference> learned)
{
    private const float Memory = 1f / CameraWatch.FramesToJudge;

    // Of the picture's height and width: a twentieth of a 60° view is 3°, which moves the far edge of the footprint by metres.
    private const int MovedCells = 3;
    private const int FarthestX = 12;
    private const int FarthestY = 10;

    // A shift must explain the difference, not merely soften it.
    private const double Explains = 0.5;
    private const double LeastDifference = 0.04;
    private const double SoftShare = 0.5;
    private const int TimesInARow = 2;

    private readonly float[] _average = new float[Thumbnail.Cells];
    private double _sharpness;
    private CameraReference? _reference = reference;
    private int _frames;
    private int _shifted;

    /// <summary>Whether the camera looks elsewhere.</summary>
    public bool IsMoved { get; private set; }

    /// <summary>Whether all it shows has gone soft.</summary>
    public bool IsSoft { get; private set; }

    /// <summary>Takes the cells of a frame of a driving truck.</summary>
    public void Take(ReadOnlySpan<float> cells, double sharpness)
    {
        _frames++;
        var weight = Math.Max(Memory, 1f / _frames);
        for (var i = 0; i < cells.Length; i++)
        {
            _average[i] += (cells[i] - _average[i]) * weight;
        }

        _sharpness += (sharpness - _sharpness) * weight;
        if (_frames % CameraWatch.FramesToJudge == 0)
        {
            Judge();
        }
    }

    private void Judge()
    {
        if (_reference is null)
        {
            _reference = new CameraReference { CalibrationId = calibrationId, Cells = [.. _average], Sharpness = _sharpness };
            learned(_reference);
            return;
        }

        IsSoft = _sharpness < _reference.Sharpness * SoftShare;
        var (now, then) = (Normal(_average), Normal(_reference.Cells));
        var unmoved = Difference(now, then, 0, 0);
        var best = (X: 0, Y: 0, Difference: unmoved);
        for (var y = -FarthestY; y <= FarthestY; y++)
        {
            for (var x = -FarthestX; x <= FarthestX; x++)
            {
                var difference = Difference(now, then, x, y);
                best = difference < best.Difference ? (x, y, difference) : best;
            }
        }

        var isShifted = Math.Max(Math.Abs(best.X), Math.Abs(best.Y)) >= MovedCells && unmoved > LeastDifference && best.Difference < unmoved * Explains;
        _shifted = isShifted ? _shifted + 1 : 0;
        IsMoved = isShifted ? IsMoved || _shifted >= TimesInARow : IsMoved && unmoved > LeastDifference;
    }

    /// <summary>Light and contrast taken out.</summary>
    private static float[] Normal(float[] cells)
    {
        var mean = cells.Average();
        var spread = MathF.Sqrt(cells.Average(cell => (cell - mean) * (cell - mean)));
        return [.. cells.Select(cell => (cell - mean) / Math.Max(spread, 1))];
    }

    private static double Difference(float[] now, float[] then, int shiftX, int shiftY)
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
