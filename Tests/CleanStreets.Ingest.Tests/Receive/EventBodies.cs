using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using CleanStreets.Ingest.Receive.Events;

namespace CleanStreets.Ingest.Tests.Receive;

/// <summary>Requests as Event Grid and other senders of CloudEvents make them.</summary>
internal static class EventBodies
{
    public const string Batch = "application/cloudevents-batch+json";
    public const string Single = "application/cloudevents+json";
    public const string Grid = "application/json; charset=utf-8";

    /// <summary>A batch of one reading, as a truck writes it.</summary>
    public static string Readings(string truck, int sequence, string session = "s-1") =>
        $$"""{"truckId":"{{truck}}","sessionId":"{{session}}","firstSequence":{{sequence}},"readings":[{"capturedAt":"2026-01-01T00:00:00Z","latitude":1.5,"longitude":2.5}]}""";

    /// <summary>What Event Grid makes of a message to IoT Hub, as a CloudEvent.</summary>
    public static JsonObject Telemetry(string device, string payload, bool base64 = false) => new()
    {
        ["specversion"] = "1.0",
        ["id"] = Guid.NewGuid().ToString(),
        ["source"] = "/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/CITY",
        ["subject"] = $"devices/{device}",
        ["type"] = "Microsoft.Devices.DeviceTelemetry",
        ["time"] = "2026-01-07T20:58:30.48Z",
        ["data"] = TelemetryData(device, payload, base64),
    };

    /// <summary>The same in Event Grid's own schema.</summary>
    public static JsonObject GridTelemetry(string device, string payload, bool base64 = false) => new()
    {
        ["id"] = Guid.NewGuid().ToString(),
        ["topic"] = "/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/CITY",
        ["subject"] = $"devices/{device}",
        ["eventType"] = "Microsoft.Devices.DeviceTelemetry",
        ["eventTime"] = "2026-01-07T20:58:30.48Z",
        ["data"] = TelemetryData(device, payload, base64),
        ["dataVersion"] = string.Empty,
        ["metadataVersion"] = "1",
    };

    /// <summary>A CloudEvent of nobody in particular.</summary>
    public static JsonObject Plain(string? subject, JsonNode? data = null, byte[]? base64 = null, string? contentType = null)
    {
        var made = new JsonObject { ["specversion"] = "1.0", ["id"] = "1", ["source"] = "depot", ["type"] = "city.readings" };
        if (subject is not null)
        {
            made["subject"] = subject;
        }

        if (contentType is not null)
        {
            made["datacontenttype"] = contentType;
        }

        if (base64 is not null)
        {
            made["data_base64"] = Convert.ToBase64String(base64);
        }
        else
        {
            made["data"] = data;
        }

        return made;
    }

    public static async Task<HttpResponseMessage> PostAsync(HttpClient http, string contentType, string body, string? key = null, string path = EventsApi.Path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) } },
        };
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        return await http.SendAsync(request);
    }

    private static JsonObject TelemetryData(string device, string payload, bool base64) => new()
    {
        ["properties"] = new JsonObject { ["lane"] = "live" },
        ["systemProperties"] = new JsonObject
        {
            ["iothub-content-type"] = base64 ? null : "application/json",
            ["iothub-content-encoding"] = base64 ? null : "utf-8",
            ["iothub-connection-device-id"] = device,
            ["iothub-connection-auth-method"] = "{\"scope\":\"device\",\"type\":\"sas\",\"issuer\":\"iothub\"}",
            ["iothub-enqueuedtime"] = "2026-01-07T20:58:30.48Z",
            ["iothub-message-source"] = "Telemetry",
        },
        ["body"] = base64 ? Convert.ToBase64String(Encoding.UTF8.GetBytes(payload)) : JsonNode.Parse(payload),
    };
}
