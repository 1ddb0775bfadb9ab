namespace CleanStreets.Dashboard.Live;

/// <summary>Log messages of the live loop: 5100–5199.</summary>
internal static partial class LiveLog
{
    [LoggerMessage(5100, LogLevel.Warning, "A browser that was {Waiting} events behind was let go; it will reconnect and start afresh")]
    public static partial void Evicted(ILogger logger, int waiting);
}
