namespace CleanStreets.Contracts.Readings;

/// <summary>What one truck reports at one instant. Its sequence is the envelope's first sequence plus its place in the batch.</summary>
/// <remarks>
/// Coordinates are integers of 10⁻⁷ degree, the resolution of both wire forms, so decoding is exact whichever form carried them.
/// Optional numbers that were not sent are <see cref="float.NaN"/>. Detections and sensor values lie in the <see cref="ReadingBuffer"/>
/// that holds the reading.
/// </remarks>
public readonly record struct Reading
{
    /// <summary>Time of capture, milliseconds since 1970 UTC, by the truck's clock (GNSS time when the fix has it).</summary>
    public required long CapturedAtMs { get; init; }

    /// <summary>WGS 84 latitude × 10⁷.</summary>
    public required int LatitudeE7 { get; init; }

    /// <summary>WGS 84 longitude × 10⁷.</summary>
    public required int LongitudeE7 { get; init; }

    /// <summary>Radius of the position's error, metres; NaN when not sent.</summary>
    public float AccuracyMetres { get; init; } = float.NaN;

    /// <summary>Course over ground, degrees clockwise from north, 0 ≤ x &lt; 360; NaN when not sent.</summary>
    public float HeadingDegrees { get; init; } = float.NaN;

    /// <summary>Speed over ground; NaN when not sent.</summary>
    public float SpeedMetresPerSecond { get; init; } = float.NaN;

    /// <summary>Visible share of the camera's footprint, 0–1. Default: 1.</summary>
    public float Coverage { get; init; } = 1;

    /// <summary>Light at capture.</summary>
    public Light Light { get; init; }

    /// <summary>Street surface seen on the vehicle's left, m²; NaN when not sent.</summary>
    public float VisibleLeftSquareMetres { get; init; } = float.NaN;

    /// <summary>Street surface seen on the vehicle's right, m²; NaN when not sent.</summary>
    public float VisibleRightSquareMetres { get; init; } = float.NaN;

    /// <summary>Index of the first detection in the buffer.</summary>
    public int DetectionStart { get; init; }

    /// <summary>Number of detections.</summary>
    public int DetectionCount { get; init; }

    /// <summary>Index of the first sensor value in the buffer.</summary>
    public int SensorStart { get; init; }

    /// <summary>Number of sensor values.</summary>
    public int SensorCount { get; init; }

    /// <summary>Why this reading must be quarantined; <see cref="QuarantineReason.None"/> for a good one.</summary>
    /// <remarks>A bad reading keeps its place so that the sequences of its batch stay true; its other fields mean nothing.</remarks>
    public QuarantineReason Fault { get; init; }

    /// <summary>Makes a reading with every optional field at its default.</summary>
    public Reading()
    {
    }

    /// <summary>Latitude in degrees.</summary>
    public double Latitude => LatitudeE7 * 1e-7;

    /// <summary>Longitude in degrees.</summary>
    public double Longitude => LongitudeE7 * 1e-7;

    /// <summary>Time of capture.</summary>
    public DateTimeOffset CapturedAt => DateTimeOffset.FromUnixTimeMilliseconds(CapturedAtMs);
}
