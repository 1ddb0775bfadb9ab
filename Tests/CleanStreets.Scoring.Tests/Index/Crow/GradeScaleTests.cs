using CleanStreets.Contracts.Scores;

namespace CleanStreets.Scoring.Index.Tests;

public class GradeScaleTests
{
    private static readonly GradeScale Litter = new([0.5, 3, 10, 25]);

    [Theory]
    [InlineData(0, 0, Grade.APlus)]
    [InlineData(0.25, 0.5, Grade.APlus)]
    [InlineData(0.5, 1, Grade.APlus)]
    [InlineData(3, 2, Grade.A)]
    [InlineData(3.0001, 2.0000143, Grade.B)]
    [InlineData(10, 3, Grade.B)]
    [InlineData(17.5, 3.5, Grade.C)]
    [InlineData(25, 4, Grade.C)]
    [InlineData(50, 4.5, Grade.D)]
    [InlineData(2500, 4.99, Grade.D)]
    public void Rate_has_its_index_and_a_cut_belongs_to_the_better_letter(double rate, double index, Grade grade)
    {
        Litter.IndexOf(rate).ShouldBe(index, 1e-6);
        Litter.GradeOf(rate).ShouldBe(grade);
        GradeScale.GradeOfIndex(Litter.IndexOf(rate)).ShouldBe(grade);
    }

    [Fact]
    public void Index_and_rate_undo_each_other()
    {
        for (var index = 0.0; index < 5; index += 0.01)
        {
            Litter.IndexOf(Litter.RateAt(index)).ShouldBe(index, 1e-9);
        }

        Litter.RateAt(5).ShouldBe(double.PositiveInfinity);
    }

    [Theory]
    [InlineData(0.0, 1.0, 2.0, 3.0)]
    [InlineData(1.0, 1.0, 2.0, 3.0)]
    [InlineData(1.0, 2.0, 3.0, double.PositiveInfinity)]
    public void Cuts_must_rise_above_zero(params double[] cuts) => GradeScale.IsValid(cuts).ShouldBeFalse();
}
