using System.Net;
using CleanStreets.Mqtt.Client;
using CleanStreets.Mqtt.Listener;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Mqtt.Tests.Support;

/// <summary>A listener on a free loopback port, and clients of it.</summary>
internal sealed class Broker : IAsyncDisposable
{
    private readonly List<MqttClient> _clients = [];

    private Broker(MqttListener listener) => Listener = listener;

    public MqttListener Listener { get; }

    public int Port => Listener.LocalEndpoint.Port;

    public static Task<Broker> StartAsync(IPublishHook? hook = null, MqttListenerOptions? options = null, int port = 0, TimeProvider? time = null) =>
        StartAsync(hook, (options ?? new MqttListenerOptions()) with { Endpoints = [new MqttEndpoint(new IPEndPoint(IPAddress.Loopback, port))] }, NullLogger<MqttListener>.Instance, time);

    /// <summary>A listener with one endpoint of each kind, on free loopback ports.</summary>
    public static Task<Broker> StartEverywhereAsync(
        MqttListenerOptions options, ILogger<MqttListener>? logger = null, IPublishHook? hook = null, TimeProvider? time = null) => StartAsync(
        hook,
        options with { Endpoints = [.. Enum.GetValues<MqttTransport>().Select(transport => new MqttEndpoint(new IPEndPoint(IPAddress.Loopback, 0), transport))] },
        logger ?? NullLogger<MqttListener>.Instance, time);

    private static async Task<Broker> StartAsync(IPublishHook? hook, MqttListenerOptions options, ILogger<MqttListener> logger, TimeProvider? time)
    {
        var listener = new MqttListener(options, hook, time ?? TimeProvider.System, logger);
        if (hook is RecordingHook recording)
        {
            recording.Listener = listener;
        }

        await listener.StartAsync(TestContext.Current.CancellationToken);
        return new Broker(listener);
    }

    public int PortOf(MqttTransport transport) => Listener.LocalEndpoints.Single(endpoint => endpoint.Transport == transport).Address.Port;

    public RawPeer Raw() => RawPeer.Connect(Port);

    public async Task<MqttClient> ClientAsync(string id, MqttClientOptions? options = null)
    {
        var client = NewClient((options ?? new MqttClientOptions()) with { ClientId = id, Port = options is { Port: not 1883 } ? options.Port : Port });
        _clients.Add(client);
        await client.StartAsync(TestContext.Current.CancellationToken);
        await client.WaitConnectedAsync(TestContext.Current.CancellationToken).WaitAsync(Eventually.Patience);
        return client;
    }

    /// <summary>A client that tries again soon and, unless the options say otherwise, gives no attempt up because the machine is slow.</summary>
    public static MqttClient NewClient(MqttClientOptions options, TimeProvider? time = null) => new(
        options with
        {
            ReconnectMinDelay = TimeSpan.FromMilliseconds(20),
            ReconnectMaxDelay = TimeSpan.FromMilliseconds(200),
            ConnectTimeout = options.ConnectTimeout == new MqttClientOptions().ConnectTimeout ? Eventually.Patience / 2 : options.ConnectTimeout,
        },
        time ?? TimeProvider.System, NullLogger<MqttClient>.Instance);

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        await Listener.DisposeAsync();
        await Listener.Completion; // A loop that failed fails the test.
    }
}
