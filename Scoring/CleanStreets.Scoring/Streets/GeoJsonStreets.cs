using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CleanStreets.Contracts;

namespace CleanStreets.Scoring.Streets;

/// <summary>Turns a parsed GeoJSON document into street definitions, or says which feature is at fault.</summary>
internal sealed class GeoJsonStreets(string source, StreetFileOptions options)
{
    private readonly Dictionary<SegmentId, int> _featureOf = [];

    public List<StreetDefinition> Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("features", out var features)
            || features.ValueKind != JsonValueKind.Array
            || features.GetArrayLength() == 0)
        {
            throw new StreetFileException($"{source}: has no features. A street file is a GeoJSON FeatureCollection of LineStrings.");
        }

        var streets = new List<StreetDefinition>(features.GetArrayLength());
        foreach (var feature in features.EnumerateArray())
        {
            streets.Add(ReadFeature(feature, streets.Count));
        }

        return streets;
    }

    private StreetDefinition ReadFeature(JsonElement feature, int index)
    {
        var properties = Member(feature, "properties");
        var id = ReadId(feature, properties, index);
        if (!_featureOf.TryAdd(id, index))
        {
            throw Fault(index, $"has the id {id} of features[{_featureOf[id]}]: give each segment an id of its own");
        }

        var line = ReadLine(Member(feature, "geometry"), index);
        var oneWay = Text(Member(properties, options.OneWayProperty))?.ToLowerInvariant();
        if (oneWay is "-1" or "reverse")
        {
            line.Reverse(); // One-ways always run along the geometry, so that the rest of the system needs two cases, not three.
        }

        var roadClass = options.ClassProperties.Select(name => Text(Member(properties, name))).FirstOrDefault(text => text is not null);
        return new StreetDefinition(
            id, Text(Member(properties, options.NameProperty)), roadClass, oneWay is "yes" or "true" or "1" or "-1" or "reverse", line);
    }

    private SegmentId ReadId(JsonElement feature, JsonElement properties, int index)
    {
        var text = Text(Member(properties, options.IdProperty)) ?? Text(Member(feature, "id"));
        if (text is null)
        {
            throw Fault(index, $"has no property \"{options.IdProperty}\": name the property that holds the segment's id");
        }

        return SegmentId.TryCreate(text, out var id) ? id : Mapped(text);
    }

    /// <summary>Keeps what is readable of a foreign id and adds a hash of all of it, so that two ids never become one.</summary>
    private static SegmentId Mapped(string foreign)
    {
        var readable = new string(foreign.Take(48).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-').ToArray());
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(foreign)).AsSpan(0, 5));
        return SegmentId.Parse($"{readable}-{hash}");
    }

    private List<GeoPoint> ReadLine(JsonElement geometry, int index)
    {
        var type = Text(Member(geometry, "type"));
        if (type != "LineString")
        {
            throw Fault(index, $"is {(type is null ? "without geometry" : $"a {type}")}: keep only LineStrings, one for each segment");
        }

        var line = new List<GeoPoint>();
        var coordinates = Member(geometry, "coordinates");
        if (coordinates.ValueKind == JsonValueKind.Array)
        {
            foreach (var coordinate in coordinates.EnumerateArray())
            {
                line.Add(ReadPoint(coordinate, index, line.Count));
            }
        }

        return line.Count >= 2
            ? line
            : throw Fault(index, $"has {line.Count} point(s): a segment needs two or more");
    }

    private GeoPoint ReadPoint(JsonElement coordinate, int feature, int index)
    {
        if (coordinate.ValueKind == JsonValueKind.Array
            && coordinate.GetArrayLength() >= 2
            && coordinate[0].ValueKind == JsonValueKind.Number
            && coordinate[1].ValueKind == JsonValueKind.Number
            && coordinate[0].GetDouble() is >= -180 and <= 180 and var longitude
            && coordinate[1].GetDouble() is >= -90 and <= 90 and var latitude)
        {
            return new GeoPoint(latitude, longitude);
        }

        throw Fault(feature, $"has a bad coordinate at {index}: write [longitude, latitude] in WGS 84 degrees");
    }

    /// <summary>A member of an object; an undefined element when there is none.</summary>
    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    /// <summary>A text, number or truth value as text; null for anything else, and for empty text.</summary>
    private static string? Text(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString() is { Length: > 0 } text ? text : null,
        JsonValueKind.Number => element.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };

    private StreetFileException Fault(int index, string what) => new($"{source}: features[{index}] {what}.");
}
