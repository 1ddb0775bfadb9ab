using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Service;

internal static partial class ServiceLog
{
    [LoggerMessage(1180, LogLevel.Error, "{Part} has not moved in the last two looks; the watchdog is not told that all is well, and ends this program when that lasts {Seconds} s")]
    public static partial void Stuck(ILogger logger, string part, double seconds);
}
