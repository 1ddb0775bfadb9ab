using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>Which mappings may stand. A release is of messages that somebody has looked at; a mapping is of those that nobody has seen yet, so it may do less.</summary>
internal static class MappingRules
{
    private const int MostNames = 32;
    private const int LongestName = 128;
    private const int LongestPerson = 64;
    private const decimal LargestFactor = 1_000_000_000m;

    /// <summary>The reason a tag names; null when there is none.</summary>
    public static QuarantineReason? ReasonOf(string? tag) =>
        Enum.GetValues<QuarantineReason>().Where(reason => reason != QuarantineReason.None && reason.Tag() == tag).Select(reason => (QuarantineReason?)reason).FirstOrDefault();

    /// <summary>Why a mapping may not stand, as a sentence; null when it may.</summary>
    public static string? Problem(QuarantineMapping mapping) =>
        !IdentifierRule.IsValid(mapping.Id) ? "id is missing or is not 1 to 64 of letters, digits, '.', '_', '-'."
        : mapping.By is not { Length: > 0 and <= LongestPerson } ? $"by is missing or longer than {LongestPerson} characters."
        : mapping.Match is null || ReasonOf(mapping.Match.Reason) is not { } reason ? "match.reason is missing, or there is no such reason."
        : mapping.Match.TruckId is { } truck && !IdentifierRule.IsValid(truck) ? "match.truckId is not 1 to 64 of letters, digits, '.', '_', '-'."
        : mapping.Fix is null ? "fix is missing."
        : Problem(reason) ?? Problem(reason, mapping.Match, mapping.Fix) ?? Problem(mapping.Fix);

    // What no change of names and values in the message can mend.
    private static string? Problem(QuarantineReason reason) => reason switch
    {
        QuarantineReason.Empty or QuarantineReason.MalformedJson or QuarantineReason.MalformedProtobuf or QuarantineReason.Oversized or QuarantineReason.TooManyReadings =>
            "What arrives like this cannot be read, so no change of names and values mends it.",
        QuarantineReason.MalformedFact or QuarantineReason.EventMalformed => "Only readings can be mended; this is none.",
        QuarantineReason.CapturedAtInFuture => "A clock cannot be mended for messages that are still to come: how late they will arrive is not known. Let the box send sentAt.",
        QuarantineReason.WindowExceeded => "It is too much, not wrong: no change of the message makes room for it.",
        QuarantineReason.MayBeRepeat => "It may have been counted before, whatever the message says: no change of it makes that known.",
        _ => null,
    };

    private static string? Problem(QuarantineReason reason, QuarantineMatch match, QuarantineFix fix) =>
        fix.UseTimeOfReceipt ? "The time of receipt may stand for a clock once, for messages that were looked at; not for messages that are still to come, which may arrive late."
        : fix.SessionId is not null ? "A session is one opening of a truck's spool: one name for all to come would make their sequences repeats of each other."
        : fix.TruckId is { } truck && !IdentifierRule.IsValid(truck) ? "fix.truckId is not 1 to 64 of letters, digits, '.', '_', '-'."
        : fix.TruckId is not null && match.TruckId is null ? "Another truck may be named for the messages of one truck only: say in match.truckId which."
        : reason == QuarantineReason.TruckIdNotTopic && fix.TruckId is null ? "Say in fix.truckId for which truck the messages count; whichever they name would be for the box to decide."
        : reason != QuarantineReason.ContentTypeMismatch && PayloadFix.IsNothing(fix) ? "It changes nothing, so it mends nothing."
        : null;

    private static string? Problem(QuarantineFix fix) =>
        (fix.Fields?.Count ?? 0) > MostNames || (fix.Kinds?.Count ?? 0) > MostNames || (fix.Factors?.Count ?? 0) > MostNames || (fix.LeaveOut?.Count ?? 0) > MostNames ? $"A mapping names {MostNames} fields, kinds and factors at most."
        : Names(fix).Any(name => name is not { Length: > 0 and <= LongestName }) ? $"A name is empty or longer than {LongestName} characters."
        : fix.Factors?.Values.Any(factor => factor == 0 || Math.Abs(factor) > LargestFactor) == true ? $"A factor is 0 or beyond ±{LargestFactor}."
        : null;

    private static IEnumerable<string?> Names(QuarantineFix fix) =>
        [.. fix.Fields?.Keys ?? [], .. fix.Fields?.Values ?? [], .. fix.Kinds?.Keys ?? [], .. fix.Kinds?.Values ?? [], .. fix.Factors?.Keys ?? [], .. fix.LeaveOut ?? []];
}
