using System.Text.Json;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Edge.Vision.Model;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Detect;

/// <summary><c>edge detect</c> as people run it.</summary>
public sealed class DetectVerbTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Real_photos_are_reported_with_boxes_kinds_timing_and_the_masks_miss_rate()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Combine("photos"));
        foreach (var photo in Directory.EnumerateFiles(SharedVision.Photos, "*.jpg"))
        {
            File.Copy(photo, folder.Combine("photos", Path.GetFileName(photo)));
        }

        File.WriteAllText(folder.Combine("photos", "torn.jpg"), "no picture");
        var (code, output) = await RunAsync(
            "--model", SharedVision.Model, "--labels", SharedVision.Labels, "--images", folder.Combine("photos"),
            "--out", folder.Combine("o.json"), "--draw", folder.Combine("drawn"), "--labelled", SharedVision.PeopleAndVehicles);
        code.ShouldBe(0, output);
        output.ShouldContain("7 of 8 pictures read");
        output.ShouldContain("torn.jpg cannot be read as a picture");
        output.ShouldContain("mask: miss-rate ");

        using var report = JsonDocument.Parse(File.ReadAllBytes(folder.Combine("o.json")));
        var images = report.RootElement.GetProperty("images").EnumerateArray().ToDictionary(image => image.GetProperty("file").GetString()!);
        images.Count.ShouldBe(8);
        images["torn.jpg"].GetProperty("error").GetString().ShouldNotBeNullOrEmpty();
        var chair = images["ams_06.jpg"].GetProperty("detections").EnumerateArray().Single(found => found.GetProperty("label").GetString() == "chair");
        chair.GetProperty("kind").GetString().ShouldBe("bulky_item");
        chair.GetProperty("confidence").GetDouble().ShouldBeGreaterThan(0.35);
        var mask = report.RootElement.GetProperty("mask");
        mask.GetProperty("labelled").GetInt32().ShouldBe(24);
        mask.GetProperty("missRate").GetDouble().ShouldBeLessThan(0.15);
        mask.GetProperty("missedOnKept").GetInt32().ShouldBe(0);
        report.RootElement.GetProperty("timing").GetProperty("pictures").GetInt32().ShouldBe(7);
        Directory.GetFiles(folder.Combine("drawn")).Length.ShouldBe(7);
    }

    [Fact]
    public async Task Labels_that_name_no_people_say_that_the_miss_rate_is_unknown()
    {
        using var folder = new TemporaryFolder();
        var (code, output) = await RunAsync(
            "--model", SharedVision.Model, "--labels", SharedVision.Labels, "--images", SharedVision.Photos,
            "--out", folder.Combine("o.json"), "--card", folder.Combine("m.card.json")); // Its annotations lie with the photos.
        code.ShouldBe(0, output);
        output.ShouldContain("name no people or vehicles, so the miss-rate is unknown");
        output.ShouldContain("bulky_item by day: ");
        var card = ModelCardFile.Parse(File.ReadAllText(folder.Combine("m.card.json")), "card");
        card.Version.ShouldStartWith("yolox_nano-");
        card.Sees.ShouldContain(line => line.Kind == "bulky_item" && line.Light == "day" && line.Recall > 0 && line.Recall < 0.5);
        card.Sees.ShouldContain(line => line.Kind == "pile" && line.Light == "night");
    }

    [Fact]
    public async Task Labels_of_another_model_are_wrong_use()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Combine("l.txt"), "person\ncar\n");
        var (code, output) = await RunAsync(
            "--model", SharedVision.Model, "--labels", folder.Combine("l.txt"), "--images", SharedVision.Photos, "--out", folder.Combine("o.json"));
        code.ShouldBe(2);
        output.ShouldContain("The model knows 80 labels, the list of labels has 2.");
    }

    [Theory]
    [InlineData("missing.onnx", "is not there")]
    [InlineData("text.onnx", "cannot be run as an ONNX model")]
    public async Task A_model_that_cannot_be_used_is_wrong_use(string model, string reason)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Combine("text.onnx"), "text");
        File.WriteAllText(folder.Combine("l.txt"), "person\n");
        File.WriteAllText(folder.Combine("p.png"), "");
        var (code, output) = await RunAsync(
            "--model", folder.Combine(model), "--labels", folder.Combine("l.txt"), "--images", folder.Path, "--out", folder.Combine("o.json"));
        code.ShouldBe(2);
        output.ShouldContain(reason);
        output.ShouldNotContain("Unhandled");
    }

    [Fact]
    public async Task A_report_that_cannot_be_written_is_said_in_a_sentence()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Combine("o.json"));
        var (code, output) = await RunAsync(
            "--model", SharedVision.Model, "--labels", SharedVision.Labels, "--images", SharedVision.Photos, "--out", folder.Combine("o.json"));
        code.ShouldBe(2);
        output.ShouldContain("cannot be written");
        output.ShouldNotContain("Unhandled");
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        await using var program = ProductProgram.Start("Edge/CleanStreets.Edge", ["detect", .. arguments]);
        var code = await program.ExitAsync(Patience);
        return (code, program.Output);
    }
}
