using System.Text.Json.Serialization;

namespace CleanStreets.Dashboard.Map;

/// <summary>TileJSON 3.0 of our one tile set, with the number of segments for the state snapshot.</summary>
internal sealed record TileJson(
    string Tilejson,
    string Name,
    IReadOnlyList<string> Tiles,
    int Minzoom,
    int Maxzoom,
    IReadOnlyList<double> Bounds,
    IReadOnlyList<double> Center,
    [property: JsonPropertyName("vector_layers")] IReadOnlyList<object> VectorLayers,
    string NetworkVersion,
    int Segments)
{
    public static TileJson Of(StreetMap map)
    {
        var box = map.Bounds;
        return new TileJson(
            "3.0.0",
            "CleanStreets street segments",
            [$"/tiles/{map.Version}/{{z}}/{{x}}/{{y}}.mvt"],
            TileAddress.MinZoom,
            TileAddress.MaxZoom,
            [box.West, box.South, box.East, box.North],
            [(box.West + box.East) / 2, (box.South + box.North) / 2, 13],
            [new { id = "segments", fields = new { segmentId = "String", name = "String", @class = "String", oneway = "Boolean" } }],
            map.Version,
            map.Segments.Count);
    }
}
