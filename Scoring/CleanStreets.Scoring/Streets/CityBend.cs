namespace CleanStreets.Scoring.Streets;

/// <summary>Bends a straight plan: long waves that no two streets share in the same phase, and a turn of the whole city.</summary>
internal sealed class CityBend(Random random, double width, double height)
{
    private readonly double _turn = double.DegreesToRadians(8 + (12 * random.NextDouble()));
    private readonly double _phaseEast = random.NextDouble() * Math.Tau;
    private readonly double _phaseNorth = random.NextDouble() * Math.Tau;
    private readonly double _waveEast = 700 + (300 * random.NextDouble());
    private readonly double _waveNorth = 600 + (300 * random.NextDouble());

    /// <summary>Where a point of the straight plan comes to lie, in metres from the city's centre.</summary>
    public PlanePoint Of(PlanePoint flat)
    {
        double x = flat.X - (width / 2), y = flat.Y - (height / 2);

        // 38 m and 30 m: with waves of 600 m and more the slope stays below 0.4, so streets bend and never cross each other.
        var east = x + (38 * Math.Sin((Math.Tau * y / _waveNorth) + (x / 900) + _phaseEast));
        var north = y + (30 * Math.Sin((Math.Tau * x / _waveEast) + (y / 800) + _phaseNorth));
        return new PlanePoint(
            (east * Math.Cos(_turn)) - (north * Math.Sin(_turn)), (east * Math.Sin(_turn)) + (north * Math.Cos(_turn)));
    }
}
