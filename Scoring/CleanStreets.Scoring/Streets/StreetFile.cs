using System.Text.Json;

namespace CleanStreets.Scoring.Streets;

/// <summary>Street networks in files: GeoJSON with one LineString for each segment.</summary>
public static class StreetFile
{
    /// <summary>What a street file should be, for messages.</summary>
    internal const string Kind = "A street file is a GeoJSON FeatureCollection of LineStrings.";

    /// <summary>Reads a network.</summary>
    /// <exception cref="StreetFileException">The file is missing or unreadable, or is not a street network.</exception>
    public static StreetNetwork Read(string path, StreetFileOptions? options = null)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Read(stream, path, options);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new StreetFileException($"{path}: cannot be read ({ex.Message}) Name a GeoJSON file of streets.", ex);
        }
    }

    /// <summary>Reads a network from a stream.</summary>
    /// <param name="stream">GeoJSON, read to its end.</param>
    /// <param name="source">What error messages call it.</param>
    /// <param name="options">Names of properties.</param>
    /// <exception cref="StreetFileException">The content is not a street network.</exception>
    public static StreetNetwork Read(Stream stream, string source, StreetFileOptions? options = null)
    {
        using var document = GeoJson.Parse(stream, source, Kind);
        var reader = new GeoJsonStreets(source, options ?? new StreetFileOptions());
        var streets = reader.Read(document.RootElement).ConvertAll(reader.Ready);
        return StreetNetwork.Create(streets, GeoJsonTurns.Read(document.RootElement, source, streets));
    }

    /// <summary>Writes a network as GeoJSON that <see cref="Read(string, StreetFileOptions?)"/> reads back to the same version.</summary>
    public static void WriteGeoJson(StreetNetwork network, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("type"u8, "FeatureCollection"u8);
        json.WriteStartArray("features"u8);
        foreach (var segment in network.Segments)
        {
            Write(json, segment);
        }

        json.WriteEndArray();
        GeoJsonTurns.Write(json, network.ForbiddenTurns);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, StreetSegment segment)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "Feature"u8);
        json.WriteStartObject("properties"u8);
        json.WriteString("segmentId"u8, segment.Id.Value);
        json.WriteString("name"u8, segment.Name);
        json.WriteString("highway"u8, segment.Class);
        json.WriteString("oneway"u8, segment.OneWay ? "yes" : null);
        json.WriteNumber("lengthM"u8, Math.Round(segment.LengthMetres, 1));
        json.WriteEndObject();
        GeoJsonLine.WriteGeometry(json, segment);
        json.WriteEndObject();
    }
}
