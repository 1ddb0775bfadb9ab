namespace CleanStreets.Ingest.Admit;

internal static partial class RosterLog
{
    [LoggerMessage(2040, LogLevel.Warning, "All {Trucks} places for trucks (Ingest:Admission:Trucks) are taken: new ones take those of trucks that hardly sent anything and are silent. What those sent is kept for {Sessions} sessions (Ingest:Admission:ForgottenMarks), so they may come back and nothing counts twice. Either the fleet is larger, or somebody invents names: give trucks certificates, and names to write under.")]
    public static partial void TrucksDisplaced(this ILogger logger, int trucks, int sessions);

    [LoggerMessage(2041, LogLevel.Error, "So many trucks gave up their place that what some of them sent is not known any more (Ingest:Admission:ForgottenMarks = {Sessions}): what a truck of which nothing is known took before now is quarantined (may_be_repeat), what it takes from now on counts.")]
    public static partial void TrucksDropped(this ILogger logger, int sessions);

    [LoggerMessage(2042, LogLevel.Warning, "Readings are quarantined (may_be_repeat) because they may have been counted before their truck gave up its place. Release those that were not.")]
    public static partial void MayBeRepeats(this ILogger logger);
}
