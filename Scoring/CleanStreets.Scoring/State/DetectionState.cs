using CleanStreets.Contracts.Readings;

namespace CleanStreets.Scoring.State;

/// <summary>A detection as state: with the readings that wait for their place.</summary>
public static class DetectionState
{
    /// <summary>Writes it down.</summary>
    public static void Save(this in Detection detection, StateWriter state)
    {
        state.Text(detection.Kind);
        state.Number(detection.Count);
        state.Real(detection.Confidence);
        state.Number((long)detection.Side);
        state.Real(detection.OffsetMetres);
        state.Number(detection.TrackId);
        state.Text(detection.EvidenceId);
    }

    /// <summary>Takes it over.</summary>
    public static Detection LoadDetection(ref StateReader state) => new(
        state.RequiredText(), state.Int32(), (float)state.Real(), state.Choice<Side>(), (float)state.Real(), state.Int32(), state.Text());
}
