using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Position;

internal static partial class PositionLog
{
    [LoggerMessage(1080, LogLevel.Warning, "No position from {Source} ({Reason}); trying again. Without a fix no readings are made")]
    public static partial void Lost(ILogger logger, string source, string reason);

    [LoggerMessage(1081, LogLevel.Information, "{Source} speaks again")]
    public static partial void Back(ILogger logger, string source);

    [LoggerMessage(1082, LogLevel.Information, "{Source} has ended")]
    public static partial void Ended(ILogger logger, string source);

    [LoggerMessage(1083, LogLevel.Warning, "The receiver says {Latitude}, {Longitude}, where the truck cannot be: not believed, and no readings are made until it can be true")]
    public static partial void NotBelieved(ILogger logger, double latitude, double longitude);

    [LoggerMessage(1084, LogLevel.Information, "The receiver is believed again; {Count} fixes since the start were not")]
    public static partial void Believed(ILogger logger, long count);
}
