namespace CleanStreets.Edge.Capture;

/// <summary>How high the sun stands.</summary>
internal static class SunElevation
{
    /// <summary>Degrees above the horizon, within about half a degree.</summary>
    /// <remarks>The low-precision formulas of the Astronomical Almanac (mean longitude, mean anomaly, ecliptic longitude, sidereal time).</remarks>
    public static double Degrees(DateTimeOffset at, double latitude, double longitude)
    {
        var days = (at - new DateTimeOffset(2000, 1, 1, 12, 0, 0, TimeSpan.Zero)).TotalDays;
        var anomaly = Radians(357.528 + (0.9856003 * days));
        var ecliptic = Radians(280.460 + (0.9856474 * days) + (1.915 * Math.Sin(anomaly)) + (0.020 * Math.Sin(2 * anomaly)));
        var tilt = Radians(23.439 - (0.0000004 * days));
        var declination = Math.Asin(Math.Sin(tilt) * Math.Sin(ecliptic));
        var ascension = Math.Atan2(Math.Cos(tilt) * Math.Sin(ecliptic), Math.Cos(ecliptic));
        var hourAngle = Radians(280.46062 + (360.98564737 * days) + longitude) - ascension;
        return double.RadiansToDegrees(Math.Asin(
            (Math.Sin(Radians(latitude)) * Math.Sin(declination)) + (Math.Cos(Radians(latitude)) * Math.Cos(declination) * Math.Cos(hourAngle))));
    }

    private static double Radians(double degrees) => double.DegreesToRadians(degrees);
}
