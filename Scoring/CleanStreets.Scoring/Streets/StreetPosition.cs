namespace CleanStreets.Scoring.Streets;

/// <summary>A place on the network.</summary>
/// <param name="SegmentIndex">Index of the segment.</param>
/// <param name="OffsetMetres">Distance from the beginning of the segment's geometry.</param>
public readonly record struct StreetPosition(int SegmentIndex, double OffsetMetres);

/// <summary>The nearest place of one segment to a point.</summary>
/// <param name="Position">The place on the network.</param>
/// <param name="DistanceMetres">How far the point lies from it.</param>
/// <param name="HeadingDegrees">Direction of the geometry there, clockwise from north, 0 ≤ x &lt; 360.</param>
public readonly record struct NearbyStreet(StreetPosition Position, double DistanceMetres, double HeadingDegrees);
