using System.Net;
using CleanStreets.Mqtt.Client;
using CleanStreets.Mqtt.Listener;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Mqtt.Tests.Support;

/// <summary>A listener on a free loopback port, and clients of it.</summary>
internal sealed class Broker : IAsyncDisposable
{
    private readonly List<MqttClient> _clients = [];

    private Broker(MqttListener listener) => Listener = listener;

    public MqttListener Listener { get; }

    public int Port => Listener.LocalEndpoint.Port;

    public static async Task<Broker> StartAsync(IPublishHook? hook = null, MqttListenerOptions? options = null, int port = 0)
    {
        options = (options ?? new MqttListenerOptions()) with { Endpoint = new IPEndPoint(IPAddress.Loopback, port) };
        var listener = new MqttListener(options, hook, TimeProvider.System, NullLogger<MqttListener>.Instance);
        if (hook is RecordingHook recording)
        {
            recording.Listener = listener;
        }

        await listener.StartAsync(TestContext.Current.CancellationToken);
        return new Broker(listener);
    }

    public RawPeer Raw() => RawPeer.Connect(Port);

    public async Task<MqttClient> ClientAsync(string id, MqttClientOptions? options = null)
    {
        var client = NewClient((options ?? new MqttClientOptions()) with { ClientId = id, Port = options is { Port: not 1883 } ? options.Port : Port });
        _clients.Add(client);
        await client.StartAsync(TestContext.Current.CancellationToken);
        await client.WaitConnectedAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20));
        return client;
    }

    public static MqttClient NewClient(MqttClientOptions options) => new(
        options with { ReconnectMinDelay = TimeSpan.FromMilliseconds(20), ReconnectMaxDelay = TimeSpan.FromMilliseconds(200) },
        TimeProvider.System, NullLogger<MqttClient>.Instance);

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
