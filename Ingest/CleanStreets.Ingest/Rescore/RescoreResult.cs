using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Ingest.Rescore;

/// <summary>What would change.</summary>
/// <param name="Before">What is in use.</param>
/// <param name="After">What may take its place.</param>
/// <param name="Scale">How the two are compared.</param>
/// <param name="Span">What of the journal was read.</param>
/// <param name="FromSnapshot">Whether evidence from before <see cref="JournalSpan.From"/> came out of a snapshot.</param>
/// <param name="AsOfMs">The moment of all scores, milliseconds since 1970 UTC.</param>
/// <param name="HorizonMs">Evidence older than this weighs nothing, milliseconds.</param>
/// <param name="BookBefore">Evidence of the first.</param>
/// <param name="BookAfter">Evidence of the second; the same unless passes come out differently.</param>
/// <param name="Rows">Every street, in the order of the network.</param>
internal sealed record RescoreResult(
    ScoringChoice Before, ScoringChoice After, RescoreScale Scale, JournalSpan Span, bool FromSnapshot, long AsOfMs, long HorizonMs,
    EvidenceBook BookBefore, EvidenceBook BookAfter, IReadOnlyList<RescoreRow> Rows)
{
    /// <summary>The same by area, in the order of the layer.</summary>
    public IReadOnlyList<AreaChange> Areas { get; init; } = [];

    /// <summary>Readings that would still weigh something are gone from the journal, so scores are of less evidence than the live ones.</summary>
    public bool MissesEvidence => Span.From > 0 && !FromSnapshot && AsOfMs - Span.OldestReceivedAtMs < HorizonMs;

    /// <summary>Streets to which <paramref name="change"/> happens.</summary>
    public int Count(StreetChange change) => Rows.Count(row => row.Change == change);

    /// <summary>Streets that change their class, the farthest first.</summary>
    public IEnumerable<RescoreRow> Largest => Rows
        .Where(row => row.Change is StreetChange.Cleaner or StreetChange.Dirtier || (row.Change == StreetChange.NumberOnly && row.Before.Rank is null))
        .OrderByDescending(row => row.Distance).ThenByDescending(row => row.Segment.LengthMetres).ThenBy(row => row.Segment.Id.Value, StringComparer.Ordinal);
}

/// <summary>What would change in one area. A street counts where at least half of it lies.</summary>
/// <param name="Area">Its name.</param>
/// <param name="Streets">Streets that count.</param>
/// <param name="Cleaner">Streets with a cleaner class.</param>
/// <param name="Dirtier">Streets with a dirtier class.</param>
/// <param name="Appear">Streets that are seen only after.</param>
/// <param name="Disappear">Streets that are seen only before.</param>
/// <param name="Before">The area's index by the first; null when nothing of it was seen.</param>
/// <param name="After">The area's index by the second.</param>
internal sealed record AreaChange(
    string Area, int Streets, int Cleaner, int Dirtier, int Appear, int Disappear, Estimate? Before, Estimate? After)
{
    public static AreaChange Of(
        Area area, StreetNetwork network, ScoringChoice before, EvidenceBook bookBefore, ScoringChoice after, EvidenceBook bookAfter,
        IReadOnlyList<RescoreRow> rows, long asOfMs)
    {
        var streets = AreaStreets.Of(network, area.Shape);
        var own = streets.Where(street => LasanMethod.IsOwn(street.InsideShare)).Select(street => rows[street.Segment.Index]).ToList();
        var asOf = DateTimeOffset.FromUnixTimeMilliseconds(asOfMs);
        int Of(StreetChange change) => own.Count(row => row.Change == change);
        return new AreaChange(
            area.Name, own.Count, Of(StreetChange.Cleaner), Of(StreetChange.Dirtier), Of(StreetChange.Appears), Of(StreetChange.Disappears),
            before.Areas().Now(area.Name, streets, bookBefore.Of, asOf).Index,
            after.Areas().Now(area.Name, streets, bookAfter.Of, asOf).Index);
    }
}
