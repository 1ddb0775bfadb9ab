namespace CleanStreets.Contracts.Readings;

/// <summary>A reading while its fields arrive, in any order. The rules of the contract stand here once, for both wire forms.</summary>
/// <remarks>The first fault decides; a reading with a fault keeps its place and loses what belonged to it.</remarks>
internal struct ReadingDraft(int detectionStart, int sensorStart)
{
    private const int MaxLatitudeE7 = 900_000_000;
    private const int MaxLongitudeE7 = 1_800_000_000;

    // Generous bounds: only nonsense lies beyond them.
    private const double MaxAccuracyMetres = 1_000_000;
    private const double MaxSpeedMetresPerSecond = 150;
    private const double MaxVisibleSquareMetres = 100_000;

    private long? _capturedAtMs;
    private int? _latitudeE7;
    private int? _longitudeE7;
    private float _accuracyMetres = float.NaN;
    private float _headingDegrees = float.NaN;
    private float _speedMetresPerSecond = float.NaN;
    private float _coverage = 1;
    private float _visibleLeft = float.NaN;
    private float _visibleRight = float.NaN;

    public Light Light { get; set; }

    public QuarantineReason Fault { get; private set; }

    public readonly int DetectionStart => detectionStart;

    public readonly int SensorStart => sensorStart;

    public void Fail(QuarantineReason reason)
    {
        if (Fault == QuarantineReason.None)
        {
            Fault = reason;
        }
    }

    public void SetCapturedAt(long ms)
    {
        _capturedAtMs = ms;
        if (ms is < 0 or > IsoTime.MaxMs)
        {
            Fail(QuarantineReason.CapturedAtInvalid);
        }
    }

    public void SetLatitude(long e7) => _latitudeE7 = Coordinate(e7, MaxLatitudeE7);

    public void SetLongitude(long e7) => _longitudeE7 = Coordinate(e7, MaxLongitudeE7);

    public void SetAccuracy(double metres) => _accuracyMetres = Within(metres, 0, MaxAccuracyMetres);

    public void SetHeading(double degrees)
    {
        var heading = Within(degrees, 0, 360);
        _headingDegrees = heading >= 360 ? 0 : heading; // Many receivers say 360 for north.
    }

    public void SetSpeed(double metresPerSecond) => _speedMetresPerSecond = Within(metresPerSecond, 0, MaxSpeedMetresPerSecond);

    public void SetCoverage(double share) => _coverage = Within(share, 0, 1);

    public void SetVisibleLeft(double squareMetres) => _visibleLeft = Within(squareMetres, 0, MaxVisibleSquareMetres);

    public void SetVisibleRight(double squareMetres) => _visibleRight = Within(squareMetres, 0, MaxVisibleSquareMetres);

    public void AddDetection(ReadingBuffer buffer, in DetectionDraft detection)
    {
        if (detection.Fault != QuarantineReason.None)
        {
            Fail(detection.Fault);
        }
        else if (detection.Kind is null)
        {
            Fail(QuarantineReason.DetectionInvalid);
        }
        else if (buffer.DetectionCount - detectionStart >= ReadingLimits.MaxDetectionsPerReading)
        {
            Fail(QuarantineReason.ValueOutOfRange);
        }
        else
        {
            buffer.AddDetection(detection.ToDetection());
        }
    }

    public void AddSensor(ReadingBuffer buffer, string name, double value)
    {
        if (name.Length == 0 || !double.IsFinite(value) || buffer.SensorCount - sensorStart >= ReadingLimits.MaxSensorsPerReading)
        {
            Fail(QuarantineReason.ValueOutOfRange);
        }
        else
        {
            buffer.AddSensor(new SensorValue(name, value));
        }
    }

    /// <summary>Puts the reading, or its fault, into its place.</summary>
    public void Commit(ReadingBuffer buffer)
    {
        if (_capturedAtMs is null)
        {
            Fail(QuarantineReason.CapturedAtMissing);
        }

        if (_latitudeE7 is null || _longitudeE7 is null)
        {
            Fail(QuarantineReason.PositionMissing);
        }

        if (Fault != QuarantineReason.None)
        {
            buffer.Truncate(buffer.Count, detectionStart, sensorStart);
            buffer.Add(new Reading
            {
                CapturedAtMs = 0,
                LatitudeE7 = 0,
                LongitudeE7 = 0,
                DetectionStart = detectionStart,
                SensorStart = sensorStart,
                Fault = Fault,
            });
            return;
        }

        buffer.Add(new Reading
        {
            CapturedAtMs = _capturedAtMs.GetValueOrDefault(),
            LatitudeE7 = _latitudeE7.GetValueOrDefault(),
            LongitudeE7 = _longitudeE7.GetValueOrDefault(),
            AccuracyMetres = _accuracyMetres,
            HeadingDegrees = _headingDegrees,
            SpeedMetresPerSecond = _speedMetresPerSecond,
            Coverage = _coverage,
            Light = Light,
            VisibleLeftSquareMetres = _visibleLeft,
            VisibleRightSquareMetres = _visibleRight,
            DetectionStart = detectionStart,
            DetectionCount = buffer.DetectionCount - detectionStart,
            SensorStart = sensorStart,
            SensorCount = buffer.SensorCount - sensorStart,
        });
    }

    private int Coordinate(long e7, int max)
    {
        if (e7 >= -max && e7 <= max)
        {
            return (int)e7;
        }

        Fail(QuarantineReason.PositionOutOfRange);
        return 0;
    }

    private float Within(double value, double min, double max)
    {
        if (value >= min && value <= max)
        {
            return (float)value;
        }

        Fail(QuarantineReason.ValueOutOfRange);
        return float.NaN;
    }
}
