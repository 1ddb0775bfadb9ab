using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.State;

namespace CleanStreets.Ingest.Match;

/// <summary>A copy of a reading that waits behind a hole in its session.</summary>
internal sealed class HeldReading(Reading reading, Detection[] detections, BatchEnvelope envelope)
{
    /// <summary>Holds the place of a reading that was quarantined.</summary>
    public static readonly HeldReading Nothing = new(default, [], default);

    public readonly Reading Reading = reading;
    public readonly Detection[] Detections = detections;
    public readonly BatchEnvelope Envelope = envelope;

    public bool IsNothing => ReferenceEquals(this, Nothing);

    /// <summary>Writes what matching looks at: of the envelope that is the camera and the model.</summary>
    public void Save(StateWriter state)
    {
        state.Flag(IsNothing);
        if (IsNothing)
        {
            return;
        }

        state.Number(Reading.CapturedAtMs);
        state.Number(Reading.LatitudeE7);
        state.Number(Reading.LongitudeE7);
        state.Real(Reading.AccuracyMetres);
        state.Real(Reading.HeadingDegrees);
        state.Real(Reading.SpeedMetresPerSecond);
        state.Real(Reading.Coverage);
        state.Number((long)Reading.Light);
        state.Real(Reading.VisibleLeftSquareMetres);
        state.Real(Reading.VisibleRightSquareMetres);
        state.Text(Envelope.CameraId);
        state.Text(Envelope.ModelVersion);
        state.Number(Detections.Length);
        foreach (ref readonly var detection in Detections.AsSpan())
        {
            detection.Save(state);
        }
    }

    public static HeldReading Load(ref StateReader state)
    {
        if (state.Flag())
        {
            return Nothing;
        }

        var reading = new Reading
        {
            CapturedAtMs = state.MomentMs(),
            LatitudeE7 = state.Int32(),
            LongitudeE7 = state.Int32(),
            AccuracyMetres = (float)state.Real(),
            HeadingDegrees = (float)state.Real(),
            SpeedMetresPerSecond = (float)state.Real(),
            Coverage = (float)state.Real(),
            Light = state.Choice<Light>(),
            VisibleLeftSquareMetres = (float)state.Real(),
            VisibleRightSquareMetres = (float)state.Real(),
        };
        var envelope = default(BatchEnvelope) with { CameraId = state.Text(), ModelVersion = state.Text() };
        var detections = new Detection[state.Count()];
        foreach (ref var detection in detections.AsSpan())
        {
            detection = DetectionState.LoadDetection(ref state);
        }

        return new HeldReading(reading, detections, envelope);
    }
}
