using System.Text.Json;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Ingest.Areas;

/// <summary>The layer of areas that scorecards are told of.</summary>
internal static class AreaSource
{
    private const string Generated = "generated";

    /// <summary>Reads the layer that was asked for.</summary>
    /// <param name="areas">A GeoJSON file, <c>generated</c>, or null: generated districts for a generated city, else none.</param>
    /// <param name="streets">What the streets were asked for by.</param>
    /// <param name="network">The streets.</param>
    /// <exception cref="UsageException">The file is missing or is no layer of areas.</exception>
    public static IReadOnlyList<Area> Load(string? areas, string? streets, StreetNetwork network)
    {
        if (areas is null or Generated)
        {
            return areas is not null || streets?.StartsWith(Generated + ":", StringComparison.Ordinal) == true ? GeneratedDistricts.Of(network) : [];
        }

        try
        {
            using var file = File.OpenRead(areas);
            return AreaFile.Read(file, areas);
        }
        catch (StreetFileException wrong)
        {
            throw new UsageException(wrong.Message, wrong);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The areas cannot be read: {problem.Message.TrimEnd('.')}. Name a GeoJSON file with --areas, or leave the option out.", problem);
        }
    }

    /// <summary>Outlines of the areas as GeoJSON, to be drawn: a MultiLineString each.</summary>
    public static byte[] Outlines(IReadOnlyList<Area> areas)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("type", "FeatureCollection");
            json.WriteStartArray("features");
            foreach (var area in areas)
            {
                json.WriteStartObject();
                json.WriteString("type", "Feature");
                json.WriteStartObject("properties");
                json.WriteString("name", area.Name);
                json.WriteEndObject();
                json.WriteStartObject("geometry");
                json.WriteString("type", "MultiLineString");
                json.WriteStartArray("coordinates");
                foreach (var ring in area.Shape.Rings)
                {
                    json.WriteStartArray();
                    foreach (var point in ring[0] == ring[^1] ? ring : ring.Append(ring[0]))
                    {
                        json.WriteStartArray();
                        json.WriteNumberValue(point.Longitude);
                        json.WriteNumberValue(point.Latitude);
                        json.WriteEndArray();
                    }

                    json.WriteEndArray();
                }

                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
