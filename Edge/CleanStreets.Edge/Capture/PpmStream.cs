using System.Globalization;
using System.Text;

namespace CleanStreets.Edge.Capture;

/// <summary>Pictures one after another in a stream, in the form PPM (P6): each says its size in front.</summary>
internal sealed class PpmStream(Stream stream) : IDisposable
{
    private const int MaxHeader = 64;
    private const int BufferBytes = 1 << 16;

    private readonly BufferedStream _stream = new(stream, BufferBytes);

    /// <summary>The next picture; null when the stream has ended, or holds something else.</summary>
    /// <exception cref="CaptureException">The picture is larger than any camera's.</exception>
    public async Task<Picture?> ReadAsync(CancellationToken cancellationToken)
    {
        if (await ReadHeaderAsync(cancellationToken) is not ["P6", var w, var h, "255"]
            || !int.TryParse(w, CultureInfo.InvariantCulture, out var width) || !int.TryParse(h, CultureInfo.InvariantCulture, out var height)
            || width < 1 || height < 1)
        {
            return null;
        }

        if ((long)width * height > PictureFile.MaxPixels)
        {
            throw new CaptureException($"has {width} × {height} pixels, more than {PictureFile.MaxPixels / 1_000_000} million");
        }

        var picture = new Picture(width, height);
        return await _stream.ReadAtLeastAsync(picture.Rgb, picture.Rgb.Length, throwOnEndOfStream: false, cancellationToken) == picture.Rgb.Length ? picture : null;
    }

    /// <summary>Closes the stream.</summary>
    public void Dispose() => _stream.Dispose();

    private async Task<string[]> ReadHeaderAsync(CancellationToken cancellationToken)
    {
        var header = new byte[MaxHeader];
        var (length, words) = (0, 0);
        while (words < 4 && length < MaxHeader && await _stream.ReadAsync(header.AsMemory(length, 1), cancellationToken) == 1)
        {
            words += header[length] is (byte)'\n' or (byte)' ' ? 1 : 0;
            length++;
        }

        return Encoding.ASCII.GetString(header, 0, length).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
    }
}
