using Microsoft.Extensions.Logging;

namespace CleanStreets.Mqtt.Client;

/// <summary>Everything the client says in the log.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(6100, LogLevel.Information, "'{ClientId}' is connected to {Host}:{Port}")]
    public static partial void Connected(ILogger logger, string clientId, string host, int port);

    [LoggerMessage(6101, LogLevel.Warning, "'{ClientId}' lost {Host}:{Port}: {Detail}; connecting again")]
    public static partial void Lost(ILogger logger, string clientId, string host, int port, string detail);

    [LoggerMessage(6102, LogLevel.Debug, "'{ClientId}' still cannot connect to {Host}:{Port}: {Detail}")]
    public static partial void StillAway(ILogger logger, string clientId, string host, int port, string detail);

    [LoggerMessage(6103, LogLevel.Error, "A handler of '{ClientId}' failed on a message of '{Topic}'")]
    public static partial void HandlerFailed(ILogger logger, Exception exception, string clientId, string topic);

    [LoggerMessage(6104, LogLevel.Error, "'{ClientId}': the server refused to subscribe '{Filter}': {Code}. Nothing is heard of it; it is asked again with the next link")]
    public static partial void SubscriptionRefused(ILogger logger, string clientId, string filter, MqttReasonCode code);

    [LoggerMessage(6105, LogLevel.Error, "'{ClientId}' failed in an unforeseen way; it goes on")]
    public static partial void Unforeseen(ILogger logger, Exception exception, string clientId);

    [LoggerMessage(6106, LogLevel.Error, "'{ClientId}' is refused by {Host}:{Port}: {Detail} Trying again every {Seconds:0} s or so; somebody has to change something first")]
    public static partial void Refused(ILogger logger, string clientId, string host, int port, string detail, double seconds);

    [LoggerMessage(6107, LogLevel.Warning, "'{ClientId}' received a message on '{Topic}' for which it has no handler, and acknowledged it; further ones are not said")]
    public static partial void Unhandled(ILogger logger, string clientId, string topic);

    [LoggerMessage(6108, LogLevel.Information, "'{ClientId}' closed its link to {Host}:{Port} to connect again with fresh credentials")]
    public static partial void Renewing(ILogger logger, string clientId, string host, int port);

    [LoggerMessage(6109, LogLevel.Warning, "'{ClientId}': {Host}:{Port} has forgotten the session; {Count} publishes go anew, subscriptions are made again")]
    public static partial void SessionForgotten(ILogger logger, string clientId, string host, int port, int count);
}
