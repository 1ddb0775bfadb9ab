namespace CleanStreets.Ingest.Clock;

internal static partial class ClockLog
{
    [LoggerMessage(2092, LogLevel.Error, "{Doubt}")]
    public static partial void ClockDoubted(this ILogger logger, string doubt);

    [LoggerMessage(2093, LogLevel.Information, "The clock is believed again, at {Now:O}.")]
    public static partial void ClockBelieved(this ILogger logger, DateTimeOffset now);

    [LoggerMessage(2095, LogLevel.Error, "The note of what time it was, {Path}, is damaged: the newest snapshot or file of the journal is asked instead, and it is written anew.")]
    public static partial void ClockDamaged(this ILogger logger, string path);

    [LoggerMessage(2094, LogLevel.Error, "What time it is cannot be kept for the next start ({Reason}); it is tried again with the next snapshot.")]
    public static partial void ClockNotKept(this ILogger logger, string reason);
}
