using CleanStreets.Contracts;
using CleanStreets.Contracts.Scores;

namespace CleanStreets.WorkOrders;

/// <summary>Ranks dirty streets by the benefit that can be expected of cleaning them.</summary>
/// <remarks>
/// <para>benefit = min(length, cap) × Σ over dirty grades g of P(g) × steps(g) × 2^(−age ÷ half-worth age) × (1 − discount × (high − low) ÷ 5),
/// in grade-metres: metres of street times the grades that cleaning wins. steps(g) is the number of grades from g up to A, "clean".</para>
/// <para>Only what the score rests on counts. Piles that wait for a person add nothing, and a street that was not seen is never a candidate.
/// Equal benefits are ordered by probability, then by segment id, so the same scores give the same list.</para>
/// </remarks>
/// <param name="options">Limits and weights.</param>
public sealed class CandidateRanking(CandidateOptions options)
{
    private const double ScaleLength = 5;

    /// <summary>The candidates among <paramref name="streets"/>, the most worthwhile first.</summary>
    /// <param name="streets">Every street with its current score.</param>
    /// <param name="orders">Every order that is live or ended lately; older ones do no harm.</param>
    /// <param name="now">Against which age and rest are reckoned.</param>
    public IReadOnlyList<Candidate> Rank(IEnumerable<RankedStreet> streets, IEnumerable<WorkOrder> orders, DateTimeOffset now)
    {
        var occupied = Occupied(orders, now);
        var candidates = new List<Candidate>();
        foreach (var street in streets)
        {
            if (!occupied.ContainsKey(street.Score.SegmentId) && WhyNotByScore(street.Score, now) == CandidateExclusion.None)
            {
                candidates.Add(Weigh(street, now));
            }
        }

        candidates.Sort(static (a, b) =>
        {
            var byBenefit = b.Benefit.CompareTo(a.Benefit);
            var byProbability = byBenefit != 0 ? byBenefit : b.DirtyProbability.CompareTo(a.DirtyProbability);
            return byProbability != 0 ? byProbability : string.CompareOrdinal(a.SegmentId.Value, b.SegmentId.Value);
        });
        return candidates;
    }

    /// <summary>Why <paramref name="score"/>'s street is no candidate; <see cref="CandidateExclusion.None"/> when it is one.</summary>
    public CandidateExclusion WhyNot(SegmentScore score, IEnumerable<WorkOrder> orders, DateTimeOffset now) =>
        Occupied(orders, now).TryGetValue(score.SegmentId, out var exclusion) ? exclusion : WhyNotByScore(score, now);

    private CandidateExclusion WhyNotByScore(SegmentScore score, DateTimeOffset now)
    {
        if (score is not { State: ScoreState.Seen, Probabilities: not null, NewestObservationAt: { } newest, Low: not null, High: not null })
        {
            return CandidateExclusion.NotSeen;
        }

        if (now - newest > options.MaximumAge)
        {
            return CandidateExclusion.TooOld;
        }

        if (score.Coverage < options.MinimumCoverage)
        {
            return CandidateExclusion.TooLittleSeen;
        }

        return DirtyProbability(score.Probabilities) < options.MinimumProbability ? CandidateExclusion.NotDirty : CandidateExclusion.None;
    }

    private Dictionary<SegmentId, CandidateExclusion> Occupied(IEnumerable<WorkOrder> orders, DateTimeOffset now)
    {
        var occupied = new Dictionary<SegmentId, CandidateExclusion>();
        foreach (var order in orders)
        {
            if (order.IsLive)
            {
                occupied[order.SegmentId] = CandidateExclusion.HasOrder;
            }
            else if (now - order.ChangedAt < options.CoolDown)
            {
                occupied.TryAdd(order.SegmentId, CandidateExclusion.Resting);
            }
        }

        return occupied;
    }

    private Candidate Weigh(RankedStreet street, DateTimeOffset now)
    {
        var score = street.Score;
        var steps = 0.0;
        foreach (var grade in Grades.All)
        {
            if (grade >= options.DirtyFrom && grade > Grade.A)
            {
                steps += score.Probabilities!.GetValueOrDefault(grade.Name()) * (grade - Grade.A);
            }
        }

        var age = Math.Max(0, (now - score.NewestObservationAt!.Value).TotalHours);
        var freshness = Math.Pow(2, -age / options.HalfWorthAge.TotalHours);
        var certainty = 1 - (options.UncertaintyDiscount * Math.Clamp((score.High!.Value - score.Low!.Value) / ScaleLength, 0, 1));
        var probability = DirtyProbability(score.Probabilities!);
        var benefit = Math.Min(street.LengthMetres, options.LengthCapMetres) * steps * freshness * certainty;
        return new Candidate(street, benefit, probability, Reason(street, probability, age));
    }

    private double DirtyProbability(IReadOnlyDictionary<string, double> probabilities)
    {
        var sum = 0.0;
        foreach (var grade in Grades.All)
        {
            sum += grade >= options.DirtyFrom ? probabilities.GetValueOrDefault(grade.Name()) : 0;
        }

        return sum;
    }

    private static string Reason(RankedStreet street, double probability, double ageHours)
    {
        var seen = ageHours < 1 ? "less than an hour ago" : ageHours < 48 ? $"{ageHours:0} h ago" : $"{ageHours / 24:0} days ago";
        var passes = street.Score.SampleSize == 1 ? "1 pass" : $"{street.Score.SampleSize} passes";
        return $"{probability * 100:0} % likely dirty over {street.LengthMetres:0} m, by {passes}, the newest {seen}.";
    }
}
