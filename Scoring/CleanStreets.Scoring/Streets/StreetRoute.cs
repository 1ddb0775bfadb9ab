namespace CleanStreets.Scoring.Streets;

/// <summary>One segment of a route, or a part of it, driven one way.</summary>
/// <param name="SegmentIndex">Index of the segment.</param>
/// <param name="Forward">Whether it is driven along its geometry.</param>
/// <param name="FromOffsetMetres">Where it is entered, along the geometry; greater than the next one when driven backwards.</param>
/// <param name="ToOffsetMetres">Where it is left, along the geometry.</param>
public readonly record struct RouteLeg(int SegmentIndex, bool Forward, double FromOffsetMetres, double ToOffsetMetres)
{
    /// <summary>Metres driven.</summary>
    public double LengthMetres => Math.Abs(ToOffsetMetres - FromOffsetMetres);
}

/// <summary>A drivable way from one place to another.</summary>
/// <param name="Legs">The segments in driving order; never empty.</param>
/// <param name="LengthMetres">Metres driven.</param>
public sealed record StreetRoute(IReadOnlyList<RouteLeg> Legs, double LengthMetres);
