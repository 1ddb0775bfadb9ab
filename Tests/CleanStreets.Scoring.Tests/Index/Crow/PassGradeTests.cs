using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Scores;
using CleanStreets.Scoring.Observations;

namespace CleanStreets.Scoring.Index.Tests;

public class PassGradeTests
{
    private static readonly CrowMethod Method = new(new CrowOptions());

    [Theory]
    [InlineData(0, Grade.APlus, 0.0)]
    [InlineData(3, Grade.APlus, 1.0)]
    [InlineData(18, Grade.A, 2.0)]
    [InlineData(19, Grade.B, 2.024)]
    [InlineData(60, Grade.B, 3.0)]
    [InlineData(150, Grade.C, 4.0)]
    [InlineData(151, Grade.D, 4.007)]
    public void Pass_has_the_letter_of_its_plain_rate(int pieces, Grade grade, double index)
    {
        var verdict = Method.GradePass(TestPasses.Pass(TestPasses.Morning, TestPasses.Litter(pieces)));

        verdict.Grade.ShouldBe(grade);
        verdict.Index!.Value.ShouldBe(index, 0.0005);
    }

    [Fact]
    public void Pass_that_saw_too_little_has_none()
    {
        var blind = TestPasses.Pass(TestPasses.Morning) with { SeenMilliSquareMetres = default };
        var glimpse = TestPasses.Pass(TestPasses.Morning) with { SeenMilliSquareMetres = new SideTotals(0, 0, 49_000) };

        Method.GradePass(blind).Grade.ShouldBeNull();
        Method.GradePass(glimpse).Index.ShouldBeNull();
    }

    [Fact]
    public void Pile_does_not_count_in_a_pass() =>
        Method.GradePass(TestPasses.Pass(TestPasses.Morning, new KindCount(Kinds.Pile, Side.Right, 9, 0))).Grade.ShouldBe(Grade.APlus);

    [Fact]
    public void Summary_tells_the_pass()
    {
        var pass = TestPasses.Pass(TestPasses.Morning, TestPasses.Litter(10), TestPasses.Litter(9, Side.Left)) with
        {
            SeenMilliSquareMetres = new SideTotals(0, 0, 150_000),
            Recall = new DetectorRecall { DefaultMilli = 800 },
        };

        var summary = Method.Summarise(pass, TestPasses.Truck("truck-9"));

        summary.TruckId.ShouldBe(TestPasses.Truck("truck-9"));
        summary.ExposureMetres.ShouldBe(40); // Half the strip was hidden, and the detector finds 80 %.
        summary.Counts[Kinds.LooseLitter].ShouldBe(19);
        summary.EnteredAt.ShouldBe(TestPasses.Morning);
        summary.Grade.ShouldBe(Grade.C);
    }
}
