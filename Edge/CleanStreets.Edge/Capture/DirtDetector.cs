namespace CleanStreets.Edge.Capture;

/// <summary>Finds cells that stay the same while the truck drives: dirt, a drop, a leaf on the lens.</summary>
internal sealed class DirtDetector
{
    // Averages over about a minute at one frame a second.
    private const float Memory = 1f / 40;

    // Asphalt passing by changes a cell by several levels, dirt by the camera's noise.
    private const float StillShare = 0.12f;
    private const float LeastChange = 3;

    // The sky changes little: only the lower part, where the street is, is judged.
    private const int FirstRow = Thumbnail.Rows * 4 / 10;

    private readonly float[] _before = new float[Thumbnail.Cells];
    private readonly float[] _change = new float[Thumbnail.Cells];
    private readonly bool[] _isDirty = new bool[Thumbnail.Cells];
    private readonly float[] _sorted = new float[Thumbnail.Cells - (FirstRow * Thumbnail.Columns)];
    private int _frames;

    /// <summary>Share of the judged cells that is dirty, 0–1.</summary>
    public double Share { get; private set; }

    /// <summary>Takes the cells of a frame of a driving truck.</summary>
    public void Take(ReadOnlySpan<float> cells)
    {
        for (var i = 0; i < cells.Length && _frames > 0; i++)
        {
            _change[i] += (Math.Abs(cells[i] - _before[i]) - _change[i]) * Math.Max(Memory, 1f / _frames);
        }

        cells.CopyTo(_before);
        _frames++;
        if (_frames >= CameraWatch.FramesToJudge)
        {
            Judge();
        }
    }

    /// <summary>Whether a place of the picture, in shares of its width and height, is hidden.</summary>
    public bool IsDirty(double x, double y) =>
        _isDirty[(Math.Clamp((int)(y * Thumbnail.Rows), 0, Thumbnail.Rows - 1) * Thumbnail.Columns) + Math.Clamp((int)(x * Thumbnail.Columns), 0, Thumbnail.Columns - 1)];

    private void Judge()
    {
        var judged = _change.AsSpan(FirstRow * Thumbnail.Columns);
        judged.CopyTo(_sorted);
        Array.Sort(_sorted);
        var usual = _sorted[_sorted.Length / 2];
        var dirty = 0;
        for (var i = 0; i < judged.Length; i++)
        {
            var isStill = usual >= LeastChange && judged[i] < usual * StillShare;
            _isDirty[(FirstRow * Thumbnail.Columns) + i] = isStill;
            dirty += isStill ? 1 : 0;
        }

        // A few cells are always unlucky.
        Share = dirty < judged.Length / 100 ? 0 : (double)dirty / judged.Length;
        if (Share == 0)
        {
            Array.Clear(_isDirty);
        }
    }
}
