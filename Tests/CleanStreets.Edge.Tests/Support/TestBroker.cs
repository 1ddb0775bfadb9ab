using System.Net;
using System.Net.Sockets;
using CleanStreets.Mqtt.Listener;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Support;

/// <summary>A real broker on loopback, ours or Mosquitto, which can go away and come back on the same port with nothing remembered.</summary>
internal sealed class TestBroker : IAsyncDisposable
{
    private const string Mosquitto = "/usr/sbin/mosquitto";

    private readonly TemporaryFolder _folder = new();
    private readonly bool _isMosquitto;
    private MqttListener? _listener;
    private ProductProgram? _program;

    private TestBroker(bool isMosquitto) => _isMosquitto = isMosquitto;

    public int Port { get; private set; }

    public static async Task<TestBroker> StartAsync(string kind = "ours")
    {
        Assert.SkipUnless(kind == "ours" || File.Exists(Mosquitto), $"needs {Mosquitto} (apt: mosquitto)");
        var broker = new TestBroker(kind != "ours");
        broker.Port = broker._isMosquitto ? FreePort.Next() : 0;
        await broker.ComeBackAsync();
        return broker;
    }

    public async Task GoAwayAsync()
    {
        if (_listener is { } listener)
        {
            await listener.DisposeAsync();
            await listener.Completion; // A loop that failed fails the test.
        }

        if (_program is { } program)
        {
            await program.KillAsync();
            await program.DisposeAsync();
        }

        (_listener, _program) = (null, null);
    }

    public async Task ComeBackAsync()
    {
        if (!_isMosquitto)
        {
            var options = new MqttListenerOptions { Endpoints = [new MqttEndpoint(new IPEndPoint(IPAddress.Loopback, Port))] };
            _listener = new MqttListener(options, hook: null, TimeProvider.System, NullLogger<MqttListener>.Instance);
            await _listener.StartAsync(TestContext.Current.CancellationToken);
            Port = _listener.LocalEndpoint.Port;
            return;
        }

        var settings = _folder.Combine("mosquitto.conf");
        await File.WriteAllTextAsync(settings, $"listener {Port} 127.0.0.1\nallow_anonymous true\npersistence false\n");
        _program = ProductProgram.StartProcess(Mosquitto, ["-c", settings]);
        await Eventually.TrueAsync($"Mosquitto listens{Environment.NewLine}{_program.Output}", Answers);
    }

    public async ValueTask DisposeAsync()
    {
        await GoAwayAsync();
        _folder.Dispose();
    }

    private bool Answers()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
