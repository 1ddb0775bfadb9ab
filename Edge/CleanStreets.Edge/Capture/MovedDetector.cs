namespace CleanStreets.Edge.Capture;

/// <summary>Compares the average of many frames with the one of the day the camera was measured: shifted means bent, soft means smeared.</summary>
internal sealed class MovedDetector(string calibrationId, CameraReference? reference, Action<CameraReference> learned)
{
    private const float Memory = 1f / CameraWatch.FramesToJudge;

    // Of the picture's height and width: a twentieth of a 60° view is 3°, which moves the far edge of the footprint by metres.
    private const int MovedCells = 3;
    private const int FarthestX = 12;
    private const int FarthestY = 10;

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
        var shift = PictureShift.Between(_reference.Cells, _average, FarthestX, FarthestY);
        var isShifted = shift.IsAtLeast(MovedCells);
        _shifted = isShifted ? _shifted + 1 : 0;
        IsMoved = isShifted ? IsMoved || _shifted >= TimesInARow : IsMoved && shift.IsDifferent;
    }
}
