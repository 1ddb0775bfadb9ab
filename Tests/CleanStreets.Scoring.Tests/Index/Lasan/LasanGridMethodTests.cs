namespace CleanStreets.Scoring.Index.Tests;

public class LasanGridMethodTests
{
    [Theory]
    [InlineData(0, 1, "0")]
    [InlineData(17, 1, "0.980769")]
    [InlineData(18, 2, "1.038462")]
    [InlineData(26, 2, "1.5")]
    [InlineData(34, 2, "1.961538")]
    [InlineData(35, 3, "2.019231")]
    [InlineData(44, 3, "2.538462")]
    [InlineData(52, 3, "3")]
    [InlineData(104, 3, "6")]
    public void Class_turns_at_18_and_35_dirty_segments(int dirty, int expectedClass, string expectedScore)
    {
        for (var twos = 0; twos <= dirty; twos += Math.Max(1, dirty / 3))
        {
            var grade = LasanGridMethod.Q3Of2016.Grade(new GridCounts(twos, dirty - twos, 0, 0));
            grade.Class.ShouldBe(expectedClass);
            grade.ScoreText.ShouldBe(expectedScore);
        }
    }

    [Fact]
    public void Integers_agree_with_the_arithmetic_of_the_sheet()
    {
        for (var dirty = 0; dirty <= 5000; dirty++)
        {
            // The sheet's own steps, in decimals that keep 28 digits.
            var norm = dirty / 0.61m;
            var score = norm / (52m / 0.61m / 3);
            var sheet = (int)Math.Clamp(Math.Ceiling(Math.Round(score, 12)), 1, 3);

            var grade = LasanGridMethod.Q3Of2016.Grade(new GridCounts(dirty, 0, 0, 0));

            grade.Class.ShouldBe(sheet, $"{dirty} dirty segments");
            ((decimal)grade.ScoreMicros / 1_000_000m).ShouldBe(Math.Round(score, 6));
        }
    }

    [Theory]
    [InlineData("lasan-2016-q3", 4, 13, 1)]
    [InlineData("lasan-2016-q3", 5, 0, 3)]
    [InlineData("lasan-2016-q3", 0, 14, 3)]
    [InlineData("lasan-2016-q2", 5, 14, 1)]
    [InlineData("lasan-2016-q2", 6, 0, 3)]
    [InlineData("lasan-2016-q2", 0, 15, 3)]
    public void Trigger_makes_the_grid_a_three_as_its_quarter_compares(string method, int dumping, int bulky, int expected) =>
        LasanGridMethod.Find(method)!.Grade(new GridCounts(3, 0, dumping, bulky)).Class.ShouldBe(expected);

    [Fact]
    public void Trigger_leaves_the_score_alone() =>
        LasanGridMethod.Q3Of2016.Grade(new GridCounts(3, 0, 9, 30)).ScoreText.ShouldBe("0.173077");

    [Fact]
    public void Largest_counts_do_not_overflow() =>
        LasanGridMethod.Q3Of2016.Grade(new GridCounts(int.MaxValue, int.MaxValue, 0, 0)).Class.ShouldBe(3);

    [Theory]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(1, 1, 1, 2, 2)]
    [InlineData(1, 2, 2, 3, 2)]
    [InlineData(1, 2, 3, 3, 3)]
    [InlineData(1, 3, 3, 3, 3)]
    [InlineData(2, 1, 1, 1, 3)]
    [InlineData(3, 1, 1, 1, 3)]
    public void Segment_is_the_mean_rounded_up_and_any_dumping_makes_it_a_three(int dumping, int bulky, int litter, int weeds, int expected) =>
        LasanSegmentRule.Grade(dumping, bulky, litter, weeds).ShouldBe(expected);
}
