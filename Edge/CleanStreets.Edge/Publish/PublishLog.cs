using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Publish;

internal static partial class PublishLog
{
    [LoggerMessage(1020, LogLevel.Warning, "{Truck}: link lost ({Detail}); everything above the mark goes again")]
    public static partial void LinkLost(ILogger logger, string truck, string detail);

    [LoggerMessage(1021, LogLevel.Warning, "{Truck}: the server takes readings of session {Session} and the city does not store them; sending again, {Limit} at a time")]
    public static partial void Unmarked(ILogger logger, string truck, string session, int limit);

    [LoggerMessage(1022, LogLevel.Error, "{Truck}: the city never stored reading {Sequence} of session {Session}; set aside in {Folder}")]
    public static partial void SetAside(ILogger logger, string truck, string session, long sequence, string folder);

    [LoggerMessage(1023, LogLevel.Warning, "{Truck}: a message on the acks topic is not one of ours: {Detail}")]
    public static partial void BadMarks(ILogger logger, string truck, string detail);

    [LoggerMessage(1024, LogLevel.Warning, "{Truck}: the server refused a batch: {Reason}")]
    public static partial void Refused(ILogger logger, string truck, string reason);

    [LoggerMessage(1025, LogLevel.Error, "{Truck}: sending ended")]
    public static partial void Failed(ILogger logger, string truck, Exception exception);
}
