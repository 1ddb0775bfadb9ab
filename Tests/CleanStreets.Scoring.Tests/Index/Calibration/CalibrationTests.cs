namespace CleanStreets.Scoring.Index.Tests;

public class CalibrationTests
{
    private const int Streets = 5000;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public void Truth_of_the_assumed_process_lies_in_the_interval_as_often_as_it_says(int overdispersion)
    {
        var assumed = CalibrationRunner.Run(Streets, seed: 20261120, overdispersion).Single(r => r.Case == CalibrationRunner.Assumed);

        (assumed.Streets + assumed.FromZero).ShouldBe(Streets);
        assumed.Streets.ShouldBeGreaterThan(Streets / 3);
        assumed.Share.ShouldBeInRange(0.88, 0.92);
        assumed.FromZeroShare.ShouldBeInRange(0.93, 0.97);
    }

    [Fact]
    public void Wider_scatter_is_paid_for_with_width_and_buys_the_hard_cases()
    {
        var (narrow, wide) = (CalibrationRunner.Run(1000, seed: 1, overdispersion: 1), CalibrationRunner.Run(1000, seed: 1, overdispersion: 3));

        foreach (var (before, after) in narrow.Zip(wide).Where(pair => pair.First.Case != CalibrationRunner.Assumed))
        {
            after.MeanWidth.ShouldBeGreaterThan(before.MeanWidth, after.Case);
            after.Share.ShouldBeGreaterThan(before.Share, after.Case);
        }
    }

    [Fact]
    public void Same_seed_writes_the_same_figures()
    {
        var (first, again, other) = (Csv(seed: 3), Csv(seed: 3), Csv(seed: 4));

        again.ShouldBe(first);
        other.ShouldNotBe(first);
        first.Split('\n')[0].ShouldBe("case,overdispersion,streets,share,meanWidth,fromZero,fromZeroShare");
        first.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(7);
    }

    private static string Csv(int seed)
    {
        var output = new StringWriter();
        CalibrationRunner.Write(CalibrationRunner.Run(200, seed, overdispersion: 3), output);
        return output.ToString();
    }
}
