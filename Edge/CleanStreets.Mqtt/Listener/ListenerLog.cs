using Microsoft.Extensions.Logging;

namespace CleanStreets.Mqtt.Listener;

/// <summary>Everything the listener says in the log.</summary>
internal static partial class ListenerLog
{
    [LoggerMessage(6000, LogLevel.Information, "MQTT listens on {Endpoint}")]
    public static partial void Listening(ILogger logger, MqttEndpoint endpoint);

    [LoggerMessage(6001, LogLevel.Information, "MQTT listener on {Endpoint} stopped")]
    public static partial void Stopped(ILogger logger, MqttEndpoint endpoint);

    [LoggerMessage(6002, LogLevel.Information, "Cut '{ClientId}' with {Code}: {Because}")]
    public static partial void Cut(ILogger logger, string clientId, MqttReasonCode code, string? because);

    [LoggerMessage(6003, LogLevel.Debug, "'{ClientId}' connected with MQTT {Version}")]
    public static partial void Connected(ILogger logger, string clientId, MqttProtocolVersion version);

    [LoggerMessage(6004, LogLevel.Debug, "'{ClientId}' gone ({How})")]
    public static partial void Gone(ILogger logger, string clientId, string how);

    [LoggerMessage(6005, LogLevel.Information, "Refused the connection of '{ClientId}' with {Code}: {Because}")]
    public static partial void Refused(ILogger logger, string clientId, MqttReasonCode code, string because);

    [LoggerMessage(6006, LogLevel.Error, "The publish hook failed on a publish of '{ClientId}'; it was not acknowledged")]
    public static partial void HookFailed(ILogger logger, Exception exception, string clientId);

    [LoggerMessage(6007, LogLevel.Critical, "The MQTT listener's loop failed and has stopped")]
    public static partial void LoopFailed(ILogger logger, Exception exception);

    [LoggerMessage(6008, LogLevel.Warning, "Cannot accept connections now (errno {Error}); trying again")]
    public static partial void CannotAccept(ILogger logger, int error);

    [LoggerMessage(6009, LogLevel.Warning, "All {Maximum} connections are in use; further ones are closed ({Option})")]
    public static partial void Full(ILogger logger, int maximum, string option);

    [LoggerMessage(6010, LogLevel.Warning, "The hook had no room for the last will of '{ClientId}'; it is lost")]
    public static partial void WillLost(ILogger logger, string clientId);

    [LoggerMessage(6012, LogLevel.Information, "Read {Sessions} sessions and {Retained} retained messages from {Folder}")]
    public static partial void StateRead(ILogger logger, int sessions, int retained, string folder);

    [LoggerMessage(6013, LogLevel.Warning, "The last {Bytes} bytes of the state log cannot be read; it is kept as {Kept}")]
    public static partial void StateDamaged(ILogger logger, long bytes, string kept);

    [LoggerMessage(6014, LogLevel.Information, "'{ClientId}' may no longer subscribe '{Filter}'; the subscription has ended")]
    public static partial void NoLongerAllowed(ILogger logger, string clientId, string filter);

    [LoggerMessage(6011, LogLevel.Warning, "The queue of '{ClientId}' is full; newer messages for it are dropped (MaxOutgoingBytes)")]
    public static partial void QueueFull(ILogger logger, string clientId);

    [LoggerMessage(6015, LogLevel.Debug, "Handshake of {Peer} on {Endpoint} failed: {Because}")]
    public static partial void HandshakeFailed(ILogger logger, System.Net.EndPoint? peer, MqttEndpoint endpoint, string because);

    [LoggerMessage(6016, LogLevel.Information, "Refused the handshake of {Peer} on {Endpoint}: {Because}")]
    public static partial void HandshakeRefused(ILogger logger, System.Net.EndPoint? peer, MqttEndpoint endpoint, string because);

    [LoggerMessage(6017, LogLevel.Information, "Read again, because they have changed: {Files}")]
    public static partial void Reloaded(ILogger logger, string files);

    [LoggerMessage(6018, LogLevel.Error, "{Because} What was read before stays in force until the file is right")]
    public static partial void NotReloaded(ILogger logger, string because);

    [LoggerMessage(6019, LogLevel.Warning, "{File} is valid from {From:u} to {To:u}, and it is {Now:u}: clients will refuse it")]
    public static partial void CertificateNotValid(ILogger logger, string file, DateTimeOffset from, DateTimeOffset to, DateTimeOffset now);

    [LoggerMessage(6020, LogLevel.Warning, "{File} should have been replaced by {NextUpdate:u}; what it revokes stays revoked")]
    public static partial void RevocationsOld(ILogger logger, string file, DateTimeOffset nextUpdate);

    [LoggerMessage(6021, LogLevel.Warning, "'{ClientId}' may not publish to '{Topic}'; refused (the first refusal of a connection is said)")]
    public static partial void PublishRefused(ILogger logger, string clientId, string topic);

    [LoggerMessage(6022, LogLevel.Warning, "'{ClientId}' may not subscribe '{Filter}'; refused (the first refusal of a connection is said)")]
    public static partial void SubscribeRefused(ILogger logger, string clientId, string filter);

    [LoggerMessage(6023, LogLevel.Warning, "The last will of '{ClientId}' is not published: it may no longer write to '{Topic}'")]
    public static partial void WillNotAllowed(ILogger logger, string clientId, string topic);

    [LoggerMessage(6024, LogLevel.Warning, "The session of '{ClientId}' was made under the user name '{Owner}' and ends, because '{UserName}' has connected with that client identifier; what waited in it is dropped")]
    public static partial void SessionOfAnother(ILogger logger, string clientId, string? owner, string? userName);

    [LoggerMessage(6025, LogLevel.Warning, "The last will of '{ClientId}' is not published: {Because}")]
    public static partial void WillOfRevoked(ILogger logger, string clientId, string because);

    [LoggerMessage(6026, LogLevel.Warning, "'{ClientId}' may no longer read '{Topic}'; what waited for it there is dropped (the first topic is said)")]
    public static partial void NoLongerReadable(ILogger logger, string clientId, string topic);

    [LoggerMessage(6027, LogLevel.Warning, "'{Device}' sends more than its budget of {Bytes} bytes and {Messages} publishes a second (0: no limit): it is read at that speed, and nothing of it is lost (said once an episode)")]
    public static partial void BudgetSpent(ILogger logger, string device, int bytes, int messages);
}
