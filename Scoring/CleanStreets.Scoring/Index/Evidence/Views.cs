using System.Buffers;
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

    /// <summary>Whether nothing of it is new.</summary>
    public bool IsNothing => Unknown == 0 && Left == 0 && Right == 0;

    public double this[Side side] => side switch { Side.Left => Left, Side.Right => Right, _ => Unknown };
}

/// <summary>Finds repeats among passes: within a set time the newest view of a truck stands for its earlier ones.</summary>
/// <remarks>
/// Of an earlier one only what the later did not see is new exposure: another stretch, or a side that was hidden later. Newest first, because
/// what lies there now is what was seen last. A cleaning parts views: what was seen before it is no repeat of what was seen after.
/// </remarks>
internal static class Views
{
    /// <summary>Shares of each pass, in the order given.</summary>
    /// <param name="passes">By the time they entered; passes of one truck at one moment in an order that does not depend on their arrival.</param>
    /// <param name="rule">What a repeat is.</param>
    /// <param name="cleanings">Moments of verified cleanings, rising.</param>
    public static ViewShares[] Of(ReadOnlySpan<PassEvidence> passes, ViewRule rule, ReadOnlySpan<long> cleanings)
    {
        var shares = new ViewShares[passes.Length];
        var trucks = new TruckPlaces();
        for (var at = 0; at < passes.Length; at++)
        {
            trucks.Insert(at, passes[at].Truck);
        }

        Fill(passes, trucks, rule, cleanings, shares);
        return shares;
    }

    /// <summary>Writes the share of each pass, in the order given.</summary>
    /// <param name="passes">Of one street, by the time they entered; passes of one truck at one moment in an order that does not depend on their arrival.</param>
    /// <param name="trucks">Who drove them; of more passes than these when those are newer.</param>
    /// <param name="rule">What a repeat is.</param>
    /// <param name="cleanings">Moments of verified cleanings, rising.</param>
    /// <param name="shares">Receives the shares, as many as there are passes.</param>
    public static void Fill(
        ReadOnlySpan<PassEvidence> passes, TruckPlaces trucks, ViewRule rule, ReadOnlySpan<long> cleanings, Span<ViewShares> shares)
    {
        var withinMs = (long)rule.RepeatWithin.TotalMilliseconds;
        var byTruck = ArrayPool<Standing>.Shared.Rent(trucks.Count);
        var places = trucks.ByPass;
        for (var at = passes.Length - 1; at >= 0; at--)
        {
            shares[at] = byTruck[places[at]].Next(passes[at], withinMs, cleanings);
        }

        ArrayPool<Standing>.Shared.Return(byTruck, clearArray: true);
    }

    /// <summary>Writes the shares of one truck's passes and leaves the others as they are. Without cleanings.</summary>
    /// <param name="truck">The truck's number.</param>
    /// <param name="passes">Of one street, as for <see cref="Fill"/>.</param>
    /// <param name="trucks">Who drove them.</param>
    /// <param name="rule">What a repeat is.</param>
    /// <param name="shares">Receives the shares, as many as there are passes.</param>
    public static void FillOf(int truck, ReadOnlySpan<PassEvidence> passes, TruckPlaces trucks, ViewRule rule, Span<ViewShares> shares)
    {
        var withinMs = (long)rule.RepeatWithin.TotalMilliseconds;
        var newest = default(Standing);
        for (var at = trucks.ByPass.LastIndexOf(truck); at >= 0; at = trucks.ByPass[..at].LastIndexOf(truck))
        {
            shares[at] = newest.Next(passes[at], withinMs, cleanings: []);
        }
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

    /// <summary>The newest view of a truck, and what the views that stand together have seen.</summary>
    private struct Standing(PassEvidence newest)
    {
        private readonly PassEvidence? _newest = newest;
        private List<(int From, int To)>? _stretches;
        private SideTotals _seen = newest.Seen;

        /// <summary>Shares of the truck's next older pass. One that is too old for the newest view, or parted from it, is the newest for all that is older still.</summary>
        public ViewShares Next(PassEvidence earlier, long withinMs, ReadOnlySpan<long> cleanings)
        {
            if (StandsFor(earlier, withinMs, cleanings))
            {
                return Take(earlier);
            }

            this = new Standing(earlier);
            return ViewShares.All;
        }

        /// <summary>Whether an earlier pass of the truck is a repeat of this view.</summary>
        private readonly bool StandsFor(PassEvidence earlier, long withinMs, ReadOnlySpan<long> cleanings) =>
            _newest is not null && _newest.EnteredAtMs - earlier.EnteredAtMs < withinMs && !IsParted(earlier.EnteredAtMs, _newest.EnteredAtMs, cleanings);

        /// <summary>Shares of an earlier pass that are new, and takes them in.</summary>
        private ViewShares Take(PassEvidence earlier)
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
            if (from >= _newest!.FromCentimetre && to <= _newest.ToCentimetre)
            {
                return 0;
            }

            _stretches ??= [(_newest.FromCentimetre, _newest.ToCentimetre)];
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
