namespace CleanStreets.Scoring.Index.Tests;

public class CalibrationTests
{
    private const int Streets = 5000;

    public static TheoryData<string> Methods => [.. ScoreMethods.Names];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Truth_of_the_assumed_process_lies_in_the_interval_as_often_as_it_says(string method)
    {
        var assumed = CalibrationRunner.Run(Streets, seed: 20261120, Options(method)).Single(r => r.Case == CalibrationRunner.Assumed);

        (assumed.Streets + assumed.FromZero).ShouldBe(Streets);
        assumed.Streets.ShouldBeGreaterThan(Streets / 3);
        assumed.Share.ShouldBeInRange(0.88, 0.92);
        assumed.FromZeroShare.ShouldBeInRange(0.9, 0.97);
        foreach (var (level, within) in CalibrationRunner.Levels.Zip(assumed.Within))
        {
            within.ShouldBe(level, 0.03, $"{method} at {level}");
        }
    }

    [Fact]
    public void Wider_scatter_is_paid_for_with_width_and_buys_the_hard_cases()
    {
        var (narrow, wide) = (CalibrationRunner.Run(2000, seed: 1, CrowOptions.Crow1), CalibrationRunner.Run(2000, seed: 1, CrowOptions.Crow2));

        foreach (var (before, after) in narrow.Zip(wide).Where(pair => pair.First.Case != CalibrationRunner.Assumed))
        {
            after.MeanWidth.ShouldBeGreaterThan(before.MeanWidth, after.Case);
            after.Share.ShouldBeGreaterThanOrEqualTo(before.Share, after.Case);
            after.Share.ShouldBeGreaterThan(0.85, after.Case);
        }
    }

    [Fact]
    public void Same_seed_writes_the_same_figures()
    {
        var (first, again, other) = (Csv(seed: 3), Csv(seed: 3), Csv(seed: 4));

        again.ShouldBe(first);
        other.ShouldNotBe(first);
        first.Split('\n')[0].ShouldBe("case,method,streets,share,meanWidth,fromZero,fromZeroShare");
        first.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(7);
    }

    [Fact]
    public void Page_and_pictures_tell_every_kind_of_street_by_every_method()
    {
        var methods = ScoreMethods.Names.Select(name => CalibrationRunner.Run(300, seed: 3, Options(name))).ToList();
        var (page, picture) = (new StringWriter(), new StringWriter());

        CalibrationPage.Write(methods, 300, 3, page);
        ReliabilityDiagram.Write([.. methods.Select(results => results[0])], picture);

        CalibrationRunner.Cases.ShouldAllBe(kind => page.ToString().Contains($"![{kind}]({CalibrationPage.PictureOf(kind)})", StringComparison.Ordinal));
        page.ToString().ShouldContain(FormattableString.Invariant($"| {methods[1][0].Case} | {methods[0][0].Share * 100:0.0} %, width"));
        var drawn = System.Xml.Linq.XDocument.Parse(picture.ToString());
        drawn.Descendants().Count(element => element.Name.LocalName == "polyline").ShouldBe(2);
        drawn.Root!.Value.ShouldContain("crow-2");
    }

    private static CrowOptions Options(string method) => ScoreMethods.OptionsOf(method)!;

    private static string Csv(int seed)
    {
        var output = new StringWriter();
        CalibrationRunner.Write(CalibrationRunner.Run(200, seed, CrowOptions.Crow2), output);
        return output.ToString();
    }
}
