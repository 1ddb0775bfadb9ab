using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Scores;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Mqtt.Listener;
using CleanStreets.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Dashboard.Tests.Support;

/// <summary>The other side of the dashboard's contracts: a real MQTT broker, and ingest's read API over real HTTP.</summary>
internal sealed class CityStandIn : IAsyncDisposable
{
    private readonly WebApplication _readApi;
    private MqttListener _broker;
    private MqttClient? _listener;

    private CityStandIn(WebApplication readApi, MqttListener broker) => (_readApi, _broker) = (readApi, broker);

    public int StreetCount { get; set; } = 12;

    public string NetworkVersion { get; set; } = Streets.Version;

    /// <summary>The picture of the find that waits.</summary>
    public string? EvidenceId { get; set; }

    /// <summary>False lets the read API answer 503 to everything.</summary>
    public bool Answers { get; set; } = true;

    public ConcurrentDictionary<string, List<PassSummary>> Passes { get; } = new();

    public ConcurrentQueue<Fact> Facts { get; } = new();

    public ConcurrentQueue<AreaQuestion> AreaQuestions { get; } = new();

    public HostPort Mqtt => new("127.0.0.1", _broker.LocalEndpoint.Port);

    public Uri ReadApi => new(_readApi.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<CityStandIn> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var broker = NewBroker(new IPEndPoint(IPAddress.Loopback, FreePort.Next())); // One that nobody else is given while the broker is away.
        var city = new CityStandIn(builder.Build(), broker);
        city.MapReadApi();
        await city._readApi.StartAsync();
        await broker.StartAsync(CancellationToken.None);
        return city;
    }

    /// <summary>The broker goes away; what it retained is gone with it.</summary>
    public Task StopBrokerAsync() => _broker.StopAsync(CancellationToken.None);

    /// <summary>A new broker on the address of the old one.</summary>
    public async Task StartBrokerAsync()
    {
        var endpoint = _broker.LocalEndpoint;
        await _broker.DisposeAsync();
        _broker = NewBroker(endpoint);
        await _broker.StartAsync(CancellationToken.None);
    }

    private static MqttListener NewBroker(IPEndPoint endpoint) =>
        new(new MqttListenerOptions { Endpoints = [new MqttEndpoint(endpoint)] }, null, TimeProvider.System, NullLogger<MqttListener>.Instance);

    public void Publish(SegmentScore score) =>
        Publish(Topics.Default.Scores(score.SegmentId), JsonSerializer.SerializeToUtf8Bytes(score, ContractJson.Default.SegmentScore));

    public void Publish(TruckStatus truck) =>
        Publish(Topics.Default.Status(truck.TruckId), JsonSerializer.SerializeToUtf8Bytes(truck, ContractJson.Default.TruckStatus));

    public void Publish(string topic, byte[] payload) =>
        _broker.TryPublish(new MqttMessage { Topic = topic, Payload = payload, Retain = true, QualityOfService = QualityOfService.AtLeastOnce });

    /// <summary>Begins to take facts, as ingest does.</summary>
    public async Task ListenToFactsAsync()
    {
        _listener = new MqttClient(new MqttClientOptions { Port = Mqtt.Port, ClientId = "facts" }, TimeProvider.System, NullLogger<MqttClient>.Instance);
        await _listener.SubscribeAsync(
            Topics.Default.AllFacts,
            QualityOfService.AtLeastOnce,
            (message, _) =>
            {
                Facts.Enqueue(JsonSerializer.Deserialize(message.Payload.Span, ContractJson.Default.Fact)!);
                return ValueTask.CompletedTask;
            },
            CancellationToken.None);
        await _listener.StartAsync(CancellationToken.None);
        await _listener.WaitConnectedAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_listener is not null)
        {
            await _listener.StopAsync(CancellationToken.None);
            await _listener.DisposeAsync();
        }

