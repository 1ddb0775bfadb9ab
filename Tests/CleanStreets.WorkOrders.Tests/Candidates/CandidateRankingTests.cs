using CleanStreets.Contracts;
using CleanStreets.Contracts.Scores;
using static CleanStreets.WorkOrders.Tests.TestOrders;

namespace CleanStreets.WorkOrders.Tests;

public class CandidateRankingTests
{
    private static readonly CandidateRanking Ranking = new(new CandidateOptions());

    [Fact]
    public void Benefit_is_the_documented_sum()
    {
        var street = Street("s", 0, 0, 0.1, 0.6, 0.3, length: 120, low: 3, high: 4.5, age: TimeSpan.FromDays(3));

        var candidate = Rank(street).ShouldHaveSingleItem();

        // 120 m × (0.6 × 2 + 0.3 × 3) grades × ½ for three days × (1 − 0.5 × 1.5 / 5)
        candidate.Benefit.ShouldBe(120 * 2.1 * 0.5 * 0.85, 1e-9);
        candidate.DirtyProbability.ShouldBe(0.9, 1e-12);
        candidate.Reason.ShouldBe("90 % likely dirty over 120 m, by 4 passes, the newest 3 days ago.");
    }

    [Fact]
    public void Worse_longer_surer_and_fresher_streets_come_first()
    {
        var usual = Street("usual", 0, 0, 0.2, 0.8, 0);
        RankedStreet[] better =
        [
            Street("worse", 0, 0, 0.2, 0.4, 0.4),
            Street("longer", 0, 0, 0.2, 0.8, 0, length: 150),
            Street("surer", 0, 0, 0.2, 0.8, 0, low: 3.2, high: 3.6),
            Street("fresher", 0, 0, 0.2, 0.8, 0, age: TimeSpan.FromMinutes(1)),
        ];

        foreach (var street in better)
        {
            Rank(usual, street)[0].ShouldBe(Rank(street)[0]);
        }
    }

    [Fact]
    public void Length_counts_up_to_one_visit() =>
        Rank(Street("s", 0, 0, 0, 1, 0, length: 3000))[0].Benefit.ShouldBe(Rank(Street("s", 0, 0, 0, 1, 0, length: 300))[0].Benefit);

    [Fact]
    public void Equal_streets_are_ordered_by_id_whatever_the_order_of_arrival()
    {
        var streets = Enumerable.Range(0, 50).Select(i => Street($"s-{i:00}", 0, 0, 0, 1, 0)).ToArray();
        new Random(7).Shuffle(streets);

        Rank(streets).Select(c => c.SegmentId.Value).ShouldBe(Enumerable.Range(0, 50).Select(i => $"s-{i:00}"));
    }

    [Fact]
    public void Unconfirmed_piles_alone_make_no_candidate()
    {
        var clean = Street("s", 1, 0, 0, 0, 0);
        Rank(clean with { Score = clean.Score with { PendingConfirmations = 9 } }).ShouldBeEmpty();
    }

    [Fact]
    public void Unconfirmed_piles_add_nothing_to_a_dirty_street()
    {
        var dirty = Street("s", 0, 0, 0, 1, 0);
        Rank(dirty with { Score = dirty.Score with { PendingConfirmations = 9 } })[0].Benefit.ShouldBe(Rank(dirty)[0].Benefit);
    }

    public static TheoryData<CandidateExclusion> Every => [.. Enum.GetValues<CandidateExclusion>()];

    [Theory]
    [MemberData(nameof(Every))]
    public void Every_exclusion_has_its_sentence_and_a_street_it_keeps_out(CandidateExclusion exclusion)
    {
        exclusion.Message().ShouldEndWith(".");
        var dirty = Street("s-1", 0, 0, 0, 1, 0);
        var (street, orders) = exclusion switch
        {
            CandidateExclusion.None => (dirty, Array.Empty<WorkOrder>()),
            CandidateExclusion.NotSeen => (dirty with { Score = dirty.Score with { State = ScoreState.NotSeen } }, []),
            CandidateExclusion.NotDirty => (Street("s-1", 0, 0, 0.51, 0.49, 0), []),
            CandidateExclusion.TooLittleSeen => (dirty with { Score = dirty.Score with { Coverage = 0.49 } }, []),
            CandidateExclusion.TooOld => (Street("s-1", 0, 0, 0, 1, 0, age: TimeSpan.FromDays(8)), []),
            CandidateExclusion.HasOrder => (dirty, [In(OrderState.Open)]),
            CandidateExclusion.Resting => (dirty, [In(OrderState.Done, at: Morning)]),
            _ => throw new ArgumentOutOfRangeException(nameof(exclusion)),
        };

        var now = Morning.AddHours(1);
        Ranking.WhyNot(street.Score, orders, now).ShouldBe(exclusion);
        Ranking.Rank([street], orders, now).Count.ShouldBe(exclusion == CandidateExclusion.None ? 1 : 0);
    }

    [Theory]
    [InlineData(OrderState.Open, false)]
    [InlineData(OrderState.Accepted, false)]
    [InlineData(OrderState.InProgress, false)]
    [InlineData(OrderState.Done, true)]
    [InlineData(OrderState.Verified, true)]
    [InlineData(OrderState.NotCleaned, true)]
    [InlineData(OrderState.Cancelled, true)]
    public void Live_order_keeps_its_street_and_an_ended_one_gives_it_back_after_a_rest(OrderState state, bool comesBack)
    {
        var street = Street("s-1", 0, 0, 0, 1, 0);
        var order = In(state, at: Morning);

        Ranking.Rank([street], [order], Morning.AddHours(6).AddSeconds(-1)).ShouldBeEmpty();
        Ranking.Rank([street], [order], Morning.AddHours(6)).Count.ShouldBe(comesBack ? 1 : 0);
    }

    [Fact]
    public void Live_order_outweighs_an_ended_one_on_the_same_street() =>
        Ranking.WhyNot(Street("s-1", 0, 0, 0, 1, 0).Score, [In(OrderState.Done, id: "o-1"), In(OrderState.Open, id: "o-2"), In(OrderState.Verified, id: "o-3")], Morning)
            .ShouldBe(CandidateExclusion.HasOrder);

    private static IReadOnlyList<Candidate> Rank(params RankedStreet[] streets) => Ranking.Rank(streets, [], Morning);

    private static RankedStreet Street(
        string id, double aPlus, double a, double b, double c, double d, double length = 100, double low = 3, double high = 4, TimeSpan? age = null) => new(
        new SegmentScore
        {
            SegmentId = SegmentId.Parse(id),
            NetworkVersion = "n",
            Method = "crow-1",
            AsOf = Morning,
            State = ScoreState.Seen,
            Grade = Grade.C,
            Index = (low + high) / 2,
            Low = low,
            High = high,
            Probabilities = new Dictionary<string, double> { ["A+"] = aPlus, ["A"] = a, ["B"] = b, ["C"] = c, ["D"] = d },
            Coverage = 1,
            NewestObservationAt = Morning - (age ?? TimeSpan.FromHours(1)),
            SampleSize = 4,
        },
        length);
}
