using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Vision.Boxes;

namespace CleanStreets.Edge.Vision.Model;

/// <summary>Fits a picture into a model's input without bending it: scaled (bilinear), the rest filled with the grey the models were trained with.</summary>
/// <remarks>
/// Tables for one picture size are kept, so a camera's frames cost no allocation. Bilinear without smoothing is what the models were
/// trained with (OpenCV's resize), so a finer filter would show them other pictures than they know. Used by one thread at a time.
/// </remarks>
internal sealed class Letterbox(int width, int height, InputConvention convention)
{
    private const byte Grey = 114;
    private const int Bits = 11;
    private const int One = 1 << Bits;

    private readonly int[] _left = new int[width];
    private readonly int[] _right = new int[width];
    private readonly int[] _weight = new int[width];
    private int[] _above = [];
    private int[] _below = [];
    private int _aboveRow = -1;
    private int _belowRow = -1;
    private (int Width, int Height) _source;
    private float _scale = 1;
    private int _fittedWidth;
    private int _fittedHeight;
    private int _offsetX;
    private int _offsetY;

    /// <summary>Fills the model's input, plane by plane.</summary>
    public void Fill(Picture picture, Span<float> input)
    {
        if (_source != (picture.Width, picture.Height))
        {
            Plan(picture.Width, picture.Height);
            input.Fill(Grey * convention.Factor);
        }

        (_aboveRow, _belowRow) = (-1, -1);
        var plane = width * height;
        var (first, third) = convention.BlueFirst ? (2, 0) : (0, 2);
        for (var y = 0; y < _fittedHeight; y++)
        {
            var weight = Rows(picture, y);
            var start = ((y + _offsetY) * width) + _offsetX;
            Blend(first, weight, input.Slice(start, _fittedWidth));
            Blend(1, weight, input.Slice(plane + start, _fittedWidth));
            Blend(third, weight, input.Slice((2 * plane) + start, _fittedWidth));
        }
    }

    /// <summary>A box of the input as one of the picture that was filled in last.</summary>
    public Box ToPicture(Box box) => new Box(
        (box.Left - _offsetX) / _scale, (box.Top - _offsetY) / _scale, (box.Right - _offsetX) / _scale, (box.Bottom - _offsetY) / _scale)
        .Within(_source.Width, _source.Height);

    private void Plan(int sourceWidth, int sourceHeight)
    {
        _source = (sourceWidth, sourceHeight);
        var scale = Math.Min((double)width / sourceWidth, (double)height / sourceHeight);
        _scale = (float)scale;
        _fittedWidth = Math.Clamp((int)Math.Round(sourceWidth * scale), 1, width);
        _fittedHeight = Math.Clamp((int)Math.Round(sourceHeight * scale), 1, height);
        (_offsetX, _offsetY) = convention.Centred ? ((width - _fittedWidth) / 2, (height - _fittedHeight) / 2) : (0, 0);
        for (var x = 0; x < _fittedWidth; x++)
        {
            (_left[x], _right[x], _weight[x]) = Place(x, sourceWidth, _fittedWidth);
            (_left[x], _right[x]) = (_left[x] * Picture.Channels, _right[x] * Picture.Channels);
        }

        _above = new int[_fittedWidth * Picture.Channels];
        _below = new int[_fittedWidth * Picture.Channels];
    }

    /// <summary>The two neighbours of a pixel and the weight of the second, by the pixels' centres.</summary>
    private static (int First, int Second, int Weight) Place(int at, int source, int fitted)
    {
        var exact = Math.Clamp(((at + 0.5) * source / fitted) - 0.5, 0, source - 1);
        var first = (int)exact;
        return (first, Math.Min(first + 1, source - 1), (int)Math.Round((exact - first) * One));
    }

    /// <summary>Has the two rows around one of the input ready, scaled in width; the weight of the second.</summary>
    private int Rows(Picture picture, int y)
    {
        var (above, below, weight) = Place(y, picture.Height, _fittedHeight);
        if (above == _belowRow)
        {
            (_above, _below, _aboveRow, _belowRow) = (_below, _above, _belowRow, _aboveRow);
        }

        if (above != _aboveRow)
        {
            Scale(picture.Row(above), _above);
            _aboveRow = above;
        }

        if (below != _belowRow)
        {
            Scale(picture.Row(below), _below);
            _belowRow = below;
        }

        return weight;
    }

    private void Scale(ReadOnlySpan<byte> row, int[] into)
    {
        var fitted = _fittedWidth;
        ref var source = ref MemoryMarshal.GetReference(row); // The tables stay inside the row; checks would double the loop.
        for (var x = 0; x < fitted; x++)
        {
            ref var a = ref Unsafe.Add(ref source, _left[x]);
            ref var b = ref Unsafe.Add(ref source, _right[x]);
            var weight = _weight[x];
            into[x] = (a * One) + ((b - a) * weight);
            into[fitted + x] = (Unsafe.Add(ref a, 1) * One) + ((Unsafe.Add(ref b, 1) - Unsafe.Add(ref a, 1)) * weight);
            into[(2 * fitted) + x] = (Unsafe.Add(ref a, 2) * One) + ((Unsafe.Add(ref b, 2) - Unsafe.Add(ref a, 2)) * weight);
        }
    }

    private void Blend(int channel, int weight, Span<float> into)
    {
        var above = _above.AsSpan(channel * _fittedWidth, into.Length);
        var below = _below.AsSpan(channel * _fittedWidth, into.Length);
        var unit = convention.Factor / ((float)One * One);
        var (upper, lower) = ((One - weight) * unit, weight * unit);
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(into);
        var first = MemoryMarshal.Cast<int, Vector<int>>(above);
        var second = MemoryMarshal.Cast<int, Vector<int>>(below);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = (Vector.ConvertToSingle(first[i]) * upper) + (Vector.ConvertToSingle(second[i]) * lower);
        }

        for (var x = vectors.Length * Vector<float>.Count; x < into.Length; x++)
        {
            into[x] = (above[x] * upper) + (below[x] * lower);
        }
    }
}
