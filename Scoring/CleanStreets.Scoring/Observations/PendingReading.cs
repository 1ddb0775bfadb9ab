using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.State;

namespace CleanStreets.Scoring.Observations;

/// <summary>What is kept of a reading until its place is decided.</summary>
internal struct PendingReading
{
    public long Sequence;
    public long CapturedAtMs;

    /// <summary>Visible share of the footprint, thousandths.</summary>
    public int CoverageMilli;

    /// <summary>Most that may still be seen on the vehicle's left, thousandths of a square metre.</summary>
    public long LeftLeft;

    /// <summary>Most that may still be seen on the vehicle's right, thousandths of a square metre.</summary>
    public long RightLeft;

    public Light Light;
    public int DetectionCount;
    public string? CameraId;
    public string? ModelVersion;

    public static PendingReading Of(in Reading reading, int detections, long sequence, in BatchEnvelope envelope) => new()
    {
        Sequence = sequence,
        CapturedAtMs = reading.CapturedAtMs,
        CoverageMilli = (int)Math.Round(Math.Clamp(reading.Coverage, 0f, 1f) * 1000),
        LeftLeft = Visible(reading.VisibleLeftSquareMetres),
        RightLeft = Visible(reading.VisibleRightSquareMetres),
        Light = reading.Light,
        DetectionCount = detections,
        CameraId = envelope.CameraId,
        ModelVersion = envelope.ModelVersion,
    };

    public readonly void Save(StateWriter state)
    {
        state.Number(Sequence);
        state.Number(CapturedAtMs);
        state.Number(CoverageMilli);
        state.Number(LeftLeft);
        state.Number(RightLeft);
        state.Number((long)Light);
        state.Number(DetectionCount);
        state.Text(CameraId);
        state.Text(ModelVersion);
    }

    public static PendingReading Load(ref StateReader state) => new()
    {
        Sequence = state.Number(),
        CapturedAtMs = state.MomentMs(),
        CoverageMilli = state.Int32(),
        LeftLeft = state.Number(),
        RightLeft = state.Number(),
        Light = state.Choice<Light>(),
        DetectionCount = state.Int32(),
        CameraId = state.Text(),
        ModelVersion = state.Text(),
    };

    private static long Visible(float squareMetres) => float.IsNaN(squareMetres) ? long.MaxValue : (long)Math.Round(squareMetres * 1000.0);
}
