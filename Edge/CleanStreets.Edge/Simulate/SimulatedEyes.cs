using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Edge.Simulate;

/// <summary>Turns a second of driving into a reading: a receiver with its error, and a camera.</summary>
internal sealed class SimulatedEyes(TruckId truckId, Random random)
{
    private readonly GpsNoise _noise = new(random);
    private readonly SimulatedCamera _camera = new(truckId, random);

    /// <summary>What was seen in the last reading. Void after the next.</summary>
    public ReadOnlySpan<Detection> Detections => _camera.Detections;

    /// <param name="truck">Where it is.</param>
    /// <param name="drove">What it drove over since the reading before.</param>
    /// <param name="city">What lies there.</param>
    /// <param name="nowMs">Simulated time.</param>
    /// <param name="clear">Share of the lens that shows anything.</param>
    public Reading Look(SimulatedTruck truck, IReadOnlyList<RouteLeg> drove, DirtyCity city, long nowMs, double clear = 1)
    {
        var (x, y) = _noise.Next();
        var truth = truck.Position;
        var light = Daylight.At(nowMs, truth.Longitude);
        _camera.Open(light, clear);
        var metres = 0.0;
        foreach (var leg in drove)
        {
            metres += leg.LengthMetres;
            _camera.SeeStreet(leg, city, nowMs);
        }

        _camera.SeeItems(truck.Place, truck.Forward, 0, city, nowMs);
        var heading = truck.Heading + (2 * GpsNoise.Normal(random));
        return new Reading
        {
            CapturedAtMs = nowMs,
            LatitudeE7 = (int)Math.Round((truth.Latitude + (y / 111_195)) * 1e7),
            LongitudeE7 = (int)Math.Round((truth.Longitude + (x / (111_195 * Math.Cos(double.DegreesToRadians(truth.Latitude))))) * 1e7),
            AccuracyMetres = Tenths(3.5 + random.NextDouble()),
            HeadingDegrees = Tenths((heading + 360) % 360) % 360,
            SpeedMetresPerSecond = Tenths(truck.Speed),
            Coverage = (float)Math.Round(_camera.Coverage, 2),
            Light = light,
            VisibleLeftSquareMetres = Tenths(metres * SimulatedCamera.StripMetres * _camera.Unhidden),
            VisibleRightSquareMetres = Tenths(metres * SimulatedCamera.StripMetres * _camera.Unhidden),
        };
    }

    private static float Tenths(double value) => (float)Math.Round(value, 1);
}
