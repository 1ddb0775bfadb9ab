using System.Xml.Linq;
using CleanStreets.Testing;

namespace CleanStreets.Launcher.Tests;

/// <summary>A sceptic wants to see for himself how often the intervals hold.</summary>
public sealed class CalibrateVerbTests
{
    [Fact]
    public async Task Calibrate_writes_a_page_with_a_picture_for_each_kind_of_street_and_the_same_seed_writes_the_same()
    {
        using var folder = new TemporaryFolder();
        var (first, again) = (Directory.CreateDirectory(folder.Combine("first")).FullName, Directory.CreateDirectory(folder.Combine("again")).FullName);

        await RunAsync(0, first);
        await RunAsync(0, again);

        var page = await File.ReadAllTextAsync(Path.Combine(first, "RESULTS.md"));
        page.ShouldBe(await File.ReadAllTextAsync(Path.Combine(again, "RESULTS.md")));
        page.ShouldContain("| assumed process |");
        var pictures = Directory.GetFiles(first, "*.svg");
        pictures.Length.ShouldBe(6);
        pictures.ShouldAllBe(picture => page.Contains($"({Path.GetFileName(picture)})", StringComparison.Ordinal) && XDocument.Load(picture).Root!.Name.LocalName == "svg");
    }

    [Fact]
    public async Task Folder_that_is_not_there_is_wrong_use() =>
        (await RunAsync(2, "/nowhere/at/all")).ShouldContain("there is no such folder");

    private static async Task<string> RunAsync(int exitCode, string folder)
    {
        await using var launcher = ProductProgram.Start("deploy/CleanStreets.Launcher", "calibrate", "--out", folder, "--streets", "300", "--seed", "5");
        (await launcher.ExitAsync(Eventually.Patience)).ShouldBe(exitCode, launcher.Output);
        return launcher.Output;
    }
}
