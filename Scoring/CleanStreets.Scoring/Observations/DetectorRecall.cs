namespace CleanStreets.Scoring.Observations;

/// <summary>Share of the things on the street that the detector finds, by kind, in thousandths.</summary>
/// <remarks>Measured by comparing the detector with people; it turns street seen into street judged.</remarks>
public sealed record DetectorRecall
{
    /// <summary>Recall of every kind that is not named. Default: 850, a round value for current street detectors; measure your own.</summary>
    public int DefaultMilli { get; init; } = 850;

    /// <summary>Recall of single kinds. Default: none.</summary>
    public IReadOnlyDictionary<string, int> ByKindMilli { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>Recall of a kind, in thousandths.</summary>
    public int MilliOf(string kind) => ByKindMilli.Count > 0 && ByKindMilli.TryGetValue(kind, out var milli) ? milli : DefaultMilli;
}