        await _broker.StopAsync(CancellationToken.None);
        await _broker.DisposeAsync();
        await _readApi.DisposeAsync();
    }

    private void MapReadApi()
    {
        _readApi.Use((context, next) =>
        {
            if (Answers)
            {
                return next(context);
            }

            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        _readApi.MapGet(ReadApiPaths.Streets, (HttpContext context) =>
        {
            context.Response.Headers.ETag = $"\"{NetworkVersion}\"";
            return Results.Text(Streets.GeoJson(StreetCount), "application/geo+json");
        });
        _readApi.MapGet(ReadApiPaths.Status, () => Results.Text(JsonSerializer.Serialize(Status(), ContractJson.Default.IngestStatus), "application/json"));
        _readApi.MapGet(ReadApiPaths.Passes, (string segmentId, DateTimeOffset? since) => Results.Text(
            JsonSerializer.Serialize(
                Passes.TryGetValue(segmentId, out var passes) ? [.. passes.Where(pass => since is null || pass.EnteredAt >= since)] : [],
                ContractJson.Default.IReadOnlyListPassSummary),
            "application/json"));
        _readApi.MapGet(ReadApiPaths.History, (string segmentId) => Results.Text(
            JsonSerializer.Serialize([new ScorePoint(DateTimeOffset.UnixEpoch, 2.5, 2, 3, Grade.B, 4)], ContractJson.Default.IReadOnlyListScorePoint), "application/json"));
        _readApi.MapGet(ReadApiPaths.Explain, (string segmentId, DateTimeOffset? asOf) => Results.Text(
            JsonSerializer.Serialize(
                new ScoreExplanation(
                    Streets.Score(0, Grade.B, asOf ?? DateTimeOffset.UnixEpoch),
                    ["Because."],
                    [],
                    [Streets.Pass("truck-9", DateTimeOffset.UnixEpoch, Grade.B)],
                    new ScoreArithmetic(3, [], null, 2.5, [],
                        [new EvidencePass(TruckId.Parse("truck-9"), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, null, false, false, 1, new Dictionary<string, int>(), [])]),
                    new LaterKnowledge(1, 0, DateTimeOffset.UnixEpoch, ScoreState.Seen, Grade.A, 1.5)),
                ContractJson.Default.ScoreExplanation),
            "application/json"));
        _readApi.MapGet(ReadApiPaths.Confirmations, () => Results.Text(
            JsonSerializer.Serialize(
                [new PendingConfirmation("d-1", SegmentId.Parse("s-1"), "pile", Contracts.Readings.Side.Left, DateTimeOffset.UnixEpoch, TruckId.Parse("truck-9"), 0.7, EvidenceId)],
                ContractJson.Default.IReadOnlyListPendingConfirmation),
            "application/json"));
        _readApi.MapGet(ReadApiPaths.AreaOutlines, () => Results.Text("""{"type":"FeatureCollection","features":[]}""", "application/geo+json"));
        _readApi.MapGet(ReadApiPaths.Areas, (DateTimeOffset? from, DateTimeOffset? to) => Results.Json(Areas("Northwest", from, to), ContractJson.Default.AreaReport));
        _readApi.MapPost(ReadApiPaths.AreaIndex, async (HttpRequest request) =>
        {
            AreaQuestions.Enqueue((await JsonSerializer.DeserializeAsync(request.Body, ContractJson.Default.AreaQuestion))!);
            var question = AreaQuestions.Last();
            return question.Area is "nowhere" ? Results.NotFound()
                : question.Zone is { Count: < 3 } ? Results.Problem(detail: "A zone has 3 to 500 corners.", statusCode: 400)
                : Results.Json(Areas(question.Area ?? "Zone", question.From, question.To), ContractJson.Default.AreaReport);
        });
        _readApi.MapGet(ReadApiPaths.Quarantine, () => Results.Text(
            JsonSerializer.Serialize(new QuarantineReport(new Dictionary<string, long> { ["malformed_json"] = 3 }, []), ContractJson.Default.QuarantineReport), "application/json"));
    }

    private static AreaReport Areas(string name, DateTimeOffset? from, DateTimeOffset? to) => new(
        "crow-2", "0 to 5", from is null ? "now" : "period", from, to ?? DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch,
        [new AreaFigures(name, new AreaEstimate(2.4, 2, 2.8), Grade.B, new AreaEstimate(0.8, 0.7, 0.9), null, 0.9, 0.5, 1200, 9, 8, 40, 3, [SegmentId.Parse("s-1")], 0.1)]);

    private IngestStatus Status() => new(
        DateTimeOffset.UnixEpoch, true, NetworkVersion, 100, 95, 2, 3, 0, new Dictionary<string, long> { ["malformed_json"] = 3 }, 0.1, 4096, [], 4, StreetCount,
        new Dictionary<string, long> { ["packet_too_large"] = 2 });
}
