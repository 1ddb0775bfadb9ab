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

    [LoggerMessage(1095, LogLevel.Information, "The city says where this box sits: {Truck}. It runs anew")]
    public static partial void Assigned(ILogger logger, string truck);

    [LoggerMessage(1096, LogLevel.Error, "Where this box sits now cannot be written down ({Detail}); it stays what it was until the city says it again")]
    public static partial void NotAssigned(ILogger logger, string detail);

    [LoggerMessage(1097, LogLevel.Information, "The certificate was renewed, until {EndsAt:u}; the link is made anew with it")]
    public static partial void Renewed(ILogger logger, DateTimeOffset endsAt);

    [LoggerMessage(1098, LogLevel.Warning, "The certificate could not be renewed: {Detail} It is tried again")]
    public static partial void NotRenewed(ILogger logger, string detail);

    [LoggerMessage(1099, LogLevel.Error, "The certificate ended at {At:u} and cannot be renewed any more: get a new code from the city and run 'edge enroll CODE --city …'. Readings are taken and stay on the spool")]
    public static partial void CertificateEnded(ILogger logger, DateTimeOffset at);

    [LoggerMessage(1100, LogLevel.Warning, "Forgot everything, as the city wished; {Heard}")]
    public static partial void Wiped(ILogger logger, string heard);

    [LoggerMessage(1101, LogLevel.Error, "Not everything could be forgotten: {Detail}")]
    public static partial void NotWiped(ILogger logger, string detail);

    [LoggerMessage(1104, LogLevel.Warning, "Not everything of {Path} and the certificate could be removed ({Detail}); this box does not start again until it is enrolled")]
    public static partial void SettingsStay(ILogger logger, string path, string detail);

    [LoggerMessage(1102, LogLevel.Information, "{Device} sits on no truck: no readings are taken until the city says where it sits")]
    public static partial void Waiting(ILogger logger, string device);

    [LoggerMessage(1103, LogLevel.Information, "Settings of the city from before the stop are in force ({Version}) until it says others")]
    public static partial void SettingsKept(ILogger logger, string version);

    [LoggerMessage(1094, LogLevel.Warning, "The spool holds {Readings} readings of {Truck}, another truck than this box sits on now; they stay there until it runs as that truck")]
    public static partial void OtherTruck(ILogger logger, long readings, string truck);
}
