using System.Buffers;
using System.Runtime.Intrinsics;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Scoring.Index;

/// <summary>Sums a segment's evidence as <see cref="EvidenceFader"/> does, with repeated views counted once and with what it is worth.</summary>
/// <remarks>
/// Passes lie in an order that does not depend on their arrival, so the floating sums have one order, too. Of a street that was never cleaned and
/// where people refused nothing, what passes counted is remembered (<see cref="PassTally"/>); else it is counted anew. Both ways
/// give the same numbers to the last bit.
/// </remarks>
internal sealed class ViewFader(CrowOptions options)
{
    private const int Sides = CategoryTally.Sides;

    private readonly CategoryTally _tally = new(options.Categories);
    private readonly CategoryOptions[] _categories = [.. options.Categories];
    private readonly int _width = FadedTrucks.WidthOf(options.Categories.Count);
    private readonly Scatter _scatter = new(options);

    /// <inheritdoc cref="EvidenceCollector"/>
    public FadedEvidence[] Collect(SegmentEvidence evidence, long asOfMs, bool withSides = true)
    {
        var passes = Until(evidence.Passes, asOfMs);
        if (passes.Length < evidence.PassCount || evidence.ViewsOf(options.Views) is not { } known)
        {
            return CollectAnew(evidence, asOfMs, withSides);
        }

        var isRemembered = _categories.Length <= PassTally.Lanes && !evidence.Piles.HasRefusals;
        return Collect(evidence, passes, isRemembered ? evidence.TalliesOf(_tally).ByPass : default, known.Shares, asOfMs, withSides);
    }

    /// <summary>The same, with nothing that is remembered.</summary>
    internal FadedEvidence[] CollectAnew(SegmentEvidence evidence, long asOfMs, bool withSides = true)
    {
        var passes = Until(evidence.Passes, asOfMs);
        var shares = ArrayPool<ViewShares>.Shared.Rent(passes.Length);
        Views.Fill(passes, evidence.Trucks, options.Views, evidence.Resets.Moments(asOfMs), shares.AsSpan(0, passes.Length));
        var faded = Collect(evidence, passes, default, shares, asOfMs, withSides);
        ArrayPool<ViewShares>.Shared.Return(shares);
        return faded;
    }

