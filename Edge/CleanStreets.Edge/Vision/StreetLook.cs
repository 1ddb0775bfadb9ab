using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Spool;

namespace CleanStreets.Edge.Vision;

/// <summary>What one frame says about the street, in the words of a reading.</summary>
/// <param name="Detections">Things in the street.</param>
/// <param name="Coverage">Visible share of the camera's footprint, 0–1; 0 when nothing that it shows may count.</param>
/// <param name="LeftSquareMetres">Street seen on the vehicle's left.</param>
/// <param name="RightSquareMetres">Street seen on the vehicle's right.</param>
/// <param name="Light">In which light.</param>
/// <param name="Faults">What is wrong with the camera.</param>
internal sealed record StreetLook(
    IReadOnlyList<Detection> Detections, double Coverage, double LeftSquareMetres, double RightSquareMetres, Light Light, CameraFaults Faults)
{
    /// <summary>Pictures of things that were first pictured on this frame.</summary>
    public IReadOnlyList<EvidencePicture> Evidence { get; init; } = [];

    /// <summary>Nothing was seen.</summary>
    public static StreetLook Blind(Light light, CameraFaults faults) => new([], 0, 0, 0, light, faults);

    /// <summary>A reading of it at a place.</summary>
    public Reading ToReading(DateTimeOffset capturedAt, VehicleState vehicle) => new()
    {
        CapturedAtMs = capturedAt.ToUnixTimeMilliseconds(),
        LatitudeE7 = (int)Math.Round(vehicle.Latitude * 1e7),
        LongitudeE7 = (int)Math.Round(vehicle.Longitude * 1e7),
        AccuracyMetres = Tenths(vehicle.AccuracyMetres),
        HeadingDegrees = Tenths(vehicle.HeadingDegrees) is var heading && heading >= 360 ? 0 : heading,
        SpeedMetresPerSecond = Tenths(vehicle.SpeedMetresPerSecond),
        Coverage = (float)Math.Round(Coverage, 3),
        Light = Light,
        VisibleLeftSquareMetres = Tenths(LeftSquareMetres),
        VisibleRightSquareMetres = Tenths(RightSquareMetres),
    };

    private static float Tenths(double value) => (float)Math.Round(value, 1);
}
