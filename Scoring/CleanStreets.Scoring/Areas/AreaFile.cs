using System.Text.Json;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Areas;

/// <summary>Reads a layer of areas: GeoJSON Polygons and MultiPolygons, holes and all.</summary>
public static class AreaFile
{
    private const string Kind = "A layer of areas is a GeoJSON FeatureCollection of Polygons or MultiPolygons.";

    private static readonly string[] NameProperties = ["name", "NAME", "Name", "district", "id"];

    /// <summary>Reads the layer.</summary>
    /// <param name="stream">GeoJSON, read to its end.</param>
    /// <param name="source">What error messages call it.</param>
    /// <param name="nameProperty">Property that holds an area's name; null: the first of name, district and id that is there.</param>
    /// <exception cref="StreetFileException">The content is no layer of areas; the message names the feature at fault.</exception>
    public static IReadOnlyList<Area> Read(Stream stream, string source, string? nameProperty = null)
    {
        using var document = GeoJson.Parse(stream, source, Kind);
        var features = GeoJson.Member(document.RootElement, "features");
        if (features.ValueKind != JsonValueKind.Array || features.GetArrayLength() == 0)
        {
            throw new StreetFileException($"{source}: has no features. {Kind}");
        }

        var areas = new List<Area>();
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (index, feature) in features.EnumerateArray().Index())
        {
            var name = NameOf(feature, nameProperty) ?? throw Fault(source, index, nameProperty is null
                ? "has no name: say which property holds it"
                : $"has no property \"{nameProperty}\"");
            if (!names.TryAdd(name, index))
            {
                throw Fault(source, index, $"has the name {name} of features[{names[name]}]: give each area a name of its own");
            }

            areas.Add(new Area(name, new AreaShape(Rings(feature, source, index))));
        }

        return areas;
    }

    private static string? NameOf(JsonElement feature, string? nameProperty)
    {
        var properties = GeoJson.Member(feature, "properties");
        return (nameProperty is null ? NameProperties : [nameProperty])
            .Select(name => GeoJson.Text(GeoJson.Member(properties, name))).FirstOrDefault(text => text is not null);
    }

    private static List<List<GeoPoint>> Rings(JsonElement feature, string source, int index)
    {
        var geometry = GeoJson.Member(feature, "geometry");
        var coordinates = GeoJson.Member(geometry, "coordinates");
        var type = GeoJson.Text(GeoJson.Member(geometry, "type"));
        List<List<GeoPoint>> rings = type switch
        {
            "Polygon" => [.. Elements(coordinates).Select(ring => Ring(ring, source, index))],
            "MultiPolygon" => [.. Elements(coordinates).SelectMany(Elements).Select(ring => Ring(ring, source, index))],
            _ => throw Fault(source, index, $"is {(type is null ? "without geometry" : $"a {type}")}: an area is a Polygon or a MultiPolygon"),
        };
        return rings.Count > 0 ? rings : throw Fault(source, index, "has no ring");
    }

    private static List<GeoPoint> Ring(JsonElement ring, string source, int index)
    {
        var points = new List<GeoPoint>();
        foreach (var coordinate in Elements(ring))
        {
            points.Add(GeoJson.TryReadPoint(coordinate, out var point)
                ? point
                : throw Fault(source, index, $"has a bad coordinate at {points.Count}: write [longitude, latitude] in WGS 84 degrees"));
        }

        return points.Distinct().Count() >= 3 ? points : throw Fault(source, index, "has a ring of fewer than three corners");
    }

    private static IEnumerable<JsonElement> Elements(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [];

    private static StreetFileException Fault(string source, int index, string what) => new($"{source}: features[{index}] {what}.");
}
