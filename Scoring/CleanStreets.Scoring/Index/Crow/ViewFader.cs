using System.Buffers;
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
    private readonly CategoryOptions[] _categories = [.. options.Categories];
    private readonly Scatter _scatter = new(options);

    /// <summary>The sums as of a moment; what was captured later is left out.</summary>
    /// <returns>At <c>scope × categories + category</c>, the scope being 0 for the whole, else the side.</returns>
    public FadedEvidence[] Collect(SegmentEvidence evidence, long asOfMs)
    {
        var passes = Until(evidence.Passes, asOfMs);
        if (passes.Length == evidence.PassCount && evidence.ViewsOf(options.Views) is { } known)
        {
            return Collect(evidence, passes, known.Shares, asOfMs);
        }

        var shares = ArrayPool<ViewShares>.Shared.Rent(passes.Length);
        Views.Fill(passes, evidence.Trucks, options.Views, evidence.Resets.Moments(asOfMs), shares.AsSpan(0, passes.Length));
        var faded = Collect(evidence, passes, shares, asOfMs);
        ArrayPool<ViewShares>.Shared.Return(shares);
        return faded;
    }

    private FadedEvidence[] Collect(SegmentEvidence evidence, ReadOnlySpan<PassEvidence> passes, ReadOnlySpan<ViewShares> shares, long asOfMs)
    {
        // Trucks in the order of their ids: it must not depend on passes that weigh nothing any more.
        var places = evidence.Trucks.Count * _tally.Length;
        var rented = ArrayPool<Sums>.Shared.Rent(places);
        var trucks = rented.AsSpan(0, places);
        trucks.Clear();
        Add(evidence, passes, shares, asOfMs, trucks);
        var faded = Sum(trucks);
        ArrayPool<Sums>.Shared.Return(rented);
        return faded;
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

    private void Add(SegmentEvidence evidence, ReadOnlySpan<PassEvidence> passes, ReadOnlySpan<ViewShares> shares, long asOfMs, Span<Sums> trucks)
    {
        Span<long> cutoffs = stackalloc long[Sides];
        for (var side = 0; side < Sides; side++)
        {
            cutoffs[side] = evidence.Resets.CutoffMs((Side)side, asOfMs);
        }

        var hour = new HourWeights(stackalloc double[_categories.Length]);
        Span<long> pieces = stackalloc long[_tally.Length];
        Span<long> exposure = stackalloc long[_tally.Length];
        var hasRefusals = evidence.Piles.HasRefusals;
        var places = evidence.Trucks.ByPass;
        for (var i = 0; i < passes.Length; i++)
        {
            var pass = passes[i];
            if (shares[i] == default)
            {
                continue; // A later view stands for all of it.
            }

            hour.MoveTo(pass.Hour, asOfMs, _categories, options.ForgetAfterHalfLives);
            if (hour.Weight.IndexOfAnyExcept(0) < 0)
            {
                continue;
            }

            _tally.Count(pass, pieces, exposure);
            if (hasRefusals)
            {
                _tally.TakeOutRefused(pass, evidence.Piles, asOfMs, pieces);
            }

            Add(trucks.Slice(places[i] * _tally.Length, _tally.Length), pass.EnteredAtMs, shares[i], hour, cutoffs, pieces, exposure);
        }
    }

    private void Add(
        Span<Sums> sums, long enteredAtMs, in ViewShares shares, in HourWeights hour, ReadOnlySpan<long> cutoffs, ReadOnlySpan<long> pieces, ReadOnlySpan<long> exposure)
    {
        for (var c = 0; c < _categories.Length; c++)
        {
            var weight = hour.Weight[c];
            if (weight == 0)
            {
                continue;
            }

            var counts = hour.AgeHours / _categories[c].HalfLifeHours <= options.SampleHalfLives;
            var whole = default(Sums);
            for (var side = 0; side < Sides; side++)
            {
                if (enteredAtMs >= cutoffs[side])
                {
                    var at = (c * Sides) + side;
                    var share = shares[(Side)side];
                    var own = new Sums(share * pieces[at], share * exposure[at], 0, 0);
                    whole = whole.Plus(own, 1, 0);
                    if (side > 0)
                    {
                        ref var sum = ref sums[(side * _categories.Length) + c];
                        sum = sum.Plus(own, weight, counts && own.Exposure > 0 ? 1 : 0);
                    }
                }
            }

            sums[c] = sums[c].Plus(whole, weight, counts && whole.Exposure > 0 ? 1 : 0);
        }
    }

    private FadedEvidence[] Sum(ReadOnlySpan<Sums> trucks)
    {
        var faded = new FadedEvidence[_tally.Length];
        for (var at = 0; at < faded.Length; at++)
        {
            var all = default(Sums);
            for (var truck = at; truck < trucks.Length; truck += faded.Length)
            {
                ref readonly var own = ref trucks[truck];
                all = new Sums(all.Pieces + own.Pieces, all.Exposure + own.Exposure, 0, all.Passes + own.Passes);
            }

            var (pieces, squareMetres) = (all.Pieces / 1000, all.Exposure / 1000);
            var rate = CategoryPosterior.MeanOf(_categories[at % _categories.Length], pieces, squareMetres, options.Overdispersion);
            var worth = 0.0;
            for (var truck = at; truck < trucks.Length; truck += faded.Length)
            {
                ref readonly var own = ref trucks[truck];
                worth += _scatter.Worth(rate, own.Pieces / 1000, own.Exposure / MilliSquareMetresPerUnit, own.SquaredUnits);
            }

            faded[at] = new FadedEvidence(pieces, squareMetres, all.Passes, worth);
        }

        return faded;
    }

    /// <summary>What passes of one hour weigh by category: 0 for what is forgotten.</summary>
    private ref struct HourWeights(Span<double> weight)
    {
        private long _hour = long.MinValue;

        public Span<double> Weight { get; } = weight;

        public double AgeHours { get; private set; }

        public void MoveTo(long hour, long asOfMs, CategoryOptions[] categories, double forgetAfterHalfLives)
        {
            if (hour == _hour)
            {
                return;
            }

            _hour = hour;
            AgeHours = Math.Max(0, (asOfMs / (double)PassEvidence.MillisPerHour) - hour - HalfAnHour);
            for (var c = 0; c < categories.Length; c++)
            {
                var halfLives = AgeHours / categories[c].HalfLifeHours;
                Weight[c] = halfLives > forgetAfterHalfLives ? 0 : Math.Pow(2, -halfLives);
            }
        }
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
}
