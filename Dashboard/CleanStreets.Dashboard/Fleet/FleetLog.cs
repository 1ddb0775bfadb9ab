namespace CleanStreets.Dashboard.Fleet;

/// <summary>Log messages of the registry of boxes: 5600–5699. What was typed as a code is not logged.</summary>
internal static partial class FleetLog
{
    [LoggerMessage(5600, LogLevel.Information, "{Device} enrolled from {Address}")]
    public static partial void Enrolled(ILogger logger, string device, string address);

    [LoggerMessage(5601, LogLevel.Warning, "An enrolment from {Address} was refused: {Code}")]
    public static partial void CodeRefused(ILogger logger, string address, string code);

    [LoggerMessage(5602, LogLevel.Warning, "Too many enrolment codes, the last from {Address}: refused unread for the rest of the minute")]
    public static partial void TooManyCodes(ILogger logger, string address);

    [LoggerMessage(5603, LogLevel.Information, "{Device} renewed its certificate")]
    public static partial void Renewed(ILogger logger, string device);

    [LoggerMessage(5604, LogLevel.Information, "{Device} forgot everything, as it was told")]
    public static partial void Wiped(ILogger logger, string device);

    [LoggerMessage(5605, LogLevel.Warning, "{Device} could not forget everything: {Answer}")]
    public static partial void NotWiped(ILogger logger, string device, string answer);

    [LoggerMessage(5606, LogLevel.Information, "The doors' certificate was made anew for {Names}")]
    public static partial void DoorRenewed(ILogger logger, string names);

    [LoggerMessage(5607, LogLevel.Error, "Looking after the boxes failed and is tried again")]
    public static partial void Failed(ILogger logger, Exception exception);
}
