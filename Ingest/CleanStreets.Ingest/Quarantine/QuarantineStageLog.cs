namespace CleanStreets.Ingest.Quarantine;

internal static partial class QuarantineStageLog
{
    [LoggerMessage(2120, LogLevel.Error, "The list of what is quarantined cannot be written ({Detail}): the journal keeps everything, the list is made again from it.")]
    public static partial void QuarantineNotListed(this ILogger logger, string detail);

    [LoggerMessage(2121, LogLevel.Information, "The list of what is quarantined is written again.")]
    public static partial void QuarantineListed(this ILogger logger);

    [LoggerMessage(2123, LogLevel.Error, "The list of what is quarantined is damaged ({Reason}). It was moved to {Kept}, and is made again from the journal.")]
    public static partial void QuarantineSetAside(this ILogger logger, string reason, string kept);

    [LoggerMessage(2122, LogLevel.Information, "{By} released {Items} quarantined items ({DecisionId}): {Accepted} readings accepted, {Duplicates} were there already, {Refused} items are as they were.")]
    public static partial void QuarantineReleased(this ILogger logger, string by, int items, string decisionId, int accepted, int duplicates, int refused);

    [LoggerMessage(2124, LogLevel.Information, "{By} keeps mapping {Id} for {Reason} of {Truck}: it mends what comes from now on.")]
    public static partial void MappingAdded(this ILogger logger, string by, string id, string reason, string truck);

    [LoggerMessage(2125, LogLevel.Information, "{By} removed mapping {Id}.")]
    public static partial void MappingRemoved(this ILogger logger, string by, string id);
}