    private FadedEvidence[] Collect(
        SegmentEvidence evidence, ReadOnlySpan<PassEvidence> passes, ReadOnlySpan<PassTally> tallies, ReadOnlySpan<ViewShares> shares, long asOfMs, bool withSides)
    {
        var scopes = withSides ? CategoryTally.Sides : 1;

        // Trucks in the order of their ids: it must not depend on passes that weigh nothing any more.
        var room = FadedTrucks.RoomFor(evidence.Trucks.Count, scopes, _width);
        var rented = ArrayPool<double>.Shared.Rent(room);
        var cells = rented.AsSpan(0, room);
        cells.Clear();
        var trucks = new FadedTrucks(cells, scopes, _width);
        Add(evidence, passes, tallies, shares, asOfMs, trucks);
        var faded = new FadedEvidence[scopes * _categories.Length];
        trucks.Sum(_categories, _scatter, options.Overdispersion, faded);
        ArrayPool<double>.Shared.Return(rented);
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

    private void Add(
        SegmentEvidence evidence, ReadOnlySpan<PassEvidence> passes, ReadOnlySpan<PassTally> tallies, ReadOnlySpan<ViewShares> shares, long asOfMs, FadedTrucks trucks)
    {
        var hour = new HourWeights(stackalloc double[_width], stackalloc double[_width]);
        var places = evidence.Trucks.ByPass;
        var anew = new Counting(evidence, asOfMs, stackalloc long[Sides], stackalloc long[_tally.Length], stackalloc long[_tally.Length]);
        for (var i = 0; i < passes.Length; i++)
        {
            ref readonly var share = ref shares[i];
            if (share.IsNothing)
            {
                continue; // A later view stands for all of it.
            }

            var isWhole = i < tallies.Length && tallies[i].IsWhole;
            hour.MoveTo(isWhole ? tallies[i].Hour : passes[i].Hour, asOfMs, _categories, options);
            if (hour.IsForgotten)
            {
                continue;
            }

            if (isWhole)
            {
                trucks.Add(places[i], tallies[i].Of(share), Vector256.Create(hour.Weight), Vector256.Create(hour.Counts));
            }
            else
            {
                anew.Count(passes[i], _tally);
                Add(trucks, places[i], passes[i].EnteredAtMs, share, hour, anew);
            }
        }
    }

    private void Add(FadedTrucks trucks, int truck, long enteredAtMs, in ViewShares shares, in HourWeights hour, in Counting counted)
    {
        for (var c = 0; c < _categories.Length; c++)
        {
            var (weight, counts) = (hour.Weight[c], hour.Counts[c] > 0);
            var (wholePieces, wholeExposure) = (0.0, 0.0);
            for (var side = 0; side < Sides; side++)
            {
                if (enteredAtMs >= counted.Cutoffs[side])
                {
                    var at = (c * Sides) + side;
                    var share = shares[(Side)side];
                    var (ownPieces, ownExposure) = (share * counted.Pieces[at], share * counted.Exposure[at]);
                    (wholePieces, wholeExposure) = (wholePieces + ownPieces, wholeExposure + ownExposure);
                    if (side > 0 && side < trucks.Scopes)
                    {
                        trucks.Add(truck, side, c, ownPieces, ownExposure, weight, counts);
                    }
                }
            }

            trucks.Add(truck, 0, c, wholePieces, wholeExposure, weight, counts);
        }
    }

    /// <summary>Counts a pass anew, with cleanings and answers of people in view.</summary>
    private readonly ref struct Counting
    {
        private readonly SegmentEvidence _evidence;
        private readonly long _asOfMs;
        private readonly bool _hasRefusals;

        public Counting(SegmentEvidence evidence, long asOfMs, Span<long> cutoffs, Span<long> pieces, Span<long> exposure)
        {
            (_evidence, _asOfMs, _hasRefusals) = (evidence, asOfMs, evidence.Piles.HasRefusals);
            for (var side = 0; side < Sides; side++)
            {
                cutoffs[side] = evidence.Resets.CutoffMs((Side)side, asOfMs);
            }

            Cutoffs = cutoffs;
            Pieces = pieces;
            Exposure = exposure;
        }

        /// <summary>By side; what was captured before is set aside.</summary>
        public ReadOnlySpan<long> Cutoffs { get; }

        /// <summary>As <see cref="CategoryTally"/> counts them.</summary>
        public Span<long> Pieces { get; }

        /// <inheritdoc cref="Pieces"/>
        public Span<long> Exposure { get; }

        public void Count(PassEvidence pass, CategoryTally tally)
        {
            tally.Count(pass, Pieces, Exposure);
            if (_hasRefusals)
            {
                tally.TakeOutRefused(pass, _evidence.Piles, _asOfMs, Pieces);
            }
        }
    }

    /// <summary>What passes of one hour weigh by category: 0 for what is forgotten.</summary>
    private ref struct HourWeights
    {
        private const double HalfAnHour = 0.5;

        private readonly Span<double> _weight;
        private readonly Span<double> _counts;
        private long _hour = long.MinValue;

        public HourWeights(Span<double> weight, Span<double> counts)
        {
            _weight = weight;
            _counts = counts;
        }

        /// <summary>By category.</summary>
        public readonly ReadOnlySpan<double> Weight => _weight;

        /// <summary>By category: 1 where passes of the hour still count in the sample size, else 0.</summary>
        public readonly ReadOnlySpan<double> Counts => _counts;

        /// <summary>Whether it weighs nothing in any category.</summary>
        public bool IsForgotten { get; private set; }

        public void MoveTo(long hour, long asOfMs, CategoryOptions[] categories, CrowOptions options)
        {
            if (hour == _hour)
            {
                return;
            }

            (_hour, IsForgotten) = (hour, true);
            _weight.Clear();
            _counts.Clear();
            var ageHours = Math.Max(0, (asOfMs / (double)PassEvidence.MillisPerHour) - hour - HalfAnHour);
            for (var c = 0; c < categories.Length; c++)
            {
                var halfLives = ageHours / categories[c].HalfLifeHours;
                if (halfLives <= options.ForgetAfterHalfLives)
                {
                    _weight[c] = Math.Pow(2, -halfLives);
                    _counts[c] = halfLives <= options.SampleHalfLives ? 1 : 0;
                    IsForgotten = false;
                }
            }
        }
    }
}
