namespace CleanStreets.Scoring.Index;

/// <summary>For how much of a period each pass stands: the time that lies nearer to it than to any other pass, up to a longest reach.</summary>
/// <remarks>
/// This is what makes an average over time out of passes that come in bunches: ten passes of one morning share that morning. A verified
/// cleaning parts the time of the pass before it from that of the pass after it. Time beyond every pass's reach is not represented.
/// </remarks>
internal static class PeriodWeights
{
    /// <summary>Shares of the period, one for each pass, in the order given.</summary>
    /// <param name="passes">Moments of the passes within the period, rising, milliseconds.</param>
    /// <param name="resets">Moments of verified cleanings, rising.</param>
    /// <param name="fromMs">Beginning of the period.</param>
    /// <param name="toMs">End of the period.</param>
    /// <param name="reachMs">Longest time before or after a pass for which it stands.</param>
    public static double[] Of(ReadOnlySpan<long> passes, ReadOnlySpan<long> resets, long fromMs, long toMs, long reachMs)
    {
        var shares = new double[passes.Length];
        var start = fromMs;
        for (var i = 0; i < passes.Length; i++)
        {
            var end = i + 1 < passes.Length ? Boundary(passes[i], passes[i + 1], resets) : toMs;
            var (from, to) = (Math.Max(start, passes[i] - reachMs), Math.Min(end, passes[i] + reachMs));
            shares[i] = Math.Max(0, to - from) / (double)(toMs - fromMs);
            start = end;
        }

        return shares;
    }

    private static long Boundary(long before, long after, ReadOnlySpan<long> resets)
    {
        foreach (var reset in resets)
        {
            if (reset > before && reset <= after)
            {
                return reset;
            }
        }

        return before + ((after - before) / 2);
    }
}
