using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Vision.Boxes;

namespace CleanStreets.Edge.Vision.Privacy;

/// <summary>A picture without people and vehicles: the only kind that can be written to disk or sent, for only this one and <see cref="MaskedJpeg"/>, which is made of it, have the means.</summary>
/// <remarks>What was under a mask is overwritten in memory, not blurred: nothing brings it back.</remarks>
internal sealed class MaskedPicture
{
    private const byte Grey = 128;

    private readonly Picture _picture;

    private MaskedPicture(Picture picture) => _picture = picture;

    /// <summary>Pixels.</summary>
    public int Width => _picture.Width;

    /// <summary>Pixels.</summary>
    public int Height => _picture.Height;

    /// <summary>A copy of a picture with its masks filled.</summary>
    public static MaskedPicture Fill(Picture picture, IReadOnlyList<Box> masks)
    {
        var copy = picture.Copy();
        foreach (var mask in masks)
        {
            var (left, top, right, bottom) = MaskPolicy.Pixels(mask.Within(copy.Width, copy.Height));
            for (var y = top; y < bottom; y++)
            {
                copy.Row(y)[(left * Picture.Channels)..(right * Picture.Channels)].Fill(Grey);
            }
        }

        return new MaskedPicture(copy);
    }

    /// <summary>Nothing but grey of a picture's size: for what may not be shown.</summary>
    public static MaskedPicture Blank(int width, int height)
    {
        var picture = new Picture(width, height);
        picture.Rgb.AsSpan().Fill(Grey);
        return new MaskedPicture(picture);
    }

    /// <summary>A part of it.</summary>
    public MaskedPicture Crop(Box box)
    {
        var (left, top, right, bottom) = MaskPolicy.Pixels(box.Within(Width, Height));
        return new MaskedPicture(_picture.Crop(left, top, right - left, bottom - top));
    }

    /// <summary>The pixels, for looking and for drawing on them.</summary>
    public Picture Pixels => _picture;

    /// <summary>Writes it into a file whose name says the form (.jpg, .png).</summary>
    /// <exception cref="CaptureException">It cannot be written.</exception>
    public Task WriteAsync(string path, CancellationToken cancellationToken) => PictureFile.WriteAsync(_picture, path, cancellationToken);
}
