using System.Globalization;

namespace CleanStreets.Edge.Tests.Position;

/// <summary>Writes NMEA sentences with true checksums.</summary>
internal static class Nmea
{
    public static string Sentence(string body) => $"${body}*{body.Aggregate(0, (sum, c) => sum ^ c):X2}";

    /// <summary>A drive to the north at 5 m/s, a fix a second, from 37.8 N 122.27 W.</summary>
    public static IEnumerable<string> Drive(DateTimeOffset start, int seconds, char status = 'A')
    {
        for (var i = 0; i < seconds; i++)
        {
            var at = start.AddSeconds(i);
            var minutes = (48 + (i * 5 / 1852.0)).ToString("00.0000", CultureInfo.InvariantCulture);
            var (time, date) = (at.ToString("HHmmss.ff", CultureInfo.InvariantCulture), at.ToString("ddMMyy", CultureInfo.InvariantCulture));
            var place = status == 'A' ? $"37{minutes},N,12216.2000,W" : ",,,"; // A receiver without a fix names no place.
            yield return Sentence($"GPGGA,{time},{place},{(status == 'A' ? "1,08,0.9,10.0" : "0,00,99.9,")},M,0.0,M,,");
            yield return Sentence($"GPRMC,{time},{status},{place},{(status == 'A' ? "9.7,0.0" : ",")},{date},,,{(status == 'A' ? 'A' : 'N')}");
        }
    }
}
