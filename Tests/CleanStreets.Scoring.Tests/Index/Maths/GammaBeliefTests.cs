namespace CleanStreets.Scoring.Index.Tests;

public class GammaBeliefTests
{
    [Fact]
    public void Distribution_stays_within_its_bound_of_the_exact_one()
    {
        var worst = 0.0;
        ForEachPoint((shape, logGamma, x) =>
            worst = Math.Max(worst, Math.Abs(new GammaBelief(shape).Below(x, out _) - GammaFunction.LowerRegularised(shape, x, logGamma))));

        worst.ShouldBeLessThan(2e-7);
    }

    [Fact]
    public void Density_is_the_slope_of_the_distribution_or_lies_in_a_tail()
    {
        ForEachPoint((shape, logGamma, x) =>
        {
            var step = 1e-3 * Math.Min(x, Math.Sqrt(shape));
            var slope = (GammaFunction.LowerRegularised(shape, x + step, logGamma) - GammaFunction.LowerRegularised(shape, x - step, logGamma)) / (2 * step);
            new GammaBelief(shape).Below(x, out var density);

            // Within the tails 0 is told; there the true slope over a standard deviation is next to nothing.
            (Math.Abs(density - slope) * Math.Min(x, Math.Sqrt(shape))).ShouldBeLessThan(1e-5);
        });
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(3)]
    [InlineData(40)]
    [InlineData(2000)]
    public void Guess_lies_near_the_quantile(double shape)
    {
        var belief = new GammaBelief(shape);

        belief.Below(belief.GuessQuantile(-1.645), out _).ShouldBe(0.05, 0.05);
        belief.Below(belief.GuessQuantile(1.645), out _).ShouldBe(0.95, 0.01);
    }

    private static void ForEachPoint(Action<double, double, double> visit)
    {
        for (var shape = 0.02; shape < 1e5; shape *= 1.7)
        {
            var logGamma = GammaFunction.LogGamma(shape);
            var spread = Math.Sqrt(shape);
            for (var deviations = -12.0; deviations <= 40; deviations += 0.23)
            {
                if (shape + (deviations * spread) is var x and > 1e-6)
                {
                    visit(shape, logGamma, x);
                }
            }
        }
    }
}
