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

    [LoggerMessage(6104, LogLevel.Error, "'{ClientId}': the server refused to subscribe '{Filter}' again: {Code}")]
    public static partial void SubscriptionRefused(ILogger logger, string clientId, string filter, MqttReasonCode code);

    [LoggerMessage(6105, LogLevel.Error, "'{ClientId}' failed in an unforeseen way; it goes on")]
    public static partial void Unforeseen(ILogger logger, Exception exception, string clientId);
}
