using System.Globalization;

namespace CleanStreets.EndToEnd.Tests;

/// <summary>A recording of a receiver, as <c>edge run</c> plays it.</summary>
internal static class Drive
{
    private const double KnotsPerMetreASecond = 1.943844;

    /// <summary>NMEA sentences, a fix a second, along places.</summary>
    public static IEnumerable<string> Nmea(IReadOnlyList<(double Longitude, double Latitude)> route, double metresASecond)
    {
        var start = new DateTimeOffset(2026, 11, 1, 5, 0, 0, TimeSpan.Zero);
        for (var second = 0; second < route.Count; second++)
        {
            var (here, next) = (route[second], route[Math.Min(second + 1, route.Count - 1)]);
            var heading = (Math.Atan2((next.Longitude - here.Longitude) * Math.Cos(here.Latitude * Math.PI / 180), next.Latitude - here.Latitude) * 180 / Math.PI + 360) % 360;
            var at = start.AddSeconds(second);
            var place = $"{Angle(here.Latitude, 2)},{(here.Latitude < 0 ? 'S' : 'N')},{Angle(here.Longitude, 3)},{(here.Longitude < 0 ? 'W' : 'E')}";
            yield return Sentence(string.Create(CultureInfo.InvariantCulture, $"GPGGA,{at:HHmmss.ff},{place},1,08,0.9,10.0,M,0.0,M,,"));
            yield return Sentence(string.Create(CultureInfo.InvariantCulture, $"GPRMC,{at:HHmmss.ff},A,{place},{metresASecond * KnotsPerMetreASecond:0.0},{heading:0.0},{at:ddMMyy},,,A"));
        }
    }

    private static string Angle(double degrees, int digits)
    {
        var whole = Math.Floor(Math.Abs(degrees));
        return ((whole * 100) + ((Math.Abs(degrees) - whole) * 60)).ToString(new string('0', digits) + "00.00000", CultureInfo.InvariantCulture);
    }

    private static string Sentence(string body) => $"${body}*{body.Aggregate(0, (sum, letter) => sum ^ letter):X2}";
}
