using System.Runtime.InteropServices;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Scoring.Index;

/// <summary>Reads evidence for either question: condition now, or the average over a period.</summary>
internal sealed class ConditionReader(CrowOptions options, TimeSpan reach)
{
    private readonly CategoryTally _tally = new(options.Categories);
    private readonly GradeScale[] _scales = [.. options.Categories.Select(category => new GradeScale(category.Cuts))];

    /// <summary>Condition now, by the map's own weights.</summary>
    /// <param name="evidence">The street.</param>
    /// <param name="asOfMs">The moment.</param>
    /// <param name="except">A truck to leave out.</param>
    public SegmentSums Now(SegmentEvidence evidence, long asOfMs, TruckId? except = null)
    {
        var sums = new SumsByTruck(options.Categories.Count);
        var stretches = new List<(int From, int To)>();
        var fastest = options.Categories.Min(category => category.HalfLifeHours);
        var passes = Counting(evidence, pass => pass.EnteredAtMs <= asOfMs && pass.Truck != except);
        var views = Views.Of(CollectionsMarshal.AsSpan(passes), options.Views, evidence.Resets.Moments(asOfMs));
        for (var i = 0; i < passes.Count; i++)
        {
            var pass = passes[i];
            var ageHours = Math.Max(0, (asOfMs / (double)PassEvidence.MillisPerHour) - pass.Hour - 0.5);
            Add(sums, evidence, pass, views[i], asOfMs, category => ageHours / options.Categories[category].HalfLifeHours is var halfLives
                && halfLives <= options.ForgetAfterHalfLives ? Math.Pow(2, -halfLives) : 0, applyResets: true);
            AddStretch(stretches, evidence, pass, asOfMs, (asOfMs - pass.EnteredAtMs) / (double)PassEvidence.MillisPerHour <= 2 * fastest);
        }

        return Sums(evidence, Question.Now, sums, stretches, timeShare: 1, asOfMs);
    }

    /// <summary>The average between two moments: <paramref name="fromMs"/> included, <paramref name="toMs"/> not.</summary>
    /// <param name="evidence">The street.</param>
    /// <param name="fromMs">Beginning.</param>
    /// <param name="toMs">End.</param>
    /// <param name="except">A truck to leave out.</param>
    public SegmentSums Over(SegmentEvidence evidence, long fromMs, long toMs, TruckId? except = null)
    {
        var within = options.Views.SentWithin;
        var passes = Counting(evidence, pass => pass.EnteredAtMs >= fromMs && pass.EnteredAtMs < toMs && pass.Truck != except && pass.Seen.Total > 0
            && (within <= TimeSpan.Zero || evidence.Sent.OrderOf(pass.Truck, pass.EnteredAtMs, within) is null));
        var moments = evidence.Resets.Moments(toMs);
        var views = Views.Of(CollectionsMarshal.AsSpan(passes), options.Views, moments);

        // A view that another stands for has no time of its own: that belongs to the one that stands.
        var standing = Enumerable.Range(0, passes.Count).Where(i => views[i].Left > 0 || views[i].Right > 0 || views[i].Unknown > 0).ToArray();
        (passes, views) = ([.. standing.Select(i => passes[i])], [.. standing.Select(i => views[i])]);
        var shares = PeriodWeights.Of(
            [.. passes.Select(pass => pass.EnteredAtMs)], moments, fromMs, toMs, (long)reach.TotalMilliseconds);
        var sums = new SumsByTruck(options.Categories.Count);
        var stretches = new List<(int From, int To)>();
        for (var i = 0; i < passes.Count; i++)
        {
            var share = shares[i];
            Add(sums, evidence, passes[i], views[i], toMs, _ => share, applyResets: false);
            stretches.Add((passes[i].FromCentimetre, passes[i].ToCentimetre));
        }

        return Sums(evidence, Question.Period, sums, stretches, shares.Sum(), toMs);
    }

    private void Add(
        SumsByTruck sums, SegmentEvidence evidence, PassEvidence pass, ViewShares view, long asOfMs, Func<int, double> weightOf, bool applyResets)
    {
        Span<long> pieces = stackalloc long[_tally.Length];
        Span<long> exposure = stackalloc long[_tally.Length];
        _tally.Count(pass, pieces, exposure);
        if (evidence.Piles.HasRefusals)
        {
            _tally.TakeOutRefused(pass, evidence.Piles, asOfMs, pieces);
        }

        var truck = sums.Of(pass.Truck);
        truck.Passes++;
        for (var category = 0; category < options.Categories.Count; category++)
        {
            var (own, seen) = (weightOf(category), 0.0);
            for (var side = Side.Unknown; side <= Side.Right; side++)
            {
                var at = (category * CategoryTally.Sides) + (int)side;
                var weight = applyResets && pass.EnteredAtMs < evidence.Resets.CutoffMs(side, asOfMs) ? 0 : own;
                var squareMetres = view[side] * exposure[at];
                truck.Pieces[category] += weight * (view[side] * pieces[at]) / 1000;
                truck.SquareMetres[category] += weight * squareMetres / 1000;
                truck.SquaredWeights[category] += weight * weight * squareMetres / 1000;
                seen += weight > 0 ? squareMetres / 1000 : 0;
            }

            truck.SquaredExposures[category] += (applyResets ? own : own * own) * seen * seen;
        }
    }

    private static List<PassEvidence> Counting(SegmentEvidence evidence, Func<PassEvidence, bool> counts)
    {
        var passes = new List<PassEvidence>();
        foreach (var pass in evidence.Passes)
        {
            if (counts(pass))
            {
                passes.Add(pass);
            }
        }

        return passes;
    }

    private static void AddStretch(List<(int From, int To)> stretches, SegmentEvidence evidence, PassEvidence pass, long asOfMs, bool recent)
    {
        if (recent && pass.Seen.Total > 0 && pass.EnteredAtMs >= evidence.Resets.CutoffMs(Side.Unknown, asOfMs))
        {
            stretches.Add((pass.FromCentimetre, pass.ToCentimetre));
        }
    }

    private SegmentSums Sums(
        SegmentEvidence evidence, Question question, SumsByTruck sums, List<(int From, int To)> stretches, double timeShare, long asOfMs)
    {
        var coverage = Math.Clamp(CoveredLength.Centimetres(stretches) / (evidence.LengthMetres * 100), 0, 1);
        var dumping = evidence.Piles.HasDumping(null, evidence.Resets, asOfMs, asOfMs - SegmentEvidence.DaysToMs(options.DumpingDays));
        return new SegmentSums(options, _scales, evidence, question, sums.InOrder, coverage, timeShare, dumping);
    }

    private sealed class SumsByTruck(int categories)
    {
        private readonly SortedDictionary<string, TruckSums> _sums = new(StringComparer.Ordinal);

        public IReadOnlyList<TruckSums> InOrder => [.. _sums.Values];

        public TruckSums Of(TruckId truck) =>
            _sums.TryGetValue(truck.Value, out var known) ? known : _sums[truck.Value] = new TruckSums(truck, categories);
    }
}
