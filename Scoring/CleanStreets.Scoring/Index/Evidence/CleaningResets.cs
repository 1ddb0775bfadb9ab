using CleanStreets.Contracts.Readings;

namespace CleanStreets.Scoring.Index;

/// <summary>Dated cleanings that passes have verified. The newest few are kept, so that a moment in the past can still be explained.</summary>
internal sealed class CleaningResets
{
    private const int Kept = 32;

    /// <summary>Moment and side, and when it was known; the first time counts when it is told again.</summary>
    private readonly SortedDictionary<(long AtMs, Side Side), long?> _resets = [];

    /// <summary>Whether the street was never cleaned.</summary>
    public bool IsEmpty => _resets.Count == 0;

    /// <summary>Adds a cleaning; the same one again changes nothing.</summary>
    public void Add(long atMs, Side side, long? arrivedAtMs = null)
    {
        var key = (atMs, side);
        _resets[key] = _resets.TryGetValue(key, out var known) && !(arrivedAtMs < known) ? known : arrivedAtMs;
        if (_resets.Count > Kept)
        {
            _resets.Remove(_resets.First().Key);
        }
    }

    public CleaningReset[] Capture() => _resets.Count == 0 ? [] : [.. All];

    /// <summary>Evidence of <paramref name="side"/> that was captured before this is set aside; the beginning of time when there was no cleaning.</summary>
    public long CutoffMs(Side side, long asOfMs)
    {
        var cutoff = long.MinValue;
        if (_resets.Count == 0)
        {
            return cutoff;
        }

        foreach (var (at, resetSide) in _resets.Keys)
        {
            if (at <= asOfMs && (resetSide == Side.Unknown || resetSide == side))
            {
                cutoff = Math.Max(cutoff, at);
            }
        }

        return cutoff;
    }

    /// <summary>Moments of cleanings of the whole street, rising, up to <paramref name="asOfMs"/>.</summary>
    public long[] Moments(long asOfMs) => _resets.Count == 0 ? [] : [.. _resets.Keys.Where(reset => reset.AtMs <= asOfMs && reset.Side == Side.Unknown).Select(reset => reset.AtMs)];

    /// <summary>Cleanings of up to <paramref name="asOfMs"/> that were told after it.</summary>
    public IEnumerable<CleaningReset> ToldAfter(long asOfMs) => All.Where(reset => reset.AtMs <= asOfMs && !reset.WasKnownAt(asOfMs));

    /// <summary>Gives another one those that were known at a moment.</summary>
    public void CopyKnown(long ms, CleaningResets target)
    {
        foreach (var reset in All.Where(reset => reset.WasKnownAt(ms)))
        {
            target.Add(reset.AtMs, reset.Side, reset.ArrivedAtMs);
        }
    }

    private IEnumerable<CleaningReset> All => _resets.Select(reset => new CleaningReset(reset.Key.AtMs, reset.Key.Side, reset.Value));
}

/// <summary>A verified cleaning.</summary>
/// <param name="AtMs">When, milliseconds since 1970 UTC.</param>
/// <param name="Side">Of what side; unknown is the whole street.</param>
/// <param name="ArrivedAtMs">When the city was told; null when that was not kept.</param>
internal readonly record struct CleaningReset(long AtMs, Side Side, long? ArrivedAtMs)
{
    /// <summary>Whether it was known at a moment.</summary>
    public bool WasKnownAt(long ms) => ArrivedAtMs is not { } arrivedMs || arrivedMs <= ms + PassEvidence.PromptMs;
}
