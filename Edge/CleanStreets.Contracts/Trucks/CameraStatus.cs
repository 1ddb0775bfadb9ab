namespace CleanStreets.Contracts.Trucks;

/// <summary>How a truck's camera does.</summary>
/// <param name="CameraId">The camera.</param>
/// <param name="Faults">What is wrong with it: unplugged, frozen, dark, dirty, moved. Empty when it sees well.</param>
/// <param name="Coverage">Visible share of its footprint in the last frame, 0–1.</param>
/// <param name="FramesPerSecond">Frames looked at, a second, over the last half minute.</param>
/// <param name="Acceptance">How its measuring was accepted; absent when nobody did, or somebody changed it by hand since.</param>
public sealed record CameraStatus(string CameraId, IReadOnlyList<string> Faults, double Coverage, double FramesPerSecond, CameraAcceptance? Acceptance = null);

/// <summary>A technician's acceptance of a camera, without picture and name: those stay on the box, sealed.</summary>
/// <param name="CalibrationId">The measuring.</param>
/// <param name="AcceptedAt">When, by the truck's clock.</param>
/// <param name="ClockFromGnss">Whether satellites had set that clock.</param>
/// <param name="HeightMetres">Height of the lens.</param>
/// <param name="PitchDegrees">How far it looks down.</param>
/// <param name="OpenPoints">Checks that failed and were accepted all the same; empty when all were right.</param>
public sealed record CameraAcceptance(
    string CalibrationId, DateTimeOffset AcceptedAt, bool ClockFromGnss, double HeightMetres, double PitchDegrees, IReadOnlyList<string> OpenPoints);
