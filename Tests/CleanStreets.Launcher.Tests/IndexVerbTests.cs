using CleanStreets.Testing;

namespace CleanStreets.Launcher.Tests;

public sealed class IndexVerbTests
{
    [Fact]
    public async Task Index_reproduces_every_class_that_Los_Angeles_published_for_the_third_quarter_of_2016()
    {
        var published = File.ReadAllLines(SharedData.Require("data/la-cleanstat/grids_2016_q3.csv")).Select(line => line.Split(',')).ToList();
        int Column(string name) => Array.IndexOf(published[0], name);
        string[] columns = ["NameInt", "Twos", "Threes", "Seg_ID_Score", "Seg_Bk_Score"];
        using var folder = new TemporaryFolder();
        var (grids, result) = (folder.Combine("grids.csv"), folder.Combine("classes.csv"));
        await File.WriteAllLinesAsync(grids,
            published.Skip(1).Select(row => string.Join(',', columns.Select(name => row[Column(name)]))).Prepend("grid,twos,threes,illegalDumping,bulkyItems"));

        await using var launcher = ProductProgram.Start(
            "deploy/CleanStreets.Launcher", "index", "--method", "lasan-2016-q3", "--grids", grids, "--out", result);
        (await launcher.ExitAsync(Eventually.Patience)).ShouldBe(0, launcher.Output);

        var graded = File.ReadAllLines(result);
        graded[0].ShouldBe("grid,csScore,class");
        graded.Length.ShouldBe(1 + 1135);
        foreach (var (line, row) in graded.Skip(1).Zip(published.Skip(1)))
        {
            var fields = line.Split(',');
            fields[0].ShouldBe(row[Column("NameInt")]);
            fields[2].ShouldBe(row[Column("GridScrRounded")], $"class of grid {fields[0]}");
        }
    }

    [Fact]
    public async Task Index_names_the_bad_line_and_leaves_no_half_table()
    {
        using var folder = new TemporaryFolder();
        var (grids, result) = (folder.Combine("grids.csv"), folder.Combine("classes.csv"));
        await File.WriteAllTextAsync(grids, "grid,twos,threes,illegalDumping,bulkyItems\n1,2,3,0,0\n2,many,3,0,0\n");

        await using var launcher = ProductProgram.Start(
            "deploy/CleanStreets.Launcher", "index", "--method", "lasan-2016-q3", "--grids", grids, "--out", result);
        (await launcher.ExitAsync(Eventually.Patience)).ShouldBe(2, launcher.Output);

        launcher.Output.ShouldContain("Line 3");
        launcher.Output.ShouldContain("many");
        File.Exists(result).ShouldBeFalse();
    }
}
