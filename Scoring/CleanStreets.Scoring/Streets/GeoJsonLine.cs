using System.Text.Json;

namespace CleanStreets.Scoring.Streets;

/// <summary>A segment's geometry as GeoJSON, for files and for the read API.</summary>
public static class GeoJsonLine
{
    /// <summary>Writes the property <c>geometry</c>: a LineString of longitude, latitude in degrees, to 10⁻⁷.</summary>
    public static void WriteGeometry(Utf8JsonWriter json, StreetSegment segment)
    {
        json.WriteStartObject("geometry"u8);
        json.WriteString("type"u8, "LineString"u8);
        json.WriteStartArray("coordinates"u8);
        foreach (var point in segment.Geometry)
        {
            json.WriteStartArray();
            json.WriteNumberValue(Math.Round(point.Longitude, 7));
            json.WriteNumberValue(Math.Round(point.Latitude, 7));
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
