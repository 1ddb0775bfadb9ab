using System.Numerics;
using System.Runtime.InteropServices;
using CleanStreets.Edge.Vision.Boxes;

namespace CleanStreets.Edge.Vision.Model;

/// <summary>Reads candidates out of a model's numbers. Boxes are in pixels of the model's input.</summary>
/// <remarks>Used by one thread at a time. Boxes that are no numbers are passed over.</remarks>
internal sealed class YoloDecoder(OutputShape shape, int width, int height)
{
    private readonly (int X, int Y, int Stride)[] _grid =
        shape.Layout == OutputLayout.YoloX ? OutputShape.CellGrid(width, height, shape.Boxes) : [];

    private readonly float[] _best = new float[shape.Layout == OutputLayout.YoloV8 ? shape.Boxes : 0];

    /// <summary>Adds what reaches its threshold.</summary>
    public void Decode(ReadOnlySpan<float> output, Threshold threshold, List<Candidate> into)
    {
        switch (shape.Layout)
        {
            case OutputLayout.YoloV8:
                DecodeColumns(output, threshold, into);
                break;
            case OutputLayout.EndToEnd:
                DecodeReady(output, threshold, into);
                break;
            default:
                DecodeRows(output, threshold, into);
                break;
        }
    }

    /// <summary>One box a row; where there is an object score, most rows end there.</summary>
    private void DecodeRows(ReadOnlySpan<float> output, Threshold threshold, List<Candidate> into)
    {
        var scores = shape.Layout == OutputLayout.YoloV8Turned ? 4 : 5;
        var length = scores + shape.Labels;
        for (var i = 0; i < shape.Boxes; i++)
        {
            var row = output.Slice(i * length, length);
            var sure = scores == 5 ? row[4] : 1;
            if (sure >= threshold.Lowest)
            {
                Add(BoxOf(i, row[0], row[1], row[2], row[3]), row[scores..], 1, sure, threshold, into);
            }
        }
    }

    /// <summary>One label a row: the best of each column is found row by row first, for memory lies that way.</summary>
    private void DecodeColumns(ReadOnlySpan<float> output, Threshold threshold, List<Candidate> into)
    {
        var boxes = shape.Boxes;
        output.Slice(4 * boxes, boxes).CopyTo(_best);
        for (var label = 1; label < shape.Labels; label++)
        {
            TakeLarger(output.Slice((4 + label) * boxes, boxes));
        }

        for (var i = 0; i < boxes; i++)
        {
            if (_best[i] >= threshold.Lowest)
            {
                var box = BoxOf(i, output[i], output[boxes + i], output[(2 * boxes) + i], output[(3 * boxes) + i]);
                Add(box, output[((4 * boxes) + i)..], boxes, 1, threshold, into);
            }
        }
    }

    private void DecodeReady(ReadOnlySpan<float> output, Threshold threshold, List<Candidate> into)
    {
        for (var i = 0; i < shape.Boxes; i++)
        {
            var row = output.Slice(i * 6, 6);
            var label = (int)row[5];
            if (label >= 0 && label < shape.Labels && row[4] >= threshold.Confidence[label])
            {
                Take(new Candidate(new Box(row[0], row[1], row[2], row[3]), label, row[4]), into);
            }
        }
    }

    private void TakeLarger(ReadOnlySpan<float> row)
    {
        var best = MemoryMarshal.Cast<float, Vector<float>>(_best.AsSpan());
        var other = MemoryMarshal.Cast<float, Vector<float>>(row);
        for (var i = 0; i < best.Length; i++)
        {
            best[i] = Vector.Max(best[i], other[i]);
        }

        for (var i = best.Length * Vector<float>.Count; i < row.Length; i++)
        {
            _best[i] = Math.Max(_best[i], row[i]);
        }
    }

    private Box BoxOf(int i, float x, float y, float boxWidth, float boxHeight)
    {
        if (shape.Layout != OutputLayout.YoloX)
        {
            return Box.Around(x, y, boxWidth, boxHeight);
        }

        var (cellX, cellY, stride) = _grid[i];
        return Box.Around((x + cellX) * stride, (y + cellY) * stride, MathF.Exp(boxWidth) * stride, MathF.Exp(boxHeight) * stride);
    }

    /// <summary>The likeliest label, and the likeliest protected one beside it: a person half hidden by a bench is still a person.</summary>
    private void Add(Box box, ReadOnlySpan<float> scores, int step, float sure, Threshold threshold, List<Candidate> into)
    {
        var best = 0;
        for (var label = 1; label < shape.Labels; label++)
        {
            best = scores[label * step] > scores[best * step] ? label : best;
        }

        if (sure * scores[best * step] >= threshold.Confidence[best])
        {
            Take(new Candidate(box, best, sure * scores[best * step]), into);
        }

        foreach (var label in threshold.ProtectedLabels)
        {
            var confidence = sure * scores[label * step];
            if (label != best && confidence >= threshold.Confidence[label])
            {
                Take(new Candidate(box, label, confidence), into);
            }
        }
    }

    private void Take(Candidate candidate, List<Candidate> into)
    {
        var inside = candidate.Box.Within(width, height);
        if (inside.Area > 0) // False for what is not a number.
        {
            into.Add(candidate with { Box = inside });
        }
    }
}
