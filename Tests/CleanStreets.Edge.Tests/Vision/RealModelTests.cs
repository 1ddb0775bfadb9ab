using CleanStreets.Edge.Tests.Support;
using CleanStreets.Edge.Vision;
using CleanStreets.Edge.Vision.Boxes;
using CleanStreets.Edge.Vision.Model;
using CleanStreets.Edge.Vision.Settings;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Vision;

/// <summary>The real model on real photos: things are found where people see them.</summary>
public sealed class RealModelTests
{
    [Theory]
    [InlineData("ams_06.jpg", "car", 712, 120, 800, 180)]
    [InlineData("ams_06.jpg", "chair", 485, 246, 628, 443)]
    [InlineData("ams_13.jpg", "car", 554, 144, 632, 188)]
    [InlineData("ams_13.jpg", "bicycle", 57, 235, 165, 597)]
    [InlineData("ams_26.jpg", "car", 321, 80, 525, 171)]
    [InlineData("ams_26.jpg", "car", 0, 91, 26, 161)]
    public async Task Things_are_found_where_people_see_them(string photo, string label, float left, float top, float right, float bottom)
    {
        using var model = SharedVision.Open();
        var found = new List<Finding>();
        model.Find(await SharedVision.PhotoAsync(photo), found);
        found.Where(finding => finding.Label == label && finding.Confidence > 0.35f).Max(finding => finding.Box.Overlap(new Box(left, top, right, bottom))).ShouldBeGreaterThan(0.6f);
    }

    [Fact]
    public void The_model_is_recognised_and_named_by_its_file()
    {
        using var model = SharedVision.Open();
        (model.Shape, model.Width, model.Height).ShouldBe((new OutputShape(OutputLayout.YoloX, 3549, 80), 416, 416));
        model.Version.ShouldMatch("^yolox_nano-[0-9a-f]{8}$");
        model.Card.ShouldBeNull();
        model.Labels.Knows(LabelRole.Person).ShouldBeTrue();
        model.Labels.Knows(LabelRole.Shelter).ShouldBeFalse();
    }

    [Fact]
    public void A_missing_model_says_so() =>
        Should.Throw<VisionException>(() => DetectionModel.Open("/nowhere/m.onnx", ["a"], new VisionSettings(), 1)).Message.ShouldContain("/nowhere/m.onnx is not there");

    [Fact]
    public void A_file_that_is_no_model_says_so()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Combine("m.onnx");
        File.WriteAllText(file, "not a model");
        Should.Throw<VisionException>(() => DetectionModel.Open(file, ["a"], new VisionSettings(), 1)).Message.ShouldContain("cannot be run as an ONNX model");
    }
}
