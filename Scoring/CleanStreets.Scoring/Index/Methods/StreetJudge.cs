namespace CleanStreets.Scoring.Index;

/// <summary>Asks a method about single streets: condition now, with the map's own weights and its own rule for "seen".</summary>
/// <param name="method">The method.</param>
/// <param name="options">Categories, priors and fading.</param>
public sealed class StreetJudge(IIndexMethod method, CrowOptions options)
{
    private readonly ConditionReader _reader = new(options, reach: TimeSpan.Zero); // The reach belongs to period indices.

    /// <summary>The method's number; null when the street was not seen enough to say anything.</summary>
    /// <param name="evidence">The street.</param>
    /// <param name="asOfMs">The moment, milliseconds since 1970 UTC; evidence captured later is left out.</param>
    public SegmentValue? Judge(SegmentEvidence evidence, long asOfMs)
    {
        var sums = _reader.Now(evidence, asOfMs);
        return sums.IsSeen ? method.Judge(sums.Condition()) : null;
    }
}
