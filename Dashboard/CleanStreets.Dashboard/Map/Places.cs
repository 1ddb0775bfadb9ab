namespace CleanStreets.Dashboard.Map;

/// <summary>A point in Web Mercator, both axes 0–1 over the whole world, y growing southwards as tiles do.</summary>
internal readonly record struct MercatorPoint(double X, double Y)
{
    /// <summary>Beyond this latitude the square map ends.</summary>
    public const double MaxLatitude = 85.051128779806604;

    public static MercatorPoint Of(double longitude, double latitude)
    {
        var sin = Math.Sin(Math.Clamp(latitude, -MaxLatitude, MaxLatitude) * Math.PI / 180);
        return new MercatorPoint((longitude / 360) + 0.5, 0.5 - (Math.Log((1 + sin) / (1 - sin)) / (4 * Math.PI)));
    }
}

/// <summary>A box in degrees.</summary>
internal readonly record struct GeoBox(double West, double South, double East, double North)
{
    /// <summary>Contains nothing yet.</summary>
    public static GeoBox Empty { get; } = new(double.MaxValue, double.MaxValue, double.MinValue, double.MinValue);

    public GeoBox With(double longitude, double latitude) =>
        new(Math.Min(West, longitude), Math.Min(South, latitude), Math.Max(East, longitude), Math.Max(North, latitude));

    public bool Meets(GeoBox other) => West <= other.East && other.West <= East && South <= other.North && other.South <= North;

    /// <summary>Reads <c>west,south,east,north</c>.</summary>
    public static bool TryParse(string text, out GeoBox box)
    {
        box = Empty;
        var parts = text.Split(',');
        Span<double> sides = stackalloc double[4];
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts.Length != 4 || !double.TryParse(parts[i], out sides[i]) || !double.IsFinite(sides[i]))
            {
                return false;
            }
        }

        box = new GeoBox(sides[0], sides[1], sides[2], sides[3]);
        return box.West <= box.East && box.South <= box.North;
    }
}
