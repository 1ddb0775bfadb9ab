namespace CleanStreets.Edge.Vision;

/// <summary>What the truck says of itself at the moment of a frame. Position and motion are the receiver's; unknown numbers are NaN.</summary>
internal readonly record struct VehicleState
{
    /// <summary>Makes a state of which nothing is known.</summary>
    public VehicleState()
    {
    }

    /// <summary>WGS 84 degrees.</summary>
    public double Latitude { get; init; } = double.NaN;

    /// <summary>WGS 84 degrees.</summary>
    public double Longitude { get; init; } = double.NaN;

    /// <summary>Radius of the position's error, metres.</summary>
    public double AccuracyMetres { get; init; } = double.NaN;

    /// <summary>Course over ground, degrees clockwise from north.</summary>
    public double HeadingDegrees { get; init; } = double.NaN;

    /// <summary>Speed over ground.</summary>
    public double SpeedMetresPerSecond { get; init; } = double.NaN;

    /// <summary>Whether wipers or rain sensor say that it rains.</summary>
    public bool IsWet { get; init; }

    /// <summary>Whether there is a position: without one there is no reading.</summary>
    public bool HasPosition => double.IsFinite(Latitude) && double.IsFinite(Longitude);
}
