using System.Text;
using System.Text.Json;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>A payload for people's eyes: text, never markup, and the names in it that could be mapped.</summary>
internal static class PayloadView
{
    private const int MostBytes = 64 * 1024;
    private const int MostNames = 100;

    /// <summary>What the contract calls things, for whoever maps a field.</summary>
    private static readonly string[] Known =
    [
        "truckId", "sessionId", "firstSequence", "oldestSequence", "sentAt", "deviceId", "cameraId", "modelVersion", "calibrationId", "trial", "readings",
        "capturedAt", "latitude", "longitude", "accuracyMetres", "headingDegrees", "speedMetresPerSecond", "coverage", "light", "visibleSquareMetres",
        "left", "right", "detections", "kind", "count", "confidence", "side", "offsetMetres", "trackId", "evidenceId", "sensors",
    ];

    public static QuarantineDetail Of(QuarantineListItem item, ReadOnlySpan<byte> payload)
    {
        var (fields, kinds) = (new SortedSet<string>(StringComparer.Ordinal), new SortedSet<string>(StringComparer.Ordinal));
        var isJson = TryCollect(payload, fields, kinds);
        return new QuarantineDetail(item, Text(payload[..Math.Min(payload.Length, MostBytes)]), isJson, [.. fields], [.. kinds], Known);
    }

    /// <summary>Text as it is; control characters, and bytes that are no text, as '·'.</summary>
    public static string Text(ReadOnlySpan<byte> payload)
    {
        var text = new StringBuilder(payload.Length);
        foreach (var rune in Encoding.UTF8.GetString(payload).EnumerateRunes())
        {
            text.Append(rune.Value is '\n' or '\t' || (!Rune.IsControl(rune) && rune != Rune.ReplacementChar) ? rune.ToString() : "·");
        }

        return text.ToString();
    }

    private static bool TryCollect(ReadOnlySpan<byte> payload, SortedSet<string> fields, SortedSet<string> kinds)
    {
        try
        {
            var json = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = ReadingLimits.MaxJsonDepth });
            var name = string.Empty;
            while (json.Read())
            {
                if (json.TokenType == JsonTokenType.PropertyName)
                {
                    name = json.GetString()!;
                    Add(fields, name);
                }
                else if (json.TokenType == JsonTokenType.String && name == "kind")
                {
                    Add(kinds, json.GetString()!);
                }
            }

            return !payload.IsEmpty;
        }
        catch (Exception ex) when (ex is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static void Add(SortedSet<string> names, string name)
    {
        if (names.Count < MostNames && name.Length <= ReadingLimits.MaxTextBytes)
        {
            names.Add(name);
        }
    }
}
