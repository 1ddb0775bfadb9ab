namespace CleanStreets.Scoring.Index.Tests;

public class GammaFunctionTests
{
    /// <summary>Reference values: the defining series in decimals of 60 digits, ln Γ by Stirling with thirteen terms.</summary>
    [Theory]
    [InlineData(0.1, 0.01, 6.62621259954479806e-1)]
    [InlineData(0.1, 2, 9.94326176020188472e-1)]
    [InlineData(0.25, 0.0001, 1.10324058668072039e-1)]
    [InlineData(0.25, 1.5, 9.66583555841020970e-1)]
    [InlineData(0.5, 0.5, 6.82689492137085897e-1)]
    [InlineData(0.5, 4, 9.95322265018952734e-1)]
    [InlineData(1, 1, 6.32120558828557678e-1)]
    [InlineData(2.5, 1, 1.50854963915390364e-1)]
    [InlineData(2.5, 9, 9.97053595412119710e-1)]
    [InlineData(10, 10, 5.42070285528147792e-1)]
    [InlineData(33.7, 20, 3.19339467185113121e-3)]
    [InlineData(33.7, 50, 9.93907932154998173e-1)]
    [InlineData(100, 100, 5.13298798279148665e-1)]
    [InlineData(1000, 950, 5.50546862307380345e-2)]
    [InlineData(1000, 1100, 9.98940676746070023e-1)]
    [InlineData(50000, 50100, 6.73069989376195415e-1)]
    public void Distribution_agrees_with_sixty_digit_arithmetic(double shape, double x, double expected) =>
        Math.Abs(GammaFunction.LowerRegularised(shape, x, GammaFunction.LogGamma(shape)) / expected - 1).ShouldBeLessThan(shape > 10_000 ? 1e-9 : 1e-12);

    [Theory]
    [InlineData(0.1, 2.2527126517342060)]
    [InlineData(0.5, 0.57236494292470009)]
    [InlineData(7.25, 7.0521854507385394)]
    [InlineData(1000, 5905.2204232091812)]
    public void Log_gamma_agrees_with_sixty_digit_arithmetic(double a, double expected) =>
        GammaFunction.LogGamma(a).ShouldBe(expected, Math.Abs(expected) * 1e-14);

    [Theory]
    [InlineData(3, 2.5)]
    [InlineData(3, 7.0)]
    [InlineData(20, 14.0)]
    public void Whole_shapes_are_poisson_sums(int shape, double x)
    {
        double term = Math.Exp(-x), below = 0;
        for (var k = 0; k < shape; k++)
        {
            below += term;
            term *= x / (k + 1);
        }

        GammaFunction.LowerRegularised(shape, x, GammaFunction.LogGamma(shape)).ShouldBe(1 - below, 1e-13);
    }

    [Fact]
    public void Distribution_rises_from_zero_to_one_for_every_shape()
    {
        for (var shape = 0.01; shape < 1e6; shape *= 3)
        {
            var logGamma = GammaFunction.LogGamma(shape);
            GammaFunction.LowerRegularised(shape, 0, logGamma).ShouldBe(0);
            GammaFunction.LowerRegularised(shape, double.PositiveInfinity, logGamma).ShouldBe(1);
            var last = 0.0;
            for (var x = shape / 100; x < shape * 100; x *= 1.07)
            {
                var p = GammaFunction.LowerRegularised(shape, x, logGamma);
                p.ShouldBeInRange(last - 1e-9, 1);
                last = p;
            }

            last.ShouldBeGreaterThan(0.6);
        }
    }
}
