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
    private readonly double[] _halfLifeHours = [.. options.Categories.Select(category => category.HalfLifeHours)];

    /// <inheritdoc cref="EvidenceCollector"/>
    public FadedEvidence[] Collect(SegmentEvidence evidence, long asOfMs, bool withSides = true)
    {
        var sums = new FadedEvidence[withSides ? _tally.Length : _halfLifeHours.Length];
        var view = new View(evidence, asOfMs, stackalloc long[Sides]);
        var ledger = evidence.LedgerOf(_tally);
        var hours = ledger.Hours;
        var left = evidence.Passes; // By the time they entered.
        Span<long> room = stackalloc long[HourSums.RoomFor(_tally)];
        for (var at = 0; at < hours.Length; at++)
        {
            var passes = left[..hours[at].Passes];
            left = left[passes.Length..];
            if (passes[0].EnteredAtMs > asOfMs)
            {
                break;
            }

            room.Clear();
            var hour = view.IsWhole(passes[0].EnteredAtMs, hours[at].NewestMs) ? ledger.Whole(at, passes, room) : Partly(view, passes, room);
            Weigh(hours[at].Hour, hour, asOfMs, sums);
        }

        return sums;
    }

    /// <summary>Counts what is left of an hour when cleanings, answers of people and the moment have cut out of it.</summary>
    private HourSums Partly(in View view, ReadOnlySpan<PassEvidence> passes, Span<long> room)
    {
        var hour = new HourSums(room);
        Span<long> pieces = stackalloc long[_tally.Length];
        Span<long> exposure = stackalloc long[_tally.Length];
        Span<bool> sides = stackalloc bool[Sides];
        foreach (var pass in passes)
        {
            if (pass.EnteredAtMs > view.AsOfMs)
            {
                break;
            }

            _tally.Count(pass, pieces, exposure);
            if (view.HasRefusals)
            {
                _tally.TakeOutRefused(pass, view.Evidence.Piles, view.AsOfMs, pieces);
            }

            for (var side = 0; side < Sides; side++)
            {
                sides[side] = pass.EnteredAtMs >= view.Cutoffs[side];
            }

            hour.Add(pieces, exposure, sides);
        }

        return hour;
    }

    private void Weigh(long hour, HourSums counted, long asOfMs, FadedEvidence[] sums)
    {
        var ageHours = Math.Max(0, (asOfMs / (double)PassEvidence.MillisPerHour) - hour - HalfAnHour);
        for (var c = 0; c < _halfLifeHours.Length; c++)
        {
            var halfLives = ageHours / _halfLifeHours[c];
            if (halfLives > options.ForgetAfterHalfLives)
            {
                continue;
            }

            var weight = Math.Pow(2, -halfLives);
            var counts = halfLives <= options.SampleHalfLives;
            for (var scope = 0; scope < sums.Length / _halfLifeHours.Length; scope++)
            {
                ref var sum = ref sums[(scope * _halfLifeHours.Length) + c];
                var (pieces, exposure, passes) = counted.Of(c, scope);
                sum = sum.Plus(pieces, exposure, weight, counts ? passes : 0);
            }
        }
    }

    /// <summary>What of the evidence counts at a moment.</summary>
    private readonly ref struct View
    {
        public View(SegmentEvidence evidence, long asOfMs, Span<long> cutoffs)
        {
            (Evidence, AsOfMs, HasRefusals) = (evidence, asOfMs, evidence.Piles.HasRefusals);
            for (var side = 0; side < Sides; side++)
            {
                cutoffs[side] = evidence.Resets.CutoffMs((Side)side, asOfMs);
            }

            Cutoffs = cutoffs;
        }

        public SegmentEvidence Evidence { get; }

        public long AsOfMs { get; }

        /// <summary>People have called something nothing here: passes are looked at one by one.</summary>
        public bool HasRefusals { get; }

        /// <summary>By side; what was captured before is set aside.</summary>
        public ReadOnlySpan<long> Cutoffs { get; }

        /// <summary>Whether passes between two moments count whole.</summary>
        public bool IsWhole(long oldestMs, long newestMs) =>
            !HasRefusals && newestMs <= AsOfMs && oldestMs >= Cutoffs[0] && oldestMs >= Cutoffs[1] && oldestMs >= Cutoffs[2];
    }
}
