namespace CleanStreets.Contracts.Trucks;

/// <summary>How a truck's camera does.</summary>
/// <param name="CameraId">The camera.</param>
/// <param name="Faults">What is wrong with it: unplugged, frozen, dark, dirty, moved. Empty when it sees well.</param>
/// <param name="Coverage">Visible share of its footprint in the last frame, 0–1.</param>
/// <param name="FramesPerSecond">Frames looked at, a second, over the last half minute.</param>
public sealed record CameraStatus(string CameraId, IReadOnlyList<string> Faults, double Coverage, double FramesPerSecond);
