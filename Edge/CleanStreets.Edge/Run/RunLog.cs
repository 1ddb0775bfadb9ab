using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Run;

internal static partial class RunLog
{
    [LoggerMessage(1090, LogLevel.Information, "Settings of the city in force ({Version}): {Readings} readings a second, backlog {Backlog} bytes a second, {Daily} bytes a day (0: no limit)")]
    public static partial void SettingsTaken(ILogger logger, string version, double readings, long backlog, long daily);

    [LoggerMessage(1091, LogLevel.Warning, "Settings of the city refused ({Version}): {Reason}. Those before stay in force")]
    public static partial void SettingsRefused(ILogger logger, string version, string reason);

    [LoggerMessage(1092, LogLevel.Error, "The camera cannot be used: {Reason} Readings carry positions and sensors only, and nothing counts as seen")]
    public static partial void NoCamera(ILogger logger, string reason);

    [LoggerMessage(1093, LogLevel.Information, "Stopping: {Readings} readings are not stored yet; up to {Seconds} s are given to them, the rest stays on the spool")]
    public static partial void Draining(ILogger logger, long readings, double seconds);

    [LoggerMessage(1094, LogLevel.Warning, "The spool holds {Readings} readings of {Truck}, another truck than this box sits on now; they stay there until it runs as that truck")]
    public static partial void OtherTruck(ILogger logger, long readings, string truck);
}
