namespace CleanStreets.Scoring.Streets;

/// <summary>A flat picture of one city in metres: equirectangular about a centre, on the WGS 84 ellipsoid.</summary>
/// <remarks>
/// Lengths are true at the centre; 50 km north or south of it, in Los Angeles, east-west lengths are off by 0.5 %.
/// That is below the error of a GPS fix over any street segment, and a city needs no better.
/// </remarks>
public sealed class LocalProjection
{
    private readonly double _metresPerDegreeNorth;
    private readonly double _metresPerDegreeEast;

    /// <summary>Makes the projection about <paramref name="centre"/>.</summary>
    public LocalProjection(GeoPoint centre)
    {
        Centre = centre;

        // Series of the WGS 84 meridian and parallel radii, good to a millimetre per degree.
        var latitude = double.DegreesToRadians(centre.Latitude);
        _metresPerDegreeNorth = 111132.954 - (559.822 * Math.Cos(2 * latitude)) + (1.175 * Math.Cos(4 * latitude));
        _metresPerDegreeEast = Math.Max(
            1, (111412.84 * Math.Cos(latitude)) - (93.5 * Math.Cos(3 * latitude)) + (0.118 * Math.Cos(5 * latitude)));
    }

    /// <summary>The centre of the projection.</summary>
    public GeoPoint Centre { get; }

    /// <summary>The place of <paramref name="point"/> in the plane.</summary>
    public PlanePoint ToPlane(GeoPoint point) => new(
        (point.Longitude - Centre.Longitude) * _metresPerDegreeEast,
        (point.Latitude - Centre.Latitude) * _metresPerDegreeNorth);

    /// <summary>The place on the earth of <paramref name="point"/>.</summary>
    public GeoPoint ToGeo(PlanePoint point) => new(
        Centre.Latitude + (point.Y / _metresPerDegreeNorth),
        Centre.Longitude + (point.X / _metresPerDegreeEast));
}
