namespace CleanStreets.Ingest.Receive.Events;

internal static partial class EventsLog
{
    [LoggerMessage(2100, LogLevel.Warning, "Events over HTTP are refused for the time being, senders have to come back: {Detail}")]
    public static partial void EventsRefused(this ILogger logger, string detail);

    [LoggerMessage(2101, LogLevel.Information, "Events over HTTP are taken again.")]
    public static partial void EventsTakenAgain(this ILogger logger);
}
