using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Edge.Simulate;

/// <summary>Turns a second of driving into a reading: receiver with its error, camera with what it misses.</summary>
internal sealed class SimulatedEyes(Random random)
{
    private const double StripMetres = 3; // What the camera judges on each side: gutter, kerb, half a pavement.
    private const double Recall = 0.85;
    private const double SightMetres = 12;

    private readonly GpsNoise _noise = new(random);
    private readonly List<Detection> _detections = [];
    private double _coverage = 0.85;

    /// <summary>What was seen in the last reading. Void after the next.</summary>
    public ReadOnlySpan<Detection> Detections => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_detections);

    public Reading Look(SimulatedTruck truck, IReadOnlyList<RouteLeg> drove, DirtyCity city, long nowMs)
    {
        var (x, y) = _noise.Next();
        var truth = truck.Position;
        var light = Daylight.At(nowMs, truth.Longitude);
        _coverage = Math.Clamp(_coverage + (0.05 * GpsNoise.Normal(random)), 0.6, light == Light.Night ? 0.8 : 1); // Parked cars come and go.
        _detections.Clear();
        var metres = 0.0;
        foreach (var leg in drove)
        {
            metres += leg.LengthMetres;
            SeeLitter(leg, city, nowMs);
        }

        SeeItems(truck, city, nowMs);
        var heading = truck.Heading + (2 * GpsNoise.Normal(random));
        return new Reading
        {
            CapturedAtMs = nowMs,
            LatitudeE7 = (int)Math.Round((truth.Latitude + (y / 111_195)) * 1e7),
            LongitudeE7 = (int)Math.Round((truth.Longitude + (x / (111_195 * Math.Cos(double.DegreesToRadians(truth.Latitude))))) * 1e7),
            AccuracyMetres = Tenths(3.5 + random.NextDouble()),
            HeadingDegrees = Tenths((heading + 360) % 360) % 360,
            SpeedMetresPerSecond = Tenths(truck.Speed),
            Coverage = (float)Math.Round(_coverage, 2),
            Light = light,
            VisibleLeftSquareMetres = Tenths(metres * StripMetres),
            VisibleRightSquareMetres = Tenths(metres * StripMetres),
        };
    }

    private void SeeLitter(RouteLeg leg, DirtyCity city, long nowMs)
    {
        var squareMetres = leg.LengthMetres * StripMetres * _coverage * Recall;
        foreach (var vehicleSide in (ReadOnlySpan<Side>)[Side.Left, Side.Right])
        {
            var side = leg.Forward ? vehicleSide : Other(vehicleSide);
            Add(Kinds.LooseLitter, GpsNoise.Poisson(random, city.Litter(leg.SegmentIndex, side, nowMs) * squareMetres / 100), vehicleSide);
            Add(Kinds.Weeds, GpsNoise.Poisson(random, city.Weeds(leg.SegmentIndex, side, nowMs) * squareMetres / 100), vehicleSide);
        }
    }

    private void SeeItems(SimulatedTruck truck, DirtyCity city, long nowMs)
    {
        foreach (var item in city.Items(truck.Place.SegmentIndex, nowMs))
        {
            var ahead = (item.OffsetMetres - truck.Place.OffsetMetres) * (truck.Forward ? 1 : -1);
            if (ahead is >= 0 and <= SightMetres && random.NextDouble() < 0.9)
            {
                var side = truck.Forward ? item.Side : Other(item.Side);
                _detections.Add(new Detection(
                    item.Kind, 1, Hundredths(0.7 + (random.NextDouble() * 0.25)), side, Tenths(ahead), item.TrackId, $"sim-{truck.Id}-{item.TrackId}"));
            }
        }
    }

    private void Add(string kind, int count, Side side)
    {
        if (count > 0)
        {
            _detections.Add(new Detection(kind, count, Hundredths(0.6 + (random.NextDouble() * 0.35)), side));
        }
    }

    private static Side Other(Side side) => side == Side.Left ? Side.Right : Side.Left;

    private static float Tenths(double value) => (float)Math.Round(value, 1);

    private static float Hundredths(double value) => (float)Math.Round(value, 2);
}
