using CleanStreets.Edge.Capture;

namespace CleanStreets.Edge.Vision.Privacy;

/// <summary>A masked picture as JPEG: the only form in which a picture leaves the memory of <c>edge run</c>, and only a <see cref="MaskedPicture"/> can become one.</summary>
internal sealed class MaskedJpeg
{
    // ffmpeg's scale, 2 (best) to 31: the first is as good as anybody needs, the last still shows a sofa.
    private static readonly int[] Qualities = [4, 8, 16];

    private MaskedJpeg(byte[] bytes, int width, int height) => (Bytes, Width, Height) = (bytes, width, height);

    /// <summary>The file.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Pixels.</summary>
    public int Width { get; }

    /// <summary>Pixels.</summary>
    public int Height { get; }

    /// <summary>Encodes a picture, coarser until it fits; one encoding has <see cref="PictureFile.EncodePatience"/>.</summary>
    public static Task<MaskedJpeg?> EncodeAsync(MaskedPicture picture, int maxBytes, CancellationToken cancellationToken) =>
        EncodeAsync(picture, maxBytes, PictureFile.EncodePatience, cancellationToken);

    /// <summary>Encodes a picture, coarser until it fits.</summary>
    /// <returns>Null when even the coarsest has more than <paramref name="maxBytes"/>.</returns>
    /// <param name="picture">The picture.</param>
    /// <param name="maxBytes">Most bytes.</param>
    /// <param name="patience">How long one encoding may take.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CaptureException">ffmpeg failed, or took too long.</exception>
    public static async Task<MaskedJpeg?> EncodeAsync(MaskedPicture picture, int maxBytes, TimeSpan patience, CancellationToken cancellationToken)
    {
        foreach (var quality in Qualities)
        {
            var bytes = await PictureFile.EncodeAsync(picture.Pixels, quality, patience, cancellationToken);
            if (bytes.Length <= maxBytes)
            {
                return new MaskedJpeg(bytes, picture.Width, picture.Height);
            }
        }

        return null;
    }
}
