namespace CleanStreets.Contracts.ReadApi;

/// <summary>What is listed in quarantine.</summary>
/// <param name="Counts">Listed by reason tag.</param>
/// <param name="Items">Those asked for, newest first.</param>
/// <param name="Next">Where the next page begins: <c>before</c> of the next question; null when there is none.</param>
public sealed record QuarantinePage(IReadOnlyList<QuarantineCount> Counts, IReadOnlyList<QuarantineListItem> Items, string? Next);

/// <summary>How much of a reason is listed.</summary>
/// <param name="Reason">Reason tag.</param>
/// <param name="Message">The reason in a sentence.</param>
/// <param name="Listed">Items listed.</param>
/// <param name="Released">Of them released.</param>
public sealed record QuarantineCount(string Reason, string Message, long Listed, long Released);

/// <summary>One quarantined message or reading.</summary>
/// <param name="Id">Its lasting id: where it stands in the journal.</param>
/// <param name="ReceivedAt">When it arrived.</param>
/// <param name="Reason">Reason tag.</param>
/// <param name="Message">The reason in a sentence.</param>
/// <param name="TruckId">Truck of the topic or device; null when none was named that could be one.</param>
/// <param name="SessionId">Session, when the envelope could be read.</param>
/// <param name="Sequence">Sequence, for a single reading; null for a message as a whole.</param>
/// <param name="Bytes">Size of the message.</param>
/// <param name="ReleasedBy">Who decided that it counts after all; null while nobody has.</param>
/// <param name="ReleasedAt">When.</param>
public sealed record QuarantineListItem(
    string Id,
    DateTimeOffset ReceivedAt,
    string Reason,
    string Message,
    string? TruckId,
    string? SessionId,
    long? Sequence,
    int Bytes,
    string? ReleasedBy,
    DateTimeOffset? ReleasedAt);

/// <summary>A quarantined message with its payload.</summary>
/// <param name="Item">The item.</param>
/// <param name="Text">The payload as text, cut at 64 KB; control characters and bytes that are no text stand as '·'. Never markup.</param>
/// <param name="IsJson">Whether the payload is well-formed JSON, so that names and values can be changed.</param>
/// <param name="Fields">Field names that occur in it, for the form that maps them.</param>
/// <param name="Kinds">Kinds of detection that occur in it.</param>
/// <param name="KnownFields">Field names that the contract knows.</param>
public sealed record QuarantineDetail(
    QuarantineListItem Item, string Text, bool IsJson, IReadOnlyList<string> Fields, IReadOnlyList<string> Kinds, IReadOnlyList<string> KnownFields);

/// <summary>How a payload is to be changed before it is admitted again. Everything absent: as it is.</summary>
public sealed record QuarantineFix
{
    /// <summary>The truck that the message is of.</summary>
    public string? TruckId { get; init; }

    /// <summary>The session that the message is of.</summary>
    public string? SessionId { get; init; }

    /// <summary>Field names: as they stand, and as the contract calls them.</summary>
    public IReadOnlyDictionary<string, string>? Fields { get; init; }

    /// <summary>Kinds of detection: as they stand, and as the city calls them.</summary>
    public IReadOnlyDictionary<string, string>? Kinds { get; init; }

    /// <summary>Numbers in another unit: the field as the contract calls it, and what to multiply it by. Not 0; 1,000,000,000 at most, either sign.</summary>
    public IReadOnlyDictionary<string, decimal>? Factors { get; init; }

    /// <summary>Fields to leave out.</summary>
    public IReadOnlyList<string>? LeaveOut { get; init; }

    /// <summary>The box's clock was wrong: the newest reading was captured when the message arrived, the others as long before it as they say.</summary>
    public bool UseTimeOfReceipt { get; init; }
}

/// <summary>A decision that quarantined items count after all.</summary>
/// <param name="DecisionId">Its own id.</param>
/// <param name="By">Who decided.</param>
/// <param name="Items">Ids of the items; 500 at most.</param>
/// <param name="Fix">What to change first.</param>
public sealed record QuarantineRelease(string DecisionId, string By, IReadOnlyList<string> Items, QuarantineFix Fix);

/// <summary>What became of one item.</summary>
/// <param name="Id">The item.</param>
/// <param name="Accepted">Readings accepted; for several readings of one message the first names them all.</param>
/// <param name="Duplicates">Readings that were there already.</param>
/// <param name="Problem">Why it is as it was; null when it is not.</param>
public sealed record QuarantineReleaseResult(string Id, int Accepted, int Duplicates, string? Problem);
