using FsCheck;
using FsCheck.Fluent;

namespace CleanStreets.Scoring.Index.Tests;

public class PeriodWeightsTests
{
    [Fact]
    public void Each_pass_stands_for_the_time_nearest_to_it() =>
        PeriodWeights.Of([20, 60], [], 0, 100, 1000).ShouldBe([0.4, 0.6]);

    [Fact]
    public void No_pass_stands_for_longer_than_its_reach() =>
        PeriodWeights.Of([50], [], 0, 100, 10).ShouldBe([0.2]);

    [Fact]
    public void Cleaning_parts_them() =>
        PeriodWeights.Of([20, 60], [30], 0, 100, 1000).ShouldBe([0.3, 0.7]);

    [Fact]
    public void Shares_are_never_negative_and_never_sum_to_more_than_the_period() =>
        Prop.ForAll(Gen.Choose(0, 1000).ArrayOf().ToArbitrary(), Gen.Choose(1, 2000).ToArbitrary(), (moments, reach) =>
        {
            var passes = moments.Where(m => m < 1000).Select(m => (long)m).Order().ToArray();
            var shares = PeriodWeights.Of(passes, [], 0, 1000, reach);
            return shares.All(share => share >= 0) && shares.Sum() <= 1 + 1e-12;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
}
