using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Observations;

namespace CleanStreets.Scoring.Index;

/// <summary>How much of a pass is a new view of the street: 1 on each side, and less where a later view by the same truck stands for it.</summary>
/// <param name="Unknown">Share of what could not be given to a side.</param>
/// <param name="Left">Share of the left side.</param>
/// <param name="Right">Share of the right side.</param>
internal readonly record struct ViewShares(double Unknown, double Left, double Right)
{
    public static ViewShares All { get; } = new(1, 1, 1);

    public double this[Side side] => side switch { Side.Left => Left, Side.Right => Right, _ => Unknown };
}

/// <summary>Finds repeats among passes: within a set time the newest view of a truck stands for its earlier ones.</summary>
/// <remarks>
/// Of an earlier one only what the later did not see is new exposure: another stretch, or a side that was hidden later. Newest first, because
/// what lies there now is what was seen last. A cleaning parts views: what was seen before it is no repeat of what was seen after.
/// </remarks>
internal static class Views
{
    private const int MostOnStack = 256;

    /// <summary>Shares of each pass, in the order given.</summary>
    /// <param name="passes">By the time they entered; passes of one truck at one moment in an order that does not depend on their arrival.</param>
    /// <param name="rule">What a repeat is.</param>
    /// <param name="cleanings">Moments of verified cleanings, rising.</param>
    public static ViewShares[] Of(ReadOnlySpan<PassEvidence> passes, ViewRule rule, ReadOnlySpan<long> cleanings)
    {
        var shares = new ViewShares[passes.Length];
        Array.Fill(shares, ViewShares.All);
        var withinMs = (long)rule.RepeatWithin.TotalMilliseconds;
        Span<bool> isRepeat = passes.Length <= MostOnStack ? stackalloc bool[passes.Length] : new bool[passes.Length];
        for (var later = passes.Length - 1; later > 0; later--)
        {
            Standing? standing = null;
            if (isRepeat[later])
            {
                continue;
            }

            for (var earlier = later - 1; earlier >= 0 && passes[later].EnteredAtMs - passes[earlier].EnteredAtMs < withinMs; earlier--)
            {
                if (passes[earlier].Truck == passes[later].Truck && !isRepeat[earlier]
                    && !IsParted(passes[earlier].EnteredAtMs, passes[later].EnteredAtMs, cleanings))
                {
                    standing ??= new Standing(passes[later]);
                    shares[earlier] = standing.Take(passes[earlier]);
                    isRepeat[earlier] = true;
                }
            }
        }

        return shares;
    }

    private static bool IsParted(long earlierMs, long laterMs, ReadOnlySpan<long> cleanings)
    {
        foreach (var cleaning in cleanings)
        {
            if (cleaning > earlierMs && cleaning <= laterMs)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What the views that stand together have seen.</summary>
    private sealed class Standing(PassEvidence newest)
    {
        private readonly List<(int From, int To)> _stretches = [(newest.FromCentimetre, newest.ToCentimetre)];
        private SideTotals _seen = newest.Seen;

        /// <summary>Shares of an earlier pass that are new, and takes them in.</summary>
        public ViewShares Take(PassEvidence earlier)
        {
            var elsewhere = Elsewhere(earlier.FromCentimetre, earlier.ToCentimetre);
            var shares = new ViewShares(
                New(earlier.Seen.Unknown, _seen.Unknown, elsewhere), New(earlier.Seen.Left, _seen.Left, elsewhere), New(earlier.Seen.Right, _seen.Right, elsewhere));
            _seen = new SideTotals(
                Seen(earlier.Seen.Unknown, _seen.Unknown, shares.Unknown), Seen(earlier.Seen.Left, _seen.Left, shares.Left), Seen(earlier.Seen.Right, _seen.Right, shares.Right));

            // Things without a side go with what was seen of both, so that counts and exposure stay together.
            var total = earlier.Seen.Total;
            var whole = total == 0 ? 0
                : ((shares.Unknown * earlier.Seen.Unknown) + (shares.Left * earlier.Seen.Left) + (shares.Right * earlier.Seen.Right)) / total;
            return earlier.Seen.Unknown == 0 ? shares with { Unknown = whole } : shares;
        }

        /// <summary>Share of a stretch that nobody has seen yet. One that lies in another is not kept: the list stays short however often a truck comes.</summary>
        private double Elsewhere(int from, int to)
        {
            foreach (var stretch in _stretches)
            {
                if (from >= stretch.From && to <= stretch.To)
                {
                    return 0;
                }
            }

            var before = CoveredLength.Centimetres(_stretches);
            _stretches.Add((from, to));
            return Math.Clamp((CoveredLength.Centimetres(_stretches) - before) / (double)Math.Max(1, to - from), 0, 1);
        }

        private static double New(long seen, long before, double elsewhere) =>
            seen == 0 ? 0 : Math.Max(elsewhere, Math.Max(0, seen - before) / (double)seen);

        private static long Seen(long seen, long before, double share) => before + (long)(seen * share);
    }
}
