using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Scoring.Index;

/// <summary>Writes down, pass by pass and hour by hour, what <see cref="EvidenceFader"/> and <see cref="ViewFader"/> sum up: the slow twin that shows its work.</summary>
internal sealed class EvidenceLedger(CrowOptions options)
{
    private const int Sides = CategoryTally.Sides;
    private const double Milli = 1000;

    private readonly CategoryTally _tally = new(options.Categories);

    /// <summary>Hours and passes that still weigh something at a moment, oldest first.</summary>
    public (IReadOnlyList<EvidenceHour> Hours, IReadOnlyList<EvidencePass> Passes) Of(SegmentEvidence evidence, long asOfMs)
    {
        var hours = new List<EvidenceHour>();
        var passes = new List<EvidencePass>();
        var until = evidence.Passes.ToArray().TakeWhile(pass => pass.EnteredAtMs <= asOfMs).ToArray();
        var views = Views.Of(until, options.Views, evidence.Resets.Moments(asOfMs));
        foreach (var hour in until.Zip(views).GroupBy(pass => pass.First.Hour))
        {
            var ageHours = Math.Max(0, (asOfMs / (double)PassEvidence.MillisPerHour) - hour.Key - 0.5);
            var weights = options.Categories.Select(category => Weight(ageHours, category.HalfLifeHours)).ToArray();
            if (weights.All(weight => weight == 0))
            {
                continue;
            }

            var sums = new (double Pieces, double Exposure)[weights.Length];
            foreach (var (pass, view) in hour)
            {
                passes.Add(Pass(evidence, pass, view, asOfMs, weights, sums));
            }

            hours.Add(new EvidenceHour(DateTimeOffset.FromUnixTimeMilliseconds(hour.Key * PassEvidence.MillisPerHour), ageHours, Shares(weights, sums)));
        }

        return (hours, passes);
    }

    private EvidencePass Pass(SegmentEvidence evidence, PassEvidence pass, ViewShares view, long asOfMs, double[] weights, (double Pieces, double Exposure)[] hour)
    {
        Span<long> pieces = stackalloc long[_tally.Length];
        Span<long> exposure = stackalloc long[_tally.Length];
        _tally.Count(pass, pieces, exposure);
        if (evidence.Piles.HasRefusals)
        {
            _tally.TakeOutRefused(pass, evidence.Piles, asOfMs, pieces);
        }

        var own = new (double Pieces, double Exposure)[weights.Length];
        var setAside = false;
        var (seen, isNew) = (0L, 0.0);
        for (var at = 0; at < _tally.Length; at++)
        {
            var side = (Side)(at % Sides);
            (seen, isNew) = (seen + exposure[at], isNew + (view[side] * exposure[at]));
            if (pass.EnteredAtMs < evidence.Resets.CutoffMs(side, asOfMs))
            {
                setAside |= exposure[at] > 0 || pieces[at] > 0;
                continue;
            }

            ref var share = ref own[at / Sides];
            share = (share.Pieces + (view[side] * pieces[at]), share.Exposure + (view[side] * exposure[at]));
        }

        for (var category = 0; category < own.Length; category++)
        {
            hour[category] = (hour[category].Pieces + own[category].Pieces, hour[category].Exposure + own[category].Exposure);
        }

        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var count in pass.Counts)
        {
            counts[count.Kind] = counts.GetValueOrDefault(count.Kind) + count.Count;
        }

        return new EvidencePass(
            pass.Truck,
            DateTimeOffset.FromUnixTimeMilliseconds(pass.EnteredAtMs),
            DateTimeOffset.FromUnixTimeMilliseconds(pass.LeftAtMs),
            pass.ArrivedAtMs is { } arrivedMs ? DateTimeOffset.FromUnixTimeMilliseconds(arrivedMs) : null,
            !pass.WasKnownAt(asOfMs),
            setAside,
            seen > 0 ? isNew / seen : 1,
            counts,
            Shares(weights, own));
    }

    private EvidenceShare[] Shares(double[] weights, (double Pieces, double Exposure)[] sums) =>
        [.. options.Categories.Select((category, i) => new EvidenceShare(category.Name, weights[i], sums[i].Pieces / Milli, sums[i].Exposure / Milli))];

    private double Weight(double ageHours, double halfLifeHours) =>
        ageHours / halfLifeHours is var halfLives && halfLives > options.ForgetAfterHalfLives ? 0 : Math.Pow(2, -halfLives);
}
