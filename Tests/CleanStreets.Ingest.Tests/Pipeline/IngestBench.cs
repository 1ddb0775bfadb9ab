using System.Net;
using System.Net.Http.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Receive.Broker;
using CleanStreets.Ingest.Verbs;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Ingest.Tests.Pipeline;

/// <summary>The whole service in this process: real listener, journal, store and read API, on free ports and in a folder of its own.</summary>
internal sealed class IngestBench(Action<WebApplicationBuilder>? configure) : IAsyncDisposable
{
    /// <summary>The service with some settings: name with its section, and value.</summary>
    public IngestBench(params (string Name, string Value)[] settings)
        : this(builder => builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value)))
    {
    }

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, MqttClient> _clients = new(StringComparer.Ordinal);
    private WebApplication? _app;
    private FileStream? _lock;

    public string Data => _folder.Combine("ingest");

    public string? Streets { get; set; } = "generated:7";

    public IReadOnlyList<string> Stores { get; init; } = [];

    public IPEndPoint? Events { get; set; }

    /// <summary>What the clients of the test speak.</summary>
    public MqttProtocolVersion Protocol { get; set; } = MqttProtocolVersion.V500;

    /// <summary>A broker to receive from instead of our own listener.</summary>
    public BrokerAddress? Broker { get; set; }

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public IReadOnlyList<Uri> Addresses =>
        [.. _app!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address))];

    public IngestPipeline Pipeline => Service<IngestPipeline>();

    public T Service<T>()
        where T : notnull => _app!.Services.GetRequiredService<T>();

    public IPEndPoint MqttEndpoint => Pipeline.Receivers.ListenerEndpoint!;

    public StreetNetwork Network => Pipeline.Network;

    public HttpClient Http { get; private set; } = new();

    public async Task StartAsync()
    {
        var any = new IPEndPoint(IPAddress.Loopback, 0);
        _lock = new IngestPaths(Data).Lock();
        _app = IngestApp.Build(new RunSettings(Data, Broker is null ? any : null, any, Streets) { Stores = Stores, Events = Events, Broker = Broker }, Time, Configure);
        await _app.StartAsync();
        await Pipeline.Recovered;
        Http = new HttpClient { BaseAddress = Addresses[0] };
    }

    private void Configure(WebApplicationBuilder builder)
    {
        // A machine that stalls is no reason to end what a test has begun.
        builder.Services.Configure<PipelineOptions>(options => options.DrainTime = Eventually.Patience);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = 2 * Eventually.Patience);
        builder.WebHost.ConfigureKestrel(kestrel => (kestrel.Limits.MinRequestBodyDataRate, kestrel.Limits.MinResponseDataRate) = (null, null));
        configure?.Invoke(builder);
    }

    /// <summary>Waits until the broker's messages are subscribed to: what a truck says before that, nobody hears.</summary>
    public Task ReceivingAsync() => Eventually.TrueAsync(
        "all connections to the broker receive", () => Pipeline.Receivers.Broker!.Connections is var (wanted, connected) && connected == wanted);

    /// <summary>Stops in order and starts again on the same data.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public async Task StopAsync()
    {
        foreach (var client in _clients.Values)
        {
            await client.DisposeAsync();
        }

        _clients.Clear();
        Http.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
            _app = null;
        }

        _lock?.Dispose();
    }

    /// <summary>Connects a client; one that had the same name leaves first, or both would come back for ever and end each other's connection.</summary>
    public async Task<MqttClient> ConnectAsync(string clientId, int inFlight = 64)
    {
        if (_clients.Remove(clientId, out var former))
        {
            await former.DisposeAsync();
        }

        var options = new MqttClientOptions { Port = Broker?.Port ?? MqttEndpoint.Port, ClientId = clientId, MaxInFlight = inFlight, ProtocolVersion = Protocol };
        var client = new MqttClient(options, TimeProvider.System, NullLogger<MqttClient>.Instance);
        _clients.Add(clientId, client);
        await client.StartAsync(CancellationToken.None);
        await client.WaitConnectedAsync(CancellationToken.None);
        return client;
    }

    public static ValueTask<MqttReasonCode> PublishAsync(MqttClient client, string topic, ReadOnlyMemory<byte> payload, string? contentType = null) =>
        client.PublishAsync(
            new MqttMessage { Topic = topic, Payload = payload, QualityOfService = QualityOfService.AtLeastOnce, ContentType = contentType },
            CancellationToken.None);

    public async Task<IngestStatus> StatusAsync() => (await Http.GetFromJsonAsync(ReadApiPaths.Status, ContractJson.Default.IngestStatus))!;

    public async Task<IReadOnlyList<SegmentScore>> ScoresAsync() =>
        (await Http.GetFromJsonAsync(ReadApiPaths.Scores, ContractJson.Default.IReadOnlyListSegmentScore))!;

    public Task<string> GetAsync(string path, SegmentId segment = default) =>
        Http.GetStringAsync(new Uri(path.Replace("{segmentId}", segment.Value, StringComparison.Ordinal), UriKind.Relative));

    /// <summary>Waits until everything received is in the store, which has said so, and all queues are empty.</summary>
    public Task SettledAsync() => Eventually.TrueAsync(
        "everything received is stored",
        () => Pipeline.Stores.StoredThrough >= Pipeline.Progress.JournalledThrough
            && Pipeline.Stores.OldestUnstoredAge(DateTimeOffset.UtcNow) == TimeSpan.Zero
            && Pipeline.Channels.Depths().All(stage => stage.Depth == 0));

    public JournalCensus Census()
    {
        using var reader = new JournalReader(new IngestPaths(Data).Journal);
        var census = new JournalCensus();
        while (reader.TryReadNext(out var record))
        {
            census.Count(in record);
        }

        return census;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }
}
