using CleanStreets.Scoring.State;

namespace CleanStreets.Scoring.Observations;

/// <summary>Share of the things on the street that the detector finds, by kind, in thousandths.</summary>
/// <remarks>Measured by comparing the detector with people; it turns street seen into street judged.</remarks>
public sealed record DetectorRecall
{
    private readonly bool _hasKinds;

    /// <summary>Recall of every kind that is not named. Default: 850, a round value for current street detectors; measure your own.</summary>
    public int DefaultMilli { get; init; } = 850;

    /// <summary>Recall of single kinds. Default: none.</summary>
    public IReadOnlyDictionary<string, int> ByKindMilli
    {
        get;
        init => (field, _hasKinds) = (value, value.Count > 0);
    } = new Dictionary<string, int>(StringComparer.Ordinal);

    internal void Save(StateWriter state)
    {
        state.Number(DefaultMilli);
        state.Number(ByKindMilli.Count);
        if (!_hasKinds)
        {
            return;
        }

        foreach (var (kind, milli) in ByKindMilli.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            state.Text(kind);
            state.Number(milli);
        }
    }

    /// <summary>Reads a recall; one that says the same as <paramref name="before"/> is that one.</summary>
    internal static DetectorRecall Load(ref StateReader state, DetectorRecall? before)
    {
        var milli = state.Int32();
        var count = state.Count();
        if (count == 0 && before is { ByKindMilli.Count: 0 } && before.DefaultMilli == milli)
        {
            return before;
        }

        var byKind = new Dictionary<string, int>(StringComparer.Ordinal);
        for (; count > 0; count--)
        {
            byKind[state.RequiredText()] = state.Int32();
        }

        return new DetectorRecall { DefaultMilli = milli, ByKindMilli = byKind };
    }

    /// <summary>Recall of a kind, in thousandths.</summary>
    public int MilliOf(string kind) => _hasKinds && ByKindMilli.TryGetValue(kind, out var milli) ? milli : DefaultMilli;
}
