using System.Globalization;

namespace CleanStreets.Edge.Capture;

/// <summary>Picture files of any form that ffmpeg knows.</summary>
internal static class PictureFile
{
    /// <summary>Most pixels of a picture: more is no camera on a truck, and would only fill the memory.</summary>
    public const int MaxPixels = 64_000_000;

    /// <summary>How long an encoding may take: it takes a tenth of a second, and whoever waits for it looks at no street.</summary>
    public static readonly TimeSpan EncodePatience = TimeSpan.FromSeconds(10);

    /// <summary>Decodes a picture; of a moving one the first frame.</summary>
    /// <exception cref="CaptureException">It is no picture, or damaged.</exception>
    public static async Task<Picture> ReadAsync(string path, CancellationToken cancellationToken)
    {
        // "file:" so that a name with a colon is no protocol; PPM, for it says its size in front.
        await using var ffmpeg = Ffmpeg.Start(["-xerror", "-i", $"file:{path}", "-frames:v", "1", "-f", "image2pipe", "-c:v", "ppm", "-pix_fmt", "rgb24", "pipe:1"], withInput: false);
        using var pictures = new PpmStream(ffmpeg.Output);
        var picture = await pictures.ReadAsync(cancellationToken);
        await ffmpeg.Output.CopyToAsync(Stream.Null, cancellationToken); // So that it never waits for a reader.
        var (code, errors) = await ffmpeg.EndAsync(cancellationToken);
        return code == 0 && picture is not null
            ? picture
            : throw new CaptureException(errors.Length > 0 ? $"cannot be read as a picture: {errors}" : "cannot be read as a picture");
    }

    /// <summary>Encodes a picture into a file whose name says the form (.jpg, .png). It appears under its name only when it is whole.</summary>
    /// <exception cref="CaptureException">It cannot be written.</exception>
    public static async Task WriteAsync(Picture picture, string path, CancellationToken cancellationToken)
    {
        var unfinished = Path.Combine(Path.GetDirectoryName(path) ?? "", $".{Path.GetFileName(path)}");
        await using var ffmpeg = Ffmpeg.Start([.. Input(picture), "-q:v", "3", "-map_metadata", "-1", "-y", $"file:{unfinished}"], withInput: true);
        await GiveAsync(ffmpeg, picture, cancellationToken);
        var (code, errors) = await ffmpeg.EndAsync(cancellationToken);
        if (code != 0)
        {
            File.Delete(unfinished);
            throw new CaptureException($"{path} cannot be written: {errors}");
        }

        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>Encodes a picture as JPEG, in memory alone.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="quality">ffmpeg's scale: 2 is best, 31 coarsest.</param>
    /// <param name="patience">How long it may take; ffmpeg is ended then.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CaptureException">It cannot be encoded, or not in time (<see cref="CaptureException.IsLate"/>).</exception>
    public static async Task<byte[]> EncodeAsync(Picture picture, int quality, TimeSpan patience, CancellationToken cancellationToken)
    {
        string[] output = ["-c:v", "mjpeg", "-q:v", quality.ToString(CultureInfo.InvariantCulture), "-map_metadata", "-1", "-f", "image2pipe", "pipe:1"];
        await using var ffmpeg = Ffmpeg.Start([.. Input(picture), .. output], withInput: true);
        try
        {
            return await JpegAsync(ffmpeg, picture, cancellationToken).WaitAsync(patience, cancellationToken);
        }
        catch (TimeoutException late)
        {
            throw new CaptureException(string.Create(CultureInfo.InvariantCulture, $"ffmpeg was not done after {patience.TotalSeconds:0.#} s and was ended"), late) { IsLate = true };
        }
    }

    private static async Task<byte[]> JpegAsync(Ffmpeg ffmpeg, Picture picture, CancellationToken cancellationToken)
    {
        using var jpeg = new MemoryStream();
        var taking = ffmpeg.Output.CopyToAsync(jpeg, cancellationToken); // Beside the giving, so that neither waits for the other.
        await GiveAsync(ffmpeg, picture, cancellationToken);
        await taking;
        var (code, errors) = await ffmpeg.EndAsync(cancellationToken);
        return code == 0 && jpeg.Length > 0 ? jpeg.ToArray() : throw new CaptureException($"cannot be encoded: {errors}");
    }

    private static string[] Input(Picture picture) =>
    [
        "-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", string.Create(CultureInfo.InvariantCulture, $"{picture.Width}x{picture.Height}"), "-i", "pipe:0",
        "-frames:v", "1",
    ];

    private static async Task GiveAsync(Ffmpeg ffmpeg, Picture picture, CancellationToken cancellationToken)
    {
        try
        {
            await ffmpeg.Input.WriteAsync(picture.Rgb, cancellationToken);
            await ffmpeg.Input.DisposeAsync();
        }
        catch (IOException)
        {
            // It has ended already; why, it says at its end.
        }
    }
}
