using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Edge.Simulate;

/// <summary>The camera and the detector of one truck: what lies in the street, less what parked cars hide and a detector misses.</summary>
internal sealed class SimulatedCamera(TruckId truck, Random random)
{
    /// <summary>What the camera judges on each side: gutter, kerb, half a pavement.</summary>
    public const double StripMetres = 3;

    private const double Recall = 0.85;
    private const double SightMetres = 12;

    private readonly List<Detection> _detections = [];
    private double _betweenCars = 0.85;
    private double _clear = 1;
    private double _metres;
    private double _hiddenMetres;

    /// <summary>Visible share of its footprint in this reading.</summary>
    public double Coverage => _betweenCars * Unhidden;

    /// <summary>The same but for parked cars: what the lens lets through and a market does not hide.</summary>
    public double Unhidden => _clear * (1 - (_metres > 0 ? _hiddenMetres / _metres : 0));

    /// <summary>What was seen since the last <see cref="Open"/>. Void after the next.</summary>
    public ReadOnlySpan<Detection> Detections => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_detections);

    /// <summary>Begins the view of another reading.</summary>
    /// <param name="light">The light.</param>
    /// <param name="clear">Share of the lens that shows anything, 0–1.</param>
    public void Open(Light light, double clear = 1)
    {
        _betweenCars = Math.Clamp(_betweenCars + (0.05 * GpsNoise.Normal(random)), 0.6, light == Light.Night ? 0.8 : 1); // Parked cars come and go.
        (_clear, _metres, _hiddenMetres) = (clear, 0, 0);
        _detections.Clear();
    }

    /// <summary>Sees what lies loose and what grows beside a stretch of street.</summary>
    public void SeeStreet(RouteLeg leg, DirtyCity city, long nowMs)
    {
        var hidden = city.Hidden(leg.SegmentIndex, nowMs);
        _metres += leg.LengthMetres;
        _hiddenMetres += leg.LengthMetres * hidden;
        var squareMetres = leg.LengthMetres * StripMetres * _betweenCars * (_clear * (1 - hidden)) * Recall;
        foreach (var vehicleSide in (ReadOnlySpan<Side>)[Side.Left, Side.Right])
        {
            var side = leg.Forward ? vehicleSide : Other(vehicleSide);
            Add(Kinds.LooseLitter, GpsNoise.Poisson(random, city.Litter(leg.SegmentIndex, side, nowMs) * squareMetres / 100), vehicleSide);
            Add(Kinds.Weeds, GpsNoise.Poisson(random, city.Weeds(leg.SegmentIndex, side, nowMs) * squareMetres / 100), vehicleSide);
        }
    }

    /// <summary>Sees things that have a place of their own.</summary>
    /// <param name="place">Where the truck is.</param>
    /// <param name="forward">Whether it drives along the segment's geometry.</param>
    /// <param name="passedMetres">How far behind the truck the view began; 0 for a camera that looked a moment ago.</param>
    /// <param name="city">What lies where.</param>
    /// <param name="nowMs">The city's time.</param>
    public void SeeItems(StreetPosition place, bool forward, double passedMetres, DirtyCity city, long nowMs)
    {
        var chance = 0.9 * _clear * (1 - city.Hidden(place.SegmentIndex, nowMs));
        foreach (var item in city.Items(place.SegmentIndex, nowMs))
        {
            var ahead = (item.OffsetMetres - place.OffsetMetres) * (forward ? 1 : -1);
            if (ahead >= -passedMetres && ahead <= SightMetres && random.NextDouble() < chance)
            {
                var side = forward ? item.Side : Other(item.Side);
                _detections.Add(new Detection(
                    item.Kind, 1, Hundredths(0.7 + (random.NextDouble() * 0.25)), side, Tenths(ahead), item.TrackId, $"sim-{truck}-{item.TrackId}"));
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
