using CleanStreets.Contracts.Readings;

namespace CleanStreets.Scoring.Index;

/// <summary>Sums a segment's evidence by category, for the segment as a whole and for each side, weighing it by age.</summary>
/// <remarks>
/// Within an hour integers are added, which is exact in any order; hours are weighed and added from the oldest to the newest, so the
/// floating sum has one order, too. An hour's age is that of its middle.
/// </remarks>
internal sealed class EvidenceFader(CrowOptions options)
{
    private const int Sides = CategoryTally.Sides;
    private const double HalfAnHour = 0.5;

    private readonly CategoryTally _tally = new(options.Categories);

    /// <summary>The sums as of a moment; what was captured later is left out.</summary>
    /// <returns>At <c>scope × categories + category</c>, the scope being 0 for the whole, else the side.</returns>
    public FadedEvidence[] Collect(SegmentEvidence evidence, long asOfMs)
    {
        var sums = new FadedEvidence[_tally.Length];
        Span<long> cutoffs = stackalloc long[Sides];
        for (var side = 0; side < Sides; side++)
        {
            cutoffs[side] = evidence.Resets.CutoffMs((Side)side, asOfMs);
        }

        var hasRefusals = evidence.Piles.HasRefusals;
        var hour = new HourSums(_tally.Length);
        Span<long> pieces = stackalloc long[_tally.Length];
        Span<long> exposure = stackalloc long[_tally.Length];
        foreach (var pass in evidence.Passes) // By the time they entered.
        {
            if (pass.EnteredAtMs > asOfMs)
            {
                break;
            }

            if (pass.Hour != hour.Hour)
            {
                Weigh(hour, asOfMs, sums);
                hour.Start(pass.Hour);
            }

            _tally.Count(pass, pieces, exposure);
            if (hasRefusals)
            {
                _tally.TakeOutRefused(pass, evidence.Piles, asOfMs, pieces);
            }

            hour.Add(pass.EnteredAtMs, cutoffs, pieces, exposure);
        }

        Weigh(hour, asOfMs, sums);
        return sums;
    }

    private void Weigh(HourSums hour, long asOfMs, FadedEvidence[] sums)
    {
        var ageHours = Math.Max(0, (asOfMs / (double)PassEvidence.MillisPerHour) - hour.Hour - HalfAnHour);
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
            for (var scope = 0; scope < Sides; scope++)
            {
                ref var sum = ref sums[(scope * categories.Count) + c];
                var (pieces, exposure, passes) = hour.Of(c, scope);
                sum = sum.Plus(pieces, exposure, weight, counts ? passes : 0);
            }
        }
    }

    /// <summary>Integer sums of one hour.</summary>
    private sealed class HourSums(int length)
    {
        private readonly long[] _pieces = new long[length];
        private readonly long[] _exposure = new long[length];
        private readonly int[] _passes = new int[length]; // At category × Sides + scope.

        public long Hour { get; private set; } = long.MinValue;

        public void Start(long hour)
        {
            Hour = hour;
            Array.Clear(_pieces);
            Array.Clear(_exposure);
            Array.Clear(_passes);
        }

        public void Add(long enteredAtMs, ReadOnlySpan<long> cutoffs, ReadOnlySpan<long> pieces, ReadOnlySpan<long> exposure)
        {
            for (var first = 0; first < length; first += Sides)
            {
                var seen = 0L;
                for (var side = 0; side < Sides; side++)
                {
                    if (enteredAtMs >= cutoffs[side])
                    {
                        var i = first + side;
                        _pieces[i] += pieces[i];
                        _exposure[i] += exposure[i];
                        _passes[i] += side > 0 && exposure[i] > 0 ? 1 : 0;
                        seen += exposure[i];
                    }
                }

                _passes[first] += seen > 0 ? 1 : 0;
            }
        }

        public (long Pieces, long Exposure, int Passes) Of(int category, int scope)
        {
            var first = category * Sides;
            var i = first + scope;
            return scope > 0
                ? (_pieces[i], _exposure[i], _passes[i])
                : (_pieces[first] + _pieces[first + 1] + _pieces[first + 2], _exposure[first] + _exposure[first + 1] + _exposure[first + 2], _passes[first]);
        }
    }
}
