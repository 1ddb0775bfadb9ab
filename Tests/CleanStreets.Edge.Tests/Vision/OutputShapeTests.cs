using CleanStreets.Edge.Vision;
using CleanStreets.Edge.Vision.Model;

namespace CleanStreets.Edge.Tests.Vision;

public sealed class OutputShapeTests
{
    [Theory]
    [InlineData(new long[] { 1, 3549, 85 }, 416, 80, OutputLayout.YoloX)]
    [InlineData(new long[] { 1, 8400, 85 }, 640, 80, OutputLayout.YoloX)]
    [InlineData(new long[] { 1, 8500, 11 }, 640, 6, OutputLayout.YoloX)]
    [InlineData(new long[] { 1, 25200, 85 }, 640, 80, OutputLayout.YoloV5)]
    [InlineData(new long[] { 1, 10647, 6 }, 416, 1, OutputLayout.YoloV5)]
    [InlineData(new long[] { 1, 84, 8400 }, 640, 80, OutputLayout.YoloV8)]
    [InlineData(new long[] { 1, 5, 3549 }, 416, 1, OutputLayout.YoloV8)]
    [InlineData(new long[] { 1, 8400, 84 }, 640, 80, OutputLayout.YoloV8Turned)]
    [InlineData(new long[] { 1, 300, 6 }, 640, 80, OutputLayout.EndToEnd)]
    public void Layout_is_recognised_by_the_outputs_shape(long[] dimensions, int side, int labels, object layout)
    {
        var shape = OutputShape.Recognise(dimensions, side, side, labels);
        shape.Layout.ShouldBe((OutputLayout)layout);
        shape.Labels.ShouldBe(labels);
    }

    [Theory]
    [InlineData(new long[] { 1, 1000 })]
    [InlineData(new long[] { 2, 8400, 85 })]
    [InlineData(new long[] { 1, 77, 85 })]
    public void What_is_no_YOLO_output_is_refused_with_its_shape(long[] dimensions) =>
        Should.Throw<VisionException>(() => OutputShape.Recognise(dimensions, 640, 640, 80)).Message.ShouldContain($"[{string.Join(", ", dimensions)}]");

    [Fact]
    public void Labels_that_are_not_the_models_are_refused_with_both_counts()
    {
        var refusal = Should.Throw<VisionException>(() => OutputShape.Recognise([1, 84, 8400], 640, 640, 6)).Message;
        refusal.ShouldContain("80 labels");
        refusal.ShouldContain("has 6");
    }

    [Fact]
    public void Wide_inputs_have_their_own_number_of_cells() => OutputShape.Cells(640, 384, strides: 3).ShouldBe(5040);
}
