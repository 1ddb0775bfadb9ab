namespace CleanStreets.Contracts.Readings;

/// <summary>One thing recognised in a reading.</summary>
/// <param name="Kind">What it is: an open list, see <see cref="Kinds"/>. Decoders intern it.</param>
/// <param name="Count">How many, at least 1.</param>
/// <param name="Confidence">The detector's confidence, 0–1; NaN when not sent.</param>
/// <param name="Side">The vehicle's side it lies on; map matching turns it into the segment's.</param>
/// <param name="OffsetMetres">Distance ahead of the position fix along the street; NaN when not sent.</param>
/// <param name="TrackId">The detector's id of one object over successive frames; 0 when not sent.</param>
/// <param name="EvidenceId">The id of the evidence picture; null without one.</param>
public readonly record struct Detection(
    string Kind,
    int Count,
    float Confidence = float.NaN,
    Side Side = Side.Unknown,
    float OffsetMetres = float.NaN,
    int TrackId = 0,
    string? EvidenceId = null);

/// <summary>A named measurement that is not seen by the camera, unit in its name: <c>pm10_ug_m3</c>.</summary>
/// <param name="Name">The sensor's name with its unit.</param>
/// <param name="Value">The measured value.</param>
public readonly record struct SensorValue(string Name, double Value);
