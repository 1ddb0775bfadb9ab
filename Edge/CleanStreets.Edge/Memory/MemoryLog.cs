using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Memory;

internal static partial class MemoryLog
{
    [LoggerMessage(1197, LogLevel.Information, "Memory given back: {Before} MiB resident before, {After} MiB after")]
    public static partial void GivenBack(ILogger logger, long before, long after);

    [LoggerMessage(1198, LogLevel.Warning, "No memory is given back on this system: {Reason}")]
    public static partial void NotHere(ILogger logger, string reason);
}
