using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace CleanStreets.Testing.IotHub;

/// <summary>A route of the stand-in's telemetry to Event Grid, which posts it to a web hook until that answers 200.</summary>
public sealed class EventGridRoute : IAsyncDisposable
{
    private const int MaxEvents = 20;

    private readonly StandInHub _hub;
    private readonly Uri _hook;
    private readonly HttpClient _http = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private int _delivered;

    public EventGridRoute(StandInHub hub, Uri hook)
    {
        (_hub, _hook) = (hub, hook);
        _running = RunAsync();
    }

    /// <summary>Events that were answered with 200.</summary>
    public int Delivered => Volatile.Read(ref _delivered);

    /// <summary>Why the newest delivery was not taken; null while all goes well.</summary>
    public string? Problem { get; private set; }

    /// <summary>Every delivery is made twice: at least once is all that Event Grid promises.</summary>
    public bool DeliversTwice { get; set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var events = new JsonArray();
                while (events.Count < MaxEvents && _hub.Routed.TryDequeue(out var message))
                {
                    events.Add(Event(message));
                }

                for (var left = events.Count == 0 ? 0 : DeliversTwice ? 2 : 1; left > 0;)
                {
                    using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(events.ToJsonString())) { Headers = { ContentType = MediaTypeHeaderValue.Parse("application/json; charset=utf-8") } };
                    try
                    {
                        using var answer = await _http.PostAsync(_hook, body, _stop.Token);
                        left -= answer.IsSuccessStatusCode ? 1 : 0;
                        Problem = answer.IsSuccessStatusCode ? null : await answer.Content.ReadAsStringAsync(_stop.Token);
                    }
                    catch (Exception late) when (late is HttpRequestException or TaskCanceledException && !_stop.IsCancellationRequested)
                    {
                        Problem = late.Message; // Event Grid comes back.
                    }
                }

                Interlocked.Add(ref _delivered, events.Count);
                await Task.Delay(TimeSpan.FromMilliseconds(50), _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private static JsonObject Event(HubMessage message)
    {
        var type = message.Properties.GetValueOrDefault("$.ct");
        var encoding = message.Properties.GetValueOrDefault("$.ce");
        var isJson = type == "application/json" && encoding == "utf-8";
        return new JsonObject
        {
            ["id"] = Guid.NewGuid().ToString(),
            ["topic"] = "/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/CITY",
            ["subject"] = $"devices/{message.Device}",
            ["eventType"] = "Microsoft.Devices.DeviceTelemetry",
            ["eventTime"] = "2026-01-07T20:58:30.48Z",
            ["data"] = new JsonObject
            {
                ["properties"] = new JsonObject(message.Properties.Where(property => !property.Key.StartsWith('$')).Select(property => KeyValuePair.Create(property.Key, (JsonNode?)property.Value))),
                ["systemProperties"] = new JsonObject
                {
                    ["iothub-content-type"] = type,
                    ["iothub-content-encoding"] = encoding,
                    ["iothub-connection-device-id"] = message.Device,
                    ["iothub-connection-auth-method"] = """{"scope":"device","type":"sas","issuer":"iothub"}""",
                    ["iothub-message-source"] = "Telemetry",
                },
                ["body"] = isJson ? JsonNode.Parse(message.Body) : JsonValue.Create(Convert.ToBase64String(message.Body)),
            },
            ["dataVersion"] = string.Empty,
            ["metadataVersion"] = "1",
        };
    }
}
