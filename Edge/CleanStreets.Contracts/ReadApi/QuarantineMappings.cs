namespace CleanStreets.Contracts.ReadApi;

/// <summary>Which messages a standing mapping is for.</summary>
/// <param name="Reason">Tag of the reason for which they would be quarantined.</param>
/// <param name="TruckId">Truck of the topic or device; null: of every truck.</param>
public sealed record QuarantineMatch(string Reason, string? TruckId);

/// <summary>A mapping that stands: what would be quarantined is changed so on arrival, and then takes the usual way.</summary>
/// <param name="Id">Its own id.</param>
/// <param name="By">Who decided.</param>
/// <param name="AtMs">When, milliseconds since 1970 UTC.</param>
/// <param name="Match">Which messages it is for.</param>
/// <param name="Fix">What to change.</param>
public sealed record QuarantineMapping(string Id, string By, long AtMs, QuarantineMatch Match, QuarantineFix Fix);

/// <summary>A mapping that stands, and what it has done so far.</summary>
/// <param name="Mapping">The mapping.</param>
/// <param name="Message">The reason it is for, in a sentence.</param>
/// <param name="Messages">Messages mended.</param>
/// <param name="Readings">Readings accepted from them.</param>
/// <param name="NewestAt">When the newest of them arrived; null before the first.</param>
public sealed record QuarantineMappingState(QuarantineMapping Mapping, string Message, long Messages, long Readings, DateTimeOffset? NewestAt);

/// <summary>The mappings that stand.</summary>
/// <param name="Most">So many may stand at once.</param>
/// <param name="Standing">In the order in which they are tried: the oldest first.</param>
public sealed record QuarantineMappingList(int Most, IReadOnlyList<QuarantineMappingState> Standing);

/// <summary>What a mapping would do to what is quarantined now.</summary>
/// <param name="Tried">Items it is for that wait, the newest 2,000 at most.</param>
/// <param name="Mended">Of them those that it mends.</param>
/// <param name="More">Older items wait that were not tried.</param>
/// <param name="Problem">Why the newest of the others stays as it is; null when there is none.</param>
public sealed record QuarantineMappingTrial(int Tried, int Mended, bool More, string? Problem);

/// <summary>A mapping now stands, and what waited for it is released.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Items">Quarantined items that it released.</param>
/// <param name="Accepted">Readings accepted from them.</param>
/// <param name="Duplicates">Readings that were there already.</param>
/// <param name="Problem">Why one of them stays as it is; null when none does.</param>
public sealed record QuarantineMappingAdded(string Id, int Items, int Accepted, int Duplicates, string? Problem);
