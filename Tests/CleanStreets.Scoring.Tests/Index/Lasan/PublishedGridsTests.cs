using CleanStreets.Testing;

namespace CleanStreets.Scoring.Index.Tests;

/// <summary>The grades that Los Angeles published for Q3 2016, all 1,135 of them.</summary>
public class PublishedGridsTests
{
    [Fact]
    public void Every_published_grid_of_q3_2016_comes_out_with_its_class_and_its_score()
    {
        var published = Published();
        var input = "grid,twos,threes,illegalDumping,bulkyItems\n"
            + string.Join('\n', published.Select(p => $"{p["NameInt"]},{p["Twos"]},{p["Threes"]},{p["Seg_ID_Score"]},{p["Seg_Bk_Score"]}"));
        using var output = new StringWriter();

        var graded = GridIndexRunner.Run("lasan-2016-q3", new StringReader(input), output);

        graded.ShouldBe(1135);
        var expected = published.Select(p => $"{p["NameInt"]},{p["CSScore"]},{p["GridScrRounded"]}");
        output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).ShouldBe(expected);
    }

    [Fact]
    public void The_rule_of_the_quarter_before_does_not_fit_q3()
    {
        // If it did, the golden test would not tell the two apart.
        var wrong = Published().Count(p => LasanGridMethod.Q2Of2016.Grade(Counts(p)).Class != int.Parse(p["GridScrRounded"]));
        wrong.ShouldBeGreaterThan(0);
    }

    private static GridCounts Counts(Dictionary<string, string> row) =>
        new(Number(row["Twos"]), Number(row["Threes"]), Number(row["Seg_ID_Score"]), Number(row["Seg_Bk_Score"]));

    private static int Number(string text) => text.Length == 0 ? 0 : int.Parse(text);

    private static List<Dictionary<string, string>> Published()
    {
        var lines = File.ReadAllLines(SharedData.Require("data/la-cleanstat/grids_2016_q3.csv"));
        var header = lines[0].Split(',');
        return [.. lines.Skip(1).Select(l => header.Zip(l.Split(',')).ToDictionary(p => p.First, p => p.Second))];
    }
}
