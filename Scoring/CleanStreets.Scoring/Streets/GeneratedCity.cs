using CleanStreets.Contracts;

namespace CleanStreets.Scoring.Streets;

/// <summary>An invented city, made from a seed: bent avenues, blocks of many sizes, a river with few bridges, a park, a diagonal, one-ways.</summary>
/// <remarks>
/// It lies in the empty Mojave desert beside California City, where a real developer once drew streets that were never built;
/// nothing real is coloured by it, and its daylight is Los Angeles'. Every street can be driven to from every other.
/// The same seed makes the same city, to the last coordinate.
/// </remarks>
public static class GeneratedCity
{
    private static readonly GeoPoint Centre = new(35.1600, -117.8600);

    /// <summary>Makes the city of <paramref name="seed"/>: 300 to 450 segments.</summary>
    public static StreetNetwork Create(int seed)
    {
        var plan = new CityPlan(new Random(seed));
        var projection = new LocalProjection(Centre);
        var streets = plan.Links.Select((link, number) => new StreetDefinition(
            SegmentId.Parse($"city{seed}-{number:D3}"),
            link.Name,
            link.Class,
            link.OneWay,
            [.. plan.Line(link).Select(point => Rounded(projection.ToGeo(point)))]));
        return StreetNetwork.Create(streets);
    }

    /// <summary>To 10⁻⁷ degree, the resolution of files and readings.</summary>
    private static GeoPoint Rounded(GeoPoint point) => new(Math.Round(point.Latitude, 7), Math.Round(point.Longitude, 7));
}
