namespace CleanStreets.Ingest.Admit;

/// <summary>Whether it is not known any more if a reading was counted: its sequence is one of those given up, or it was taken while its session may have counted under a name that is forgotten.</summary>
/// <remarks>
/// By the truck's own clock, as the reading says: when it was sent changes with each sending, and so does what is corrected by that. A time that is
/// still to come says nothing about the clock that told it. An end that is still to come is of a clock of ours that leapt, and is not believed.
/// </remarks>
internal static class RepeatPolicy
{
    /// <param name="unsure">Sequences of which it is not known whether they were settled.</param>
    /// <param name="sequence">That of the reading.</param>
    /// <param name="unsureThroughMs">What was taken up to then may have been counted; 0: nothing. Milliseconds since 1970 UTC, as the others.</param>
    /// <param name="takenAtMs">When the reading was taken, by the truck's clock and not corrected.</param>
    /// <param name="nowMs">When it came.</param>
    /// <param name="toleranceMs">By how much a clock that is right may differ.</param>
    public static bool MayBeRepeat(SequenceRange? unsure, long sequence, long unsureThroughMs, long takenAtMs, long nowMs, long toleranceMs) =>
        (unsure is { } given && given.First <= sequence && sequence <= given.Last)
        || (unsureThroughMs > 0 && unsureThroughMs <= nowMs && (takenAtMs <= unsureThroughMs + toleranceMs || takenAtMs > nowMs + toleranceMs));
}
