using System.Text;
using System.Text.Json;

namespace CleanStreets.Scoring.Streets;

/// <summary>Small steps of reading GeoJSON that any content may be put to without an exception.</summary>
internal static class GeoJson
{
    /// <summary>The document in a stream.</summary>
    /// <param name="stream">Read to its end.</param>
    /// <param name="source">What the message calls it.</param>
    /// <param name="kind">What the file should have been, for the message.</param>
    /// <exception cref="StreetFileException">It is not JSON; the message says where.</exception>
    public static JsonDocument Parse(Stream stream, string source, string kind)
    {
        try
        {
            return JsonDocument.Parse(stream);
        }
        catch (JsonException ex)
        {
            throw new StreetFileException($"{source}: not JSON (line {ex.LineNumber + 1}, byte {ex.BytePositionInLine + 1}). {kind}", ex);
        }
        catch (DecoderFallbackException ex)
        {
            throw new StreetFileException($"{source}: not UTF-8 text. Save the GeoJSON as UTF-8.", ex);
        }
    }

    /// <summary>A member of an object; an undefined element when there is none.</summary>
    public static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    /// <summary>A text, number or truth value as text; null for anything else, for empty text, and for text that is not Unicode.</summary>
    public static string? Text(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => Unescaped(element),
        JsonValueKind.Number => element.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };

    /// <summary>A position: longitude, latitude, and perhaps more that is passed over.</summary>
    public static bool TryReadPoint(JsonElement coordinate, out GeoPoint point)
    {
        if (coordinate.ValueKind == JsonValueKind.Array
            && coordinate.GetArrayLength() >= 2
            && coordinate[0].ValueKind == JsonValueKind.Number
            && coordinate[1].ValueKind == JsonValueKind.Number
            && coordinate[0].GetDouble() is >= -180 and <= 180 and var longitude
            && coordinate[1].GetDouble() is >= -90 and <= 90 and var latitude)
        {
            point = new GeoPoint(latitude, longitude);
            return true;
        }

        point = default;
        return false;
    }

    private static string? Unescaped(JsonElement element)
    {
        try
        {
            return element.GetString() is { Length: > 0 } text ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null; // Half of a surrogate pair.
        }
    }
}
