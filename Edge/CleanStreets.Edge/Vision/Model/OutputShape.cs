namespace CleanStreets.Edge.Vision.Model;

/// <summary>The recognised output of a model.</summary>
/// <param name="Layout">Its layout.</param>
/// <param name="Boxes">Boxes it says, good or not.</param>
/// <param name="Labels">Labels it knows.</param>
internal readonly record struct OutputShape(OutputLayout Layout, int Boxes, int Labels)
{
    private static readonly int[] Strides = [8, 16, 32, 64];

    /// <summary>Recognises the layout by the output's shape.</summary>
    /// <param name="dimensions">The output's dimensions.</param>
    /// <param name="width">The input's width.</param>
    /// <param name="height">The input's height.</param>
    /// <param name="labels">Labels in the list that belongs to the model.</param>
    /// <exception cref="VisionException">No layout we know, or the labels are not the model's.</exception>
    public static OutputShape Recognise(ReadOnlySpan<long> dimensions, int width, int height, int labels)
    {
        var shape = $"[{string.Join(", ", dimensions.ToArray())}]";
        if (dimensions is not [1, > 0, > 0])
        {
            throw new VisionException($"The model's output has the shape {shape}: no YOLO layout that is known here (YOLOX, v5, v8 to v11, v10 end to end).");
        }

        var (first, second) = ((int)dimensions[1], (int)dimensions[2]);
        var cells = Cells(width, height, strides: 3);
        var cellsOfFour = Cells(width, height, strides: 4);
        var recognised =
            first == cells || first == cellsOfFour ? OneBoxACell(first, second, labels)
            : first == 3 * cells || first == 3 * cellsOfFour ? new OutputShape(OutputLayout.YoloV5, first, second - 5)
            : second == cells || second == cellsOfFour ? new OutputShape(OutputLayout.YoloV8, second, first - 4)
            : second == 6 ? new OutputShape(OutputLayout.EndToEnd, first, labels)
            : throw new VisionException(
                $"The model's output has the shape {shape}; for an input of {width} × {height} a YOLO model says {cells} boxes, or three times as many. It is no YOLO model that is known here.");
        return recognised.Labels == labels
            ? recognised
            : throw new VisionException($"The model knows {recognised.Labels} labels, the list of labels has {labels}. Name the list that belongs to the model.");
    }

    /// <summary>Cells of all strides over an input.</summary>
    public static int Cells(int width, int height, int strides) => Strides.Take(strides).Sum(stride => width / stride * (height / stride));

    /// <summary>Which cell a box of a YOLOX model belongs to: the cell's corner in strides, and its stride.</summary>
    public static (int X, int Y, int Stride)[] CellGrid(int width, int height, int boxes)
    {
        var grid = new List<(int X, int Y, int Stride)>(boxes);
        foreach (var stride in Strides.Take(boxes == Cells(width, height, strides: 3) ? 3 : 4))
        {
            for (var y = 0; y < height / stride; y++)
            {
                for (var x = 0; x < width / stride; x++)
                {
                    grid.Add((x, y, stride));
                }
            }
        }

        return [.. grid];
    }

    /// <summary>Whether a YOLOX output is in pixels already: then boxes of cells in the right half lie there, else they are a few strides from zero.</summary>
    public static bool IsInPixels(ReadOnlySpan<float> output, int row, ReadOnlySpan<(int X, int Y, int Stride)> grid, int width)
    {
        var (inPixels, asked) = (0, 0);
        for (var i = 0; i < grid.Length; i++)
        {
            var (x, _, stride) = grid[i];
            if (x * stride >= width / 2)
            {
                asked++;
                inPixels += output[i * row] >= width / 4f ? 1 : 0;
            }
        }

        return inPixels > asked * 0.9;
    }

    private static OutputShape OneBoxACell(int boxes, int row, int labels) =>
        row - 4 == labels ? new OutputShape(OutputLayout.YoloV8Turned, boxes, labels) : new OutputShape(OutputLayout.YoloX, boxes, row - 5);
}
