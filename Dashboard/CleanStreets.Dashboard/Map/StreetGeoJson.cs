using System.Text.Json;
using CleanStreets.Contracts;

namespace CleanStreets.Dashboard.Map;

/// <summary>Reads the streets that ingest's read API answers as GeoJSON.</summary>
internal static class StreetGeoJson
{
    /// <summary>Makes the map of <paramref name="version"/>.</summary>
    /// <exception cref="FormatException">The document is not the contract's: the message says where.</exception>
    public static async Task<StreetMap> ReadAsync(Stream json, string version, CancellationToken cancellation)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(json, cancellationToken: cancellation);
            var features = document.RootElement.GetProperty("features");
            var segments = new MapSegment[features.GetArrayLength()];
            foreach (var feature in features.EnumerateArray())
            {
                var segment = Read(feature);
                if ((uint)segment.Index >= (uint)segments.Length || segments[segment.Index] is not null)
                {
                    throw new FormatException($"segmentIndex {segment.Index} of '{segment.Id}' is not dense.");
                }

                segments[segment.Index] = segment;
            }

            return new StreetMap(version, segments);
        }
        catch (Exception ex) when (ex is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new FormatException($"The streets from ingest cannot be read: {ex.Message}", ex);
        }
    }

    private static MapSegment Read(JsonElement feature)
    {
        var properties = feature.GetProperty("properties").Deserialize(ContractJson.Default.StreetProperties)
            ?? throw new FormatException("A street has no properties.");
        var points = new List<double[]>();
        foreach (var point in feature.GetProperty("geometry").GetProperty("coordinates").EnumerateArray())
        {
            points.Add([point[0].GetDouble(), point[1].GetDouble()]);
        }

        return points.Count >= 2 ? new MapSegment(properties, points) : throw new FormatException($"The street '{properties.SegmentId}' has fewer than two points.");
    }
}
