using System.Text.Json;
using CleanStreets.Contracts;

namespace CleanStreets.Scoring.Streets;

/// <summary>One feature of a street file.</summary>
/// <param name="Index">Its place in the file, from 0.</param>
/// <param name="Id">Its lasting id; null when the file gives none.</param>
/// <param name="Name">The street's name.</param>
/// <param name="Class">The kind of road.</param>
/// <param name="OneWay">Whether it may be driven only along its lines.</param>
/// <param name="Lines">Its lines: one for a LineString, any number for a MultiLineString.</param>
internal sealed record StreetFeature(
    int Index, SegmentId? Id, string? Name, string? Class, bool OneWay, IReadOnlyList<IReadOnlyList<GeoPoint>> Lines);

/// <summary>Turns a parsed GeoJSON document into street features, or says which feature is at fault.</summary>
internal sealed class GeoJsonStreets(string source, StreetFileOptions options)
{
    private const int MostNamed = 12;

    private readonly Dictionary<SegmentId, int> _featureOf = [];

    /// <summary>The features that <paramref name="isStreet"/> takes, asked by their properties.</summary>
    /// <exception cref="StreetFileException">The document is no collection of streets, or a feature is at fault.</exception>
    public List<StreetFeature> Read(JsonElement root, Func<JsonElement, bool>? isStreet = null)
    {
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("features", out var features)
            || features.ValueKind != JsonValueKind.Array
            || features.GetArrayLength() == 0)
        {
            throw new StreetFileException($"{source}: has no features. A street file is a GeoJSON FeatureCollection of LineStrings.");
        }

        DemandMapped(features);
        var streets = new List<StreetFeature>(features.GetArrayLength());
        var index = 0;
        foreach (var feature in features.EnumerateArray())
        {
            if (isStreet is null || isStreet(GeoJson.Member(feature, "properties")))
            {
                streets.Add(ReadFeature(feature, index));
            }

            index++;
        }

        return streets;
    }

    /// <summary>One line for each street, each with an id: what a file of ready segments holds.</summary>
    public StreetDefinition Ready(StreetFeature street)
    {
        if (street.Id is not { } id)
        {
            throw Fault(street.Index, $"has no property \"{options.IdProperty}\": name the property that holds the segment's id");
        }

        return street.Lines is [var line]
            ? new StreetDefinition(id, street.Name, street.Class, street.OneWay, line)
            : throw Fault(street.Index, "is a MultiLineString: keep only LineStrings, one for each segment, or run streets import, which cuts it");
    }

    /// <summary>A property that a person has named and no feature has is a slip of the pen, not a city without names.</summary>
    private void DemandMapped(JsonElement features)
    {
        foreach (var name in options.Mapped)
        {
            if (!features.EnumerateArray().Any(feature => GeoJson.Member(GeoJson.Member(feature, "properties"), name).ValueKind != JsonValueKind.Undefined))
            {
                var properties = GeoJson.Member(features[0], "properties");
                var found = properties.ValueKind == JsonValueKind.Object ? properties.EnumerateObject().Select(p => p.Name).Take(MostNamed) : [];
                throw new StreetFileException($"{source}: no feature has a property \"{name}\". The first has: {string.Join(", ", found)}.");
            }
        }
    }

    private StreetFeature ReadFeature(JsonElement feature, int index)
    {
        var properties = GeoJson.Member(feature, "properties");
        var id = ReadId(feature, properties);
        if (id is { } known && !_featureOf.TryAdd(known, index))
        {
            throw Fault(index, $"has the id {known} of features[{_featureOf[known]}]: give each segment an id of its own");
        }

        var lines = ReadLines(GeoJson.Member(feature, "geometry"), index);
        var direction = TrafficDirections.Parse(GeoJson.Text(GeoJson.Member(properties, options.OneWayProperty)));
        if (direction == TrafficDirection.Against)
        {
            // One-ways always run along the geometry, so that the rest of the system needs two cases, not three.
            lines.Reverse();
            lines.ForEach(line => line.Reverse());
        }

        var roadClass = options.ClassProperties.Select(name => GeoJson.Text(GeoJson.Member(properties, name))).FirstOrDefault(text => text is not null);
        return new StreetFeature(
            index, id, GeoJson.Text(GeoJson.Member(properties, options.NameProperty)), roadClass, direction != TrafficDirection.Both, lines);
    }

    private SegmentId? ReadId(JsonElement feature, JsonElement properties)
    {
        var text = GeoJson.Text(GeoJson.Member(properties, options.IdProperty)) ?? GeoJson.Text(GeoJson.Member(feature, "id"));
        return text is null ? null : LastingId.Of(text);
    }

    private List<List<GeoPoint>> ReadLines(JsonElement geometry, int index)
    {
        var coordinates = GeoJson.Member(geometry, "coordinates");
        switch (GeoJson.Text(GeoJson.Member(geometry, "type")))
        {
            case "LineString":
                return [ReadLine(coordinates, index)];
            case "MultiLineString" when coordinates.ValueKind == JsonValueKind.Array && coordinates.GetArrayLength() > 0:
                return [.. coordinates.EnumerateArray().Select(line => ReadLine(line, index))];
            case "MultiLineString":
                throw Fault(index, "is a MultiLineString without lines: draw it or leave the feature out");
            case var type:
                throw Fault(index, $"is {(type is null ? "without geometry" : $"a {type}")}: keep only LineStrings, one for each segment");
        }
    }

    private List<GeoPoint> ReadLine(JsonElement coordinates, int index)
    {
        var line = new List<GeoPoint>();
        if (coordinates.ValueKind == JsonValueKind.Array)
        {
            foreach (var coordinate in coordinates.EnumerateArray())
            {
                line.Add(GeoJson.TryReadPoint(coordinate, out var point)
                    ? point
                    : throw Fault(index, $"has a bad coordinate at {line.Count}: write [longitude, latitude] in WGS 84 degrees"));
            }
        }

        return line.Count >= 2
            ? line
            : throw Fault(index, $"has {line.Count} point(s): a segment needs two or more");
    }

    private StreetFileException Fault(int index, string what) => new($"{source}: features[{index}] {what}.");
}
