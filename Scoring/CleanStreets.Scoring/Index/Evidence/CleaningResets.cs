using CleanStreets.Contracts.Readings;

namespace CleanStreets.Scoring.Index;

/// <summary>Dated cleanings that passes have verified. The newest few are kept, so that a moment in the past can still be explained.</summary>
internal sealed class CleaningResets
{
    private const int Kept = 32;

    private readonly SortedSet<(long AtMs, Side Side)> _resets = [];

    /// <summary>Adds a cleaning; the same one again changes nothing.</summary>
    public void Add(long atMs, Side side)
    {
        _resets.Add((atMs, side));
        if (_resets.Count > Kept)
        {
            _resets.Remove(_resets.Min);
        }
    }

    public (long AtMs, Side Side)[] Capture() => _resets.Count == 0 ? [] : [.. _resets];

    /// <summary>Evidence of <paramref name="side"/> that was captured before this is set aside; the beginning of time when there was no cleaning.</summary>
    public long CutoffMs(Side side, long asOfMs)
    {
        var cutoff = long.MinValue;
        foreach (var reset in _resets)
        {
            if (reset.AtMs <= asOfMs && (reset.Side == Side.Unknown || reset.Side == side))
            {
                cutoff = Math.Max(cutoff, reset.AtMs);
            }
        }

        return cutoff;
    }

    /// <summary>Moments of cleanings of the whole street, rising, up to <paramref name="asOfMs"/>.</summary>
    public long[] Moments(long asOfMs) => [.. _resets.Where(reset => reset.AtMs <= asOfMs && reset.Side == Side.Unknown).Select(reset => reset.AtMs)];
}
