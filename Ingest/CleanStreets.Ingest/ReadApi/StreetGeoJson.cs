using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Ingest.ReadApi;

/// <summary>The network as the read API serves it: made once, because it never changes while the process runs.</summary>
internal static class StreetGeoJson
{
    public static byte[] Write(StreetNetwork network)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "FeatureCollection"u8);
            json.WriteStartArray("features"u8);
            foreach (var segment in network.Segments)
            {
                Write(json, segment);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, StreetSegment segment)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "Feature"u8);

        // Map libraries take an id of 0 for none.
        json.WriteNumber("id"u8, segment.Index + 1);
        json.WritePropertyName("properties"u8);
        JsonSerializer.Serialize(
            json,
            new StreetProperties(segment.Id, segment.Index, segment.Name, segment.Class, segment.OneWay, Math.Round(segment.LengthMetres, 2)),
            ContractJson.Default.StreetProperties);
        GeoJsonLine.WriteGeometry(json, segment);
        json.WriteEndObject();
    }
}
