namespace CleanStreets.Edge.Position;

/// <summary>What a receiver said once: a place, or that it has none. Unknown numbers are NaN.</summary>
internal sealed record Fix
{
    /// <summary>Whether the receiver knows where it is. Without this the other fields but <see cref="GnssTime"/> mean nothing.</summary>
    public bool HasPosition { get; init; }

    /// <summary>WGS 84 degrees.</summary>
    public double Latitude { get; init; } = double.NaN;

    /// <summary>WGS 84 degrees.</summary>
    public double Longitude { get; init; } = double.NaN;

    /// <summary>Radius of the error, metres.</summary>
    public double AccuracyMetres { get; init; } = double.NaN;

    /// <summary>Course over ground, degrees clockwise from north.</summary>
    public double HeadingDegrees { get; init; } = double.NaN;

    /// <summary>Speed over ground.</summary>
    public double SpeedMetresPerSecond { get; init; } = double.NaN;

    /// <summary>The satellites' time of this fix; null when the receiver did not say it.</summary>
    public DateTimeOffset? GnssTime { get; init; }

    /// <summary>Whether latitude and longitude are on Earth.</summary>
    public static bool IsPlace(double latitude, double longitude) => latitude is >= -90 and <= 90 && longitude is >= -180 and <= 180;
}
