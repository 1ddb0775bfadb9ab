using System.Text.Json;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>Rewrites a batch in JSON as a person decided: other field names, other kinds, other units, another truck, fields left out.</summary>
internal static class PayloadFix
{
    private const string TruckId = "truckId";
    private const string SessionId = "sessionId";
    private const string Kind = "kind";

    /// <summary>The rewritten batch, or a sentence why it cannot be rewritten.</summary>
    public static byte[]? TryApply(ReadOnlyMemory<byte> payload, QuarantineFix fix, out string? problem)
    {
        problem = null;
        if (IsNothing(fix))
        {
            return payload.ToArray();
        }

        try
        {
            using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = ReadingLimits.MaxJsonDepth });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                using var output = new MemoryStream();
                using (var json = new Utf8JsonWriter(output))
                {
                    WriteObject(json, document.RootElement, fix, isRoot: true);
                }

                return output.ToArray();
            }
        }
        catch (Exception ex) when (ex is JsonException or InvalidOperationException)
        {
            // No JSON, or text in it that is none: said below.
        }

        problem = "Names and values can be changed in well-formed JSON only; what is anything else can be replayed as it is.";
        return null;
    }

    /// <summary>Whether it changes nothing in a payload.</summary>
    public static bool IsNothing(QuarantineFix fix) =>
        fix is { TruckId: null, SessionId: null } && (fix.Fields?.Count ?? 0) + (fix.Kinds?.Count ?? 0) + (fix.Factors?.Count ?? 0) + (fix.LeaveOut?.Count ?? 0) == 0;

    private static void WriteObject(Utf8JsonWriter json, JsonElement value, QuarantineFix fix, bool isRoot)
    {
        json.WriteStartObject();
        WriteReplaced(json, fix, isRoot);
        foreach (var property in value.EnumerateObject())
        {
            var name = fix.Fields?.GetValueOrDefault(property.Name) ?? property.Name;
            if (fix.LeaveOut?.Contains(property.Name, StringComparer.Ordinal) == true || (isRoot && IsReplaced(name, fix)))
            {
                continue;
            }

            json.WritePropertyName(name);
            if (name == Kind && property.Value.ValueKind == JsonValueKind.String && fix.Kinds?.GetValueOrDefault(property.Value.GetString()!) is { } kind)
            {
                json.WriteStringValue(kind);
            }
            else if (fix.Factors?.TryGetValue(name, out var factor) == true && InUnit(property.Value, factor) is { } number)
            {
                json.WriteNumberValue(number);
            }
            else
            {
                WriteValue(json, property.Value, fix);
            }
        }

        json.WriteEndObject();
    }

    /// <summary>The number in the contract's unit; null when it is none, or too large to be one in any unit.</summary>
    private static decimal? InUnit(JsonElement value, decimal factor)
    {
        try
        {
            // Decimal: 378123456 × 0.0000001 is 37.8123456, and nothing beside it.
            return value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) ? number * factor : null;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static void WriteReplaced(Utf8JsonWriter json, QuarantineFix fix, bool isRoot)
    {
        if (isRoot && fix.TruckId is { } truck)
        {
            json.WriteString(TruckId, truck);
        }

        if (isRoot && fix.SessionId is { } session)
        {
            json.WriteString(SessionId, session);
        }
    }

    private static bool IsReplaced(string name, QuarantineFix fix) =>
        (name == TruckId && fix.TruckId is not null) || (name == SessionId && fix.SessionId is not null);

    private static void WriteValue(Utf8JsonWriter json, JsonElement value, QuarantineFix fix)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(json, value, fix, isRoot: false);
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    WriteValue(json, item, fix);
                }

                json.WriteEndArray();
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }
}
