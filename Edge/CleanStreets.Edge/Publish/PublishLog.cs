using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Publish;

internal static partial class PublishLog
{
    [LoggerMessage(1020, LogLevel.Warning, "{Truck} has no link to {Server} ({Detail}); it keeps its readings and goes on trying, and so does every other truck without a link")]
    public static partial void LinkLost(ILogger logger, string truck, string server, string detail);

    [LoggerMessage(1021, LogLevel.Warning, "{Truck}: the server takes readings of session {Session} and the city does not store them; sending again, {Limit} at a time")]
    public static partial void Unmarked(ILogger logger, string truck, string session, int limit);

    [LoggerMessage(1022, LogLevel.Error, "{Truck}: the city never stored reading {Sequence} of session {Session}; set aside in {Folder}")]
    public static partial void SetAside(ILogger logger, string truck, string session, long sequence, string folder);

    [LoggerMessage(1023, LogLevel.Warning, "{Truck}: a message on the acks topic is not one of ours: {Detail}")]
    public static partial void BadMarks(ILogger logger, string truck, string detail);

    [LoggerMessage(1024, LogLevel.Warning, "{Truck}: the server refuses readings: {Reason}. They stay on the spool and are sent again")]
    public static partial void Refused(ILogger logger, string truck, string reason);

    [LoggerMessage(1026, LogLevel.Information, "All trucks have their link to {Server} again: links were lost {Lost} times in {Seconds:0.0} s; what is not marked as stored goes again")]
    public static partial void LinksBack(ILogger logger, string server, int lost, double seconds);

    [LoggerMessage(1027, LogLevel.Error, "{Truck}: reading {Sequence} of session {Session} cannot be set aside in {Folder} ({Detail}); it stays on the spool and is sent again")]
    public static partial void SetAsideFailed(ILogger logger, string truck, string session, long sequence, string folder, string detail);

    [LoggerMessage(1028, LogLevel.Information, "{Truck}: {Readings} readings waited; they go as backlog, and what is taken now goes before them in session {Session}")]
    public static partial void NewLane(ILogger logger, string truck, long readings, string session);

    [LoggerMessage(1030, LogLevel.Error, "The command {Name} of the city failed")]
    public static partial void CommandFailed(ILogger logger, string name, Exception exception);

    [LoggerMessage(1129, LogLevel.Warning, "A message on {Topic} is not one of ours: {Detail}")]
    public static partial void BadBoxMessage(ILogger logger, string topic, string detail);

    [LoggerMessage(1025, LogLevel.Error, "{Truck}: sending ended")]
    public static partial void Failed(ILogger logger, string truck, Exception exception);

    [LoggerMessage(1029, LogLevel.Warning, "{Truck}: the city will never take the picture {Picture}: {Reason} It is removed")]
    public static partial void EvidenceRefused(ILogger logger, string truck, string picture, string reason);
}
