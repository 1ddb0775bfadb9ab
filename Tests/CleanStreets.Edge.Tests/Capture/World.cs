using CleanStreets.Edge.Capture;

namespace CleanStreets.Edge.Tests.Capture;

/// <summary>A made-up street that a truck drives along: bright sky, houses, a pavement and a road with stones. Frames are windows that slide over it.</summary>
internal sealed class World
{
    public const int Width = 640;
    public const int Height = 480;

    private const int Length = 8000;
    private const int Above = 100; // Room to look up and down.

    private readonly byte[] _grey = new byte[Length * (Height + (2 * Above))];

    public World(int seed)
    {
        var random = new Random(seed);
        for (var y = 0; y < Height + (2 * Above); y++)
        {
            var row = y - Above;
            for (var x = 0; x < Length; x++)
            {
                _grey[(y * Length) + x] = (byte)(row < 120 ? 225 : row < 240 ? 130 : row < 280 ? 165 : 85);
            }
        }

        for (var thing = 0; thing < 6000; thing++)
        {
            var (left, top) = (random.Next(Length - 80), Above + 120 + random.Next(Height + Above - 120));
            var (w, h, shade) = (random.Next(4, 60), random.Next(4, 30), random.Next(-60, 60));
            for (var y = top; y < Math.Min(top + h, Height + (2 * Above)); y++)
            {
                for (var x = left; x < left + w; x++)
                {
                    _grey[(y * Length) + x] = (byte)Math.Clamp(_grey[(y * Length) + x] + shade, 0, 255);
                }
            }
        }
    }

    /// <summary>The frame at a place of the street, from a camera bent down by some pixels, with a lens that may be dirty.</summary>
    public Picture Frame(int frame, int down = 0, Func<int, int, bool>? dirt = null, int noiseSeed = 1)
    {
        var random = new Random(noiseSeed + frame);
        var picture = new Picture(Width, Height);
        var left = frame * 53 % (Length - Width);
        for (var y = 0; y < Height; y++)
        {
            var row = picture.Row(y);
            for (var x = 0; x < Width; x++)
            {
                var value = dirt?.Invoke(x, y) == true ? 60 : _grey[((y + Above + down) * Length) + left + x];
                row.Slice(x * 3, 3).Fill((byte)Math.Clamp(value + random.Next(-2, 3), 0, 255)); // The camera's own noise.
            }
        }

        return picture;
    }
}
