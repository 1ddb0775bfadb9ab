using System.Globalization;

namespace CleanStreets.Edge.Run;

/// <summary>What Linux says about the box.</summary>
internal static class BoxHealth
{
    private const double Milli = 1000;

    /// <summary>Hottest thermal zone, degrees Celsius; null when the box tells none.</summary>
    public static double? TemperatureCelsius()
    {
        const string Zones = "/sys/class/thermal";
        double? hottest = null;
        if (!Directory.Exists(Zones))
        {
            return null;
        }

        foreach (var zone in Directory.EnumerateDirectories(Zones, "thermal_zone*"))
        {
            try
            {
                if (double.TryParse(File.ReadAllText(Path.Combine(zone, "temp")).Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milli))
                {
                    hottest = Math.Max(hottest ?? double.MinValue, milli / Milli);
                }
            }
            catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
            {
                // This zone does not answer.
            }
        }

        return hottest;
    }

    /// <summary>Free bytes of the disk under a folder; null when unknown.</summary>
    public static long? DiskFreeBytes(string folder)
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
