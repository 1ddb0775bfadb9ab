namespace CleanStreets.Edge.Capture;

/// <summary>A picture in memory: red, green, blue, a byte each, row by row.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Rgb">Width × height × 3 bytes.</param>
internal sealed record Picture(int Width, int Height, byte[] Rgb)
{
    /// <summary>Bytes of a pixel.</summary>
    public const int Channels = 3;

    /// <summary>An empty (black) picture.</summary>
    public Picture(int width, int height)
        : this(width, height, new byte[width * height * Channels])
    {
    }

    /// <summary>One row of pixels.</summary>
    public Span<byte> Row(int y) => Rgb.AsSpan(y * Width * Channels, Width * Channels);

    /// <summary>A copy that shares nothing.</summary>
    public Picture Copy() => this with { Rgb = [.. Rgb] };

    /// <summary>A part of it, copied. The part must lie inside.</summary>
    public Picture Crop(int left, int top, int width, int height)
    {
        var part = new Picture(width, height);
        for (var y = 0; y < height; y++)
        {
            Row(top + y).Slice(left * Channels, width * Channels).CopyTo(part.Row(y));
        }

        return part;
    }
}
