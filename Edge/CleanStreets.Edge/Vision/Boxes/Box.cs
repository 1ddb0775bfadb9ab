namespace CleanStreets.Edge.Vision.Boxes;

/// <summary>A rectangle in a picture, pixels from its top left corner.</summary>
internal readonly record struct Box(float Left, float Top, float Right, float Bottom)
{
    public float Width => Math.Max(0, Right - Left);

    public float Height => Math.Max(0, Bottom - Top);

    public float Area => Width * Height;

    public float CentreX => (Left + Right) / 2;

    /// <summary>A box by its centre and size, as detectors say it.</summary>
    public static Box Around(float x, float y, float width, float height) =>
        new(x - (width / 2), y - (height / 2), x + (width / 2), y + (height / 2));

    /// <summary>The part that both cover; empty (no area) when they lie apart.</summary>
    public Box Intersect(Box other) =>
        new(Math.Max(Left, other.Left), Math.Max(Top, other.Top), Math.Min(Right, other.Right), Math.Min(Bottom, other.Bottom));

    /// <summary>Area of both ÷ area of either, 0–1.</summary>
    public float Overlap(Box other)
    {
        var both = Intersect(other).Area;
        return both <= 0 ? 0 : both / (Area + other.Area - both);
    }

    /// <summary>Wider on every side by a share of its size, and by at least some pixels.</summary>
    public Box Widen(float share, float atLeast)
    {
        var (x, y) = (Math.Max(Width * share, atLeast), Math.Max(Height * share, atLeast));
        return new(Left - x, Top - y, Right + x, Bottom + y);
    }

    /// <summary>The same box elsewhere.</summary>
    public Box Move(float right, float down) => new(Left + right, Top + down, Right + right, Bottom + down);

    /// <summary>The part inside a picture.</summary>
    public Box Within(int width, int height) => Intersect(new Box(0, 0, width, height));
}
