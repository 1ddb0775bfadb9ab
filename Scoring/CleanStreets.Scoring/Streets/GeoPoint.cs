namespace CleanStreets.Scoring.Streets;

/// <summary>A place on the earth.</summary>
/// <param name="Latitude">WGS 84 latitude, degrees north.</param>
/// <param name="Longitude">WGS 84 longitude, degrees east.</param>
public readonly record struct GeoPoint(double Latitude, double Longitude);

/// <summary>A place in the local plane of a <see cref="LocalProjection"/>.</summary>
/// <param name="X">Metres east of the projection's centre.</param>
/// <param name="Y">Metres north of the projection's centre.</param>
public readonly record struct PlanePoint(double X, double Y);
