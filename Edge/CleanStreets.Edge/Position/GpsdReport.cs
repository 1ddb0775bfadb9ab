using System.Globalization;
using System.Text.Json;

namespace CleanStreets.Edge.Position;

/// <summary>Reads what gpsd says: one JSON object a line, of which TPV is the position.</summary>
internal static class GpsdReport
{
    private const int TwoDimensional = 2;

    /// <summary>A TPV as a fix; null for every other class and for what is no JSON.</summary>
    public static Fix? Read(string line)
    {
        try
        {
            using var report = JsonDocument.Parse(line);
            var root = report.RootElement;
            return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("class", out var kind) && kind.ValueKind == JsonValueKind.String && kind.ValueEquals("TPV")
                ? ReadPosition(root)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Fix ReadPosition(JsonElement tpv)
    {
        var time = tpv.TryGetProperty("time", out var text) && text.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParse(text.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var parsed)
            ? parsed
            : (DateTimeOffset?)null;
        double latitude = Number(tpv, "lat"), longitude = Number(tpv, "lon");
        // Without its time a report is half an epoch, or stale: gpsd knows the time of every whole fix.
        if (time is null || !(Number(tpv, "mode") >= TwoDimensional) || !Fix.IsPlace(latitude, longitude))
        {
            return new Fix { GnssTime = time };
        }

        var error = Number(tpv, "eph");
        return new Fix
        {
            HasPosition = true,
            Latitude = latitude,
            Longitude = longitude,
            AccuracyMetres = double.IsFinite(error) ? error : double.Hypot(Number(tpv, "epx"), Number(tpv, "epy")),
            HeadingDegrees = Number(tpv, "track"),
            SpeedMetresPerSecond = Number(tpv, "speed"),
            GnssTime = time,
        };
    }

    private static double Number(JsonElement tpv, string name) =>
        tpv.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number : double.NaN;
}
