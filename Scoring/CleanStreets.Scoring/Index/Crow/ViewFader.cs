using CleanStreets.Contracts.Readings;

namespace CleanStreets.Scoring.Index;

/// <summary>Sums a segment's evidence as <see cref="EvidenceFader"/> does, with repeated views counted once and with what it is worth.</summary>
/// <remarks>Passes lie in an order that does not depend on their arrival, so the floating sums have one order, too.</remarks>
internal sealed class ViewFader(CrowOptions options)
{
    private const int Sides = CategoryTally.Sides;
    private const double HalfAnHour = 0.5;
    private const double MilliSquareMetresPerUnit = 100_000;

    private readonly CategoryTally _tally = new(options.Categories);
    private readonly Scatter _scatter = new(options);

    /// <summary>The sums as of a moment; what was captured later is left out.</summary>
    /// <returns>At <c>scope × categories + category</c>, the scope being 0 for the whole, else the side.</returns>
    public FadedEvidence[] Collect(SegmentEvidence evidence, long asOfMs)
    {
        var passes = Until(evidence.Passes, asOfMs);
        Span<long> cutoffs = stackalloc long[Sides];
        for (var side = 0; side < Sides; side++)
        {
            cutoffs[side] = evidence.Resets.CutoffMs((Side)side, asOfMs);
        }

        var shares = Views.Of(passes, options.Views, evidence.Resets.Moments(asOfMs));
        var trucks = new Trucks(_tally.Length);
        Span<long> pieces = stackalloc long[_tally.Length];
        Span<long> exposure = stackalloc long[_tally.Length];
        var hasRefusals = evidence.Piles.HasRefusals;
        for (var i = 0; i < passes.Length; i++)
        {
            var ageHours = Math.Max(0, (asOfMs / (double)PassEvidence.MillisPerHour) - passes[i].Hour - HalfAnHour);
            _tally.Count(passes[i], pieces, exposure);
            if (hasRefusals)
            {
                _tally.TakeOutRefused(passes[i], evidence.Piles, asOfMs, pieces);
            }

            Add(trucks.Of(passes[i]), passes[i], shares[i], ageHours, cutoffs, pieces, exposure);
        }

        return Sum(trucks);
    }

    private static ReadOnlySpan<PassEvidence> Until(ReadOnlySpan<PassEvidence> passes, long asOfMs)
    {
        var count = passes.Length;
        while (count > 0 && passes[count - 1].EnteredAtMs > asOfMs)
        {
            count--;
        }

        return passes[..count];
    }

    private void Add(
        Sums[] sums, PassEvidence pass, ViewShares shares, double ageHours, ReadOnlySpan<long> cutoffs, ReadOnlySpan<long> pieces, ReadOnlySpan<long> exposure)
    {
        var categories = options.Categories;
        for (var c = 0; c < categories.Count; c++)
        {
            var halfLives = ageHours / categories[c].HalfLifeHours;
            if (halfLives > options.ForgetAfterHalfLives)
            {
                continue;
            }

            var weight = Math.Pow(2, -halfLives);
            var counts = halfLives <= options.SampleHalfLives;
            var whole = default(Sums);
            for (var side = 0; side < Sides; side++)
            {
                if (pass.EnteredAtMs >= cutoffs[side])
                {
                    var at = (c * Sides) + side;
                    var share = shares[(Side)side];
                    var own = new Sums(share * pieces[at], share * exposure[at], 0, 0);
                    whole = whole.Plus(own, 1, 0);
                    if (side > 0)
                    {
                        ref var sum = ref sums[(side * categories.Count) + c];
                        sum = sum.Plus(own, weight, counts && own.Exposure > 0 ? 1 : 0);
                    }
                }
            }

            sums[c] = sums[c].Plus(whole, weight, counts && whole.Exposure > 0 ? 1 : 0);
        }
    }

    private FadedEvidence[] Sum(Trucks trucks)
    {
        var faded = new FadedEvidence[_tally.Length];
        var categories = options.Categories;
        var byTruck = trucks.InOrder;
        for (var at = 0; at < faded.Length; at++)
        {
            var all = default(Sums);
            foreach (var truck in byTruck)
            {
                all = new Sums(all.Pieces + truck[at].Pieces, all.Exposure + truck[at].Exposure, 0, all.Passes + truck[at].Passes);
            }

            var (pieces, squareMetres) = (all.Pieces / 1000, all.Exposure / 1000);
            var rate = CategoryPosterior.MeanOf(categories[at % categories.Count], pieces, squareMetres, options.Overdispersion);
            var worth = 0.0;
            foreach (var truck in byTruck)
            {
                worth += _scatter.Worth(rate, truck[at].Pieces / 1000, truck[at].Exposure / MilliSquareMetresPerUnit, truck[at].SquaredUnits);
            }

            faded[at] = new FadedEvidence(pieces, squareMetres, all.Passes, worth);
        }

        return faded;
    }

    /// <summary>Sums over one truck's passes.</summary>
    /// <param name="Pieces">Σ weight × pieces, thousandths.</param>
    /// <param name="Exposure">Σ weight × exposure, thousandths of a square metre.</param>
    /// <param name="SquaredUnits">Σ weight × exposure², exposure in 100 m².</param>
    /// <param name="Passes">Passes that carry weight.</param>
    private readonly record struct Sums(double Pieces, double Exposure, double SquaredUnits, int Passes)
    {
        public Sums Plus(in Sums one, double weight, int passes)
        {
            var units = one.Exposure / MilliSquareMetresPerUnit;
            return new Sums(
                Pieces + (weight * one.Pieces), Exposure + (weight * one.Exposure), SquaredUnits + (weight * units * units), Passes + passes);
        }
    }

    /// <summary>Sums by truck, in the order of their ids: it must not depend on passes that weigh nothing any more.</summary>
    private sealed class Trucks(int length)
    {
        // Few on one street: looking through them is quicker than a dictionary.
        private readonly List<(string Truck, Sums[] Sums)> _trucks = [];

        public IReadOnlyList<Sums[]> InOrder
        {
            get
            {
                _trucks.Sort(static (a, b) => string.CompareOrdinal(a.Truck, b.Truck));
                return [.. _trucks.Select(static truck => truck.Sums)];
            }
        }

        public Sums[] Of(PassEvidence pass)
        {
            foreach (var (truck, sums) in _trucks)
            {
                if (truck == pass.Truck.Value)
                {
                    return sums;
                }
            }

            _trucks.Add((pass.Truck.Value, new Sums[length]));
            return _trucks[^1].Sums;
        }
    }
}
