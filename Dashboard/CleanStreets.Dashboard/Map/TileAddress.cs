namespace CleanStreets.Dashboard.Map;

/// <summary>A tile of the square world map, y counted from the north.</summary>
internal readonly record struct TileAddress(int Zoom, int X, int Y)
{
    /// <summary>Below, a city is a dot.</summary>
    public const int MinZoom = 8;

    /// <summary>At 14 a unit of the tile is some 40 cm: browsers magnify from here.</summary>
    public const int MaxZoom = 14;

    public bool IsValid => Zoom is >= MinZoom and <= MaxZoom && X >= 0 && Y >= 0 && X < 1 << Zoom && Y < 1 << Zoom;

    /// <summary>What may be left out, in units of the tile: half a pixel, and next to nothing where browsers magnify.</summary>
    public double Tolerance => Zoom == MaxZoom ? 1 : 4;

    public TilePoint Place(MercatorPoint point)
    {
        double scale = 1L << Zoom;
        return new TilePoint(((point.X * scale) - X) * TileEncoder.Extent, ((point.Y * scale) - Y) * TileEncoder.Extent);
    }

    public bool MayTouch(MapSegment segment)
    {
        var (low, high) = (Place(segment.Min), Place(segment.Max));
        const int Near = -TileEncoder.Buffer;
        const int Far = TileEncoder.Extent + TileEncoder.Buffer;
        return low.X <= Far && low.Y <= Far && high.X >= Near && high.Y >= Near;
    }
}
