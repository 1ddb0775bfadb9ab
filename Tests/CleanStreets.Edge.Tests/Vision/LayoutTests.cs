using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Edge.Vision;
using CleanStreets.Edge.Vision.Boxes;
using CleanStreets.Edge.Vision.Model;
using CleanStreets.Edge.Vision.Settings;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Vision;

/// <summary>Every layout through the real runtime: a model that says a known box, on a picture twice as wide as high.</summary>
public sealed class LayoutTests
{
    private const int Side = 64; // 8 × 8 + 4 × 4 + 2 × 2 = 84 cells
    private const int Cells = 84;

    private static readonly string[] Labels = ["person", "car", "chair"];

    // In the model's input: centre (40, 30), 16 × 8.
    private static readonly (float X, float Y, float Width, float Height) Said = (40, 30, 16, 8);

    [Theory]
    [InlineData(OutputLayout.YoloX, 0)]
    [InlineData(OutputLayout.YoloXPixels, 0)]
    [InlineData(OutputLayout.YoloV5, 16)]
    [InlineData(OutputLayout.YoloV8, 16)]
    [InlineData(OutputLayout.YoloV8Turned, 16)]
    [InlineData(OutputLayout.EndToEnd, 16)]
    public void A_box_is_said_in_pixels_of_the_picture(object layout, int greyAbove)
    {
        using var model = Open((OutputLayout)layout, score: 0.9f);
        model.Shape.Layout.ShouldBe((OutputLayout)layout);
        var found = new List<Finding>();
        model.Find(new Picture(128, 64), found); // Fitted to 64 × 32: half as large.
        var chair = found.ShouldHaveSingleItem();
        (chair.Label, chair.Kind, chair.Role).ShouldBe(("chair", "bulky_item", LabelRole.Item));
        chair.Confidence.ShouldBe(0.9f, 0.001f);
        var expected = Box.Around(Said.X * 2, (Said.Y - greyAbove) * 2, Said.Width * 2, Said.Height * 2).Within(128, 64);
        foreach (var (actual, wanted) in new[] { (chair.Box.Left, expected.Left), (chair.Box.Top, expected.Top), (chair.Box.Right, expected.Right), (chair.Box.Bottom, expected.Bottom) })
        {
            actual.ShouldBe(wanted, 0.01f);
        }
    }

    [Theory]
    [InlineData(OutputLayout.YoloX)]
    [InlineData(OutputLayout.YoloV5)]
    [InlineData(OutputLayout.YoloV8)]
    [InlineData(OutputLayout.EndToEnd)]
    public void What_is_not_sure_enough_is_not_said(object layout)
    {
        using var model = Open((OutputLayout)layout, score: 0.3f);
        var found = new List<Finding>();
        model.Find(new Picture(128, 64), found);
        found.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(OutputLayout.YoloX)]
    [InlineData(OutputLayout.YoloV8)]
    public void A_person_in_the_shadow_of_a_likelier_thing_is_said_too(object layout)
    {
        using var model = Open((OutputLayout)layout, score: 0.9f, person: 0.2f);
        var found = new List<Finding>();
        model.Find(new Picture(128, 64), found);
        found.Select(finding => finding.Label).ShouldBe(["chair", "person"]);
    }

    [Fact]
    public void Boxes_that_are_no_numbers_are_passed_over()
    {
        using var model = Open(OutputLayout.YoloV8, score: 0.9f, x: float.NaN);
        var found = new List<Finding>();
        model.Find(new Picture(128, 64), found);
        found.ShouldBeEmpty();
    }

    private static DetectionModel Open(OutputLayout layout, float score, float person = 0, float x = 40)
    {
        using var folder = new TemporaryFolder();
        var file = folder.Combine("tiny.onnx");
        var (numbers, shape) = Numbers(layout, score, person, x);
        File.WriteAllBytes(file, TinyOnnx.Constant(Side, Side, numbers, shape));
        return DetectionModel.Open(file, Labels, VisionSettingsFile.Read(null), threads: 1);
    }

    /// <summary>The numbers by which each family says the box.</summary>
    private static (float[] Numbers, long[] Shape) Numbers(OutputLayout layout, float score, float person, float x)
    {
        const int cell = (3 * 8) + 5; // Stride 8: column 5, row 3.
        switch (layout)
        {
            case OutputLayout.YoloX:
                var raw = new float[Cells * 8];
                float[] row = [(Said.X / 8) - 5, (Said.Y / 8) - 3, MathF.Log(Said.Width / 8), MathF.Log(Said.Height / 8), 1, person, 0, score];
                row.CopyTo(raw, cell * 8);
                return (raw, [1, Cells, 8]);
            case OutputLayout.YoloXPixels:
                var pixels = new float[Cells * 8];
                foreach (var ((cx, cy, stride), i) in OutputShape.CellGrid(Side, Side, Cells).Select((at, i) => (at, i)))
                {
                    (pixels[i * 8], pixels[(i * 8) + 1], pixels[(i * 8) + 2]) = (cx * stride, cy * stride, stride);
                }

                float[] said = [Said.X, Said.Y, Said.Width, Said.Height, 1, person, 0, score];
                said.CopyTo(pixels, cell * 8);
                return (pixels, [1, Cells, 8]);
            case OutputLayout.YoloV5:
                var five = new float[3 * Cells * 8];
                float[] objects = [x, Said.Y, Said.Width, Said.Height, score, person / score, 0, 1];
                objects.CopyTo(five, 100 * 8);
                return (five, [1, 3 * Cells, 8]);
            case OutputLayout.YoloV8:
                var columns = new float[7 * Cells];
                foreach (var (value, i) in new[] { x, Said.Y, Said.Width, Said.Height, person, 0, score }.Select((value, i) => (value, i)))
                {
                    columns[(i * Cells) + cell] = value;
                }

                return (columns, [1, 7, Cells]);
            case OutputLayout.YoloV8Turned:
                var turned = new float[Cells * 7];
                float[] line = [x, Said.Y, Said.Width, Said.Height, person, 0, score];
                line.CopyTo(turned, cell * 7);
                return (turned, [1, Cells, 7]);
            default:
                var ready = new float[300 * 6];
                float[] corners = [Said.X - 8, Said.Y - 4, Said.X + 8, Said.Y + 4, score, 2];
                corners.CopyTo(ready, 0);
                return (ready, [1, 300, 6]);
        }
    }
}
