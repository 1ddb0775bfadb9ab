using System.Text;
using System.Text.Json;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Ingest.Receive.Events;

/// <summary>Finds the truck and the payload in an event: CloudEvents 1.0 or Event Grid's own schema, device telemetry of Azure IoT Hub in either.</summary>
/// <remarks>
/// Event Grid wraps what a device sent: <c>data.body</c> is JSON when the message said <c>application/json</c> in UTF-8 and base64 otherwise,
/// and <c>data.systemProperties["iothub-connection-device-id"]</c> is the device that IoT Hub has authenticated. An event of anybody else names the truck in its
/// <c>subject</c> (<c>truck-017</c>, or the last part of <c>trucks/truck-017</c>) and carries the batch in <c>data</c> or <c>data_base64</c>.
/// </remarks>
internal static class EventReader
{
    public const string TelemetryType = "Microsoft.Devices.DeviceTelemetry";

    /// <summary>Everything that Azure says about itself and its devices begins so; of it only telemetry carries readings.</summary>
    private const string AzurePrefix = "Microsoft.";

    /// <summary>What is wrong with an event as an event; null when nothing is.</summary>
    public static string? Fault(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            return "is not an object";
        }

        if (Text(item, "specversion") is { } version)
        {
            return version != "1.0" ? $"has specversion '{Shown(version)}': 1.0 is taken"
                : Missing(item, "id", "source", "type") ?? (HasData(item) ? null : "has neither data nor data_base64");
        }

        return Missing(item, "id", "eventType") is { } missing
            ? $"{missing}; it has no specversion either, so it is neither a CloudEvent nor of Event Grid's schema"
            : HasData(item) ? null : "has no data";
    }

    /// <summary>An event about something else than readings: a device that connected, a subscription that ends, a device's last will.</summary>
    public static bool IsOther(JsonElement item) => Type(item) is { } type
        && type.StartsWith(AzurePrefix, StringComparison.Ordinal) && (type != TelemetryType || IsWill(item));

    /// <summary>IoT Hub delivers a device's last will as telemetry and says so in a property.</summary>
    private static bool IsWill(JsonElement item) =>
        item.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object && data.TryGetProperty("properties", out var properties)
        && string.Equals(Text(properties, "iothub-MessageType"), "Will", StringComparison.OrdinalIgnoreCase);

    /// <summary>The type in either schema.</summary>
    public static string? Type(JsonElement item) => Text(item, "type") ?? Text(item, "eventType");

    /// <summary>Reads an event that <see cref="Fault"/> finds nothing wrong with.</summary>
    public static ReceivedEvent Read(JsonElement item)
    {
        if (Type(item) == TelemetryType)
        {
            return ReadTelemetry(item);
        }

        var device = LastPart(Text(item, "subject"));
        var contentType = Text(item, "datacontenttype") ?? string.Empty;
        return IsSet(item, "data_base64", out var base64)
            ? ReadBase64(item, base64, device, contentType)
            : ReadData(item, item.GetProperty("data"), device, contentType);
    }

    /// <summary>The whole event as a payload for quarantine.</summary>
    public static ReceivedEvent Faulty(JsonElement item, string device = "") =>
        new() { Device = device, ContentType = string.Empty, Reason = QuarantineReason.EventMalformed, Raw = item };

    private static ReceivedEvent ReadTelemetry(JsonElement item)
    {
        if (!item.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object || !data.TryGetProperty("body", out var body))
        {
            return Faulty(item, LastPart(Text(item, "subject")));
        }

        var system = data.TryGetProperty("systemProperties", out var properties) && properties.ValueKind == JsonValueKind.Object ? properties : default;
        var device = Text(system, "iothub-connection-device-id") ?? LastPart(Text(item, "subject"));
        var contentType = Text(system, "iothub-content-type") ?? string.Empty;
        return body.ValueKind == JsonValueKind.String ? ReadBase64(item, body, device, contentType) : ReadData(item, body, device, contentType);
    }

    private static ReceivedEvent ReadData(JsonElement item, JsonElement data, string device, string contentType)
    {
        // A batch that somebody wrote as a string: JSON within JSON.
        if (data.ValueKind == JsonValueKind.String)
        {
            return TryText(data, out var text)
                ? new ReceivedEvent { Device = device, ContentType = Said(contentType), Decoded = Encoding.UTF8.GetBytes(text) }
                : Faulty(item, device);
        }

        return new ReceivedEvent { Device = device, ContentType = Said(contentType), Raw = data };
    }

    private static ReceivedEvent ReadBase64(JsonElement item, JsonElement base64, string device, string contentType) =>
        base64.ValueKind == JsonValueKind.String && TryText(base64, out _) && base64.TryGetBytesFromBase64(out var payload)
            ? new ReceivedEvent { Device = device, ContentType = Said(contentType), Decoded = payload }
            : Faulty(item, device);

    // "Just bytes" says nothing that could disagree with what the bytes are.
    private static string Said(string contentType) =>
        contentType.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase) ? string.Empty : contentType;

    private static bool HasData(JsonElement item) => item.TryGetProperty("data", out _) || IsSet(item, "data_base64", out _);

    // null says that a member is not set (CloudEvents JSON format 1.0, §2.2).
    private static bool IsSet(JsonElement item, string name, out JsonElement value) =>
        item.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private static string? Missing(JsonElement item, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (string.IsNullOrEmpty(Text(item, name)))
            {
                return $"has no {name}";
            }
        }

        return null;
    }

    /// <summary>A member that is a text; null when there is none.</summary>
    public static string? Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && TryText(value, out var text)
            ? text
            : null;

    // Half a surrogate pair is well-formed JSON and no text.
    private static bool TryText(JsonElement value, out string text)
    {
        try
        {
            text = value.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            text = string.Empty;
            return false;
        }
    }

    private static string LastPart(string? subject) => subject is null ? string.Empty : subject[(subject.LastIndexOf('/') + 1)..];

    private static string Shown(string text) => text.Length <= 16 ? text : text[..16] + "…";
}
