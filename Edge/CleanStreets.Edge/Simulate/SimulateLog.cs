using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Simulate;

internal static partial class SimulateLog
{
    [LoggerMessage(1040, LogLevel.Warning, "{Topic}: not a fact ({Detail})")]
    public static partial void BadFact(ILogger logger, string topic, string detail);

    [LoggerMessage(1041, LogLevel.Information, "{Segment} was cleaned by {By}: its dirt is gone, other trucks will pass")]
    public static partial void Cleaned(ILogger logger, string segment, string by);

    [LoggerMessage(1042, LogLevel.Information, "Simulated time begins at {Start:u} and runs at x{Speed} until it is now")]
    public static partial void Began(ILogger logger, DateTimeOffset start, double speed);

    [LoggerMessage(1043, LogLevel.Information, "{Street} is very dirty from the beginning")]
    public static partial void Story(ILogger logger, string street);

    [LoggerMessage(1046, LogLevel.Information, "Story {Story}: {Episode}")]
    public static partial void Episode(ILogger logger, string story, string episode);

    [LoggerMessage(1044, LogLevel.Information, "{Readings} readings, {Spooled} spooled, {Acknowledged} acknowledged, {Connected} trucks connected")]
    public static partial void Summary(ILogger logger, long readings, long spooled, long acknowledged, int connected);

    [LoggerMessage(1045, LogLevel.Information, "{Near} of {Fixes} recorded fixes lie at a street of {Streets}; from the others the simulated camera sees nothing")]
    public static partial void InSight(ILogger logger, int near, int fixes, string streets);
}
