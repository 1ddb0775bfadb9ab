using System.Net;
using System.Net.Sockets;
using System.Text;
using CleanStreets.Ingest.Observe;
using CleanStreets.Ingest.Receive.Broker;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Mqtt.Listener;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Ingest.Tests.Receive;

/// <summary>A broker that passes on what is none, and one that gives nothing.</summary>
public sealed class BrokerFaultTests : IAsyncDisposable
{
    private const string Topic = "cleanstreets/v1/readings/truck-1";

    private MosquittoServer? _broker;
    private IngestBench? _bench;

    /// <summary>Either took every connection of ingest, for as long as the broker kept its session.</summary>
    [Theory]
    [InlineData("5.0")]
    [InlineData("3.1.1")]
    public async Task One_message_that_is_none_stops_nobody(string version)
    {
        _broker = await MosquittoServer.StartAsync();
        await StartAsync(_broker.Port, ("Version", version));
        await ConnectedAsync(version == "5.0" ? 2 : 1);
        using (var hostile = Hostile(_broker.Port))
        {
            if (version == "5.0")
            {
                // A response topic with a wildcard, which Mosquitto passes on.
                Publish(hostile, [6, 0x08, 0, 3, .. "a/#"u8], Encoding.UTF8.GetBytes(EventBodies.Readings("truck-1", 21)));
            }
            else
            {
                // More than 1 MiB: nobody can tell Mosquitto in 3.1.1 that this is too much.
                Publish(hostile, [0], new byte[2_000_000]);
            }
        }

        var client = await _bench!.ConnectAsync("truck-1");
        for (var i = 1; i <= 20; i++)
        {
            await IngestBench.PublishAsync(client, Topic, Encoding.UTF8.GetBytes(EventBodies.Readings("truck-1", i)));
        }

        var (accepted, quarantined) = version == "5.0" ? (21, 0) : (20, 1);
        await Eventually.TrueAsync("it meets its fate, and so does what came behind", () => _bench.Pipeline.Fates.Accepted == accepted && _bench.Pipeline.Fates.Quarantined == quarantined);
        _bench.Pipeline.Fates.QuarantinedByReason().Keys.ShouldBe(version == "5.0" ? [] : ["oversized"]);
        _bench.Pipeline.Receivers.Broker!.Lost.ShouldBe(0);
    }

    [Fact]
    public async Task Subscription_that_the_broker_refuses_is_no_readiness_and_is_asked_for_again()
    {
        using var folder = new TemporaryFolder();
        var rules = folder.Combine("acl");
        await File.WriteAllTextAsync(rules, "topic write cleanstreets/#\n", TestContext.Current.CancellationToken);
        await using var listener = new MqttListener(
            new MqttListenerOptions { Endpoints = [new MqttEndpoint(new IPEndPoint(IPAddress.Loopback, 0))], AclFile = rules },
            hook: null,
            TimeProvider.System,
            NullLogger<MqttListener>.Instance);
        await listener.StartAsync(TestContext.Current.CancellationToken);
        await StartAsync(listener.LocalEndpoint!.Port, ("RefusedPause", "00:00:00.200"));
        await ConnectedAsync(2);

        var said = Readiness.Of(_bench!.Pipeline, TimeProvider.System);
        said.Ready.ShouldBeFalse("nothing can come");
        var broker = said.Dependencies.Single(dependency => dependency.Name == "mqtt broker");
        broker.State.ShouldBe(DependencyState.Down);
        broker.Reason.ShouldContain("$share/cleanstreets-ingest/cleanstreets/v1/readings/+");
        broker.Reason.ShouldContain("Allow our user to read it");

        await File.WriteAllTextAsync(rules, "topic readwrite cleanstreets/#\ntopic readwrite $share/#\n", TestContext.Current.CancellationToken);
        await Eventually.TrueAsync("it is ready", () => Readiness.Of(_bench.Pipeline, TimeProvider.System).Ready);

        var client = await _bench.ConnectAsync("truck-1");
        await IngestBench.PublishAsync(client, Topic, Encoding.UTF8.GetBytes(EventBodies.Readings("truck-1", 1)));
        await Eventually.TrueAsync("what comes is accepted", () => _bench.Pipeline.Fates.Accepted == 1);
        _bench.Pipeline.Receivers.Broker!.Lost.ShouldBe(0);
    }

    public async ValueTask DisposeAsync()
    {
        if (_bench is not null)
        {
            await _bench.DisposeAsync();
        }

        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }
    }

    private async Task StartAsync(int port, params (string Name, string Value)[] settings)
    {
        _bench = new IngestBench([.. settings.Select(setting => ($"{BrokerOptions.Section}:{setting.Name}", setting.Value))])
        {
            Broker = new BrokerAddress("127.0.0.1", port, Encrypted: false, User: null),
        };
        await _bench.StartAsync();
    }

    private Task ConnectedAsync(int connections) =>
        Eventually.TrueAsync("all connections are up", () => _bench!.Pipeline.Receivers.Broker!.Connections.Connected == connections);

    /// <summary>A 5.0 client that writes what no library would.</summary>
    private static TcpClient Hostile(int port)
    {
        var client = new TcpClient();
        client.Connect(IPAddress.Loopback, port);
        client.GetStream().Write([0x10, 20, 0, 4, .. "MQTT"u8, 5, 2, 0, 60, 0, 0, 7, .. "hostile"u8]);
        ReadPacket(client.GetStream());
        return client;
    }

    private static void Publish(TcpClient client, byte[] properties, ReadOnlySpan<byte> payload)
    {
        var stream = client.GetStream();
        stream.WriteByte(0x32);
        for (var left = 2 + Topic.Length + 2 + properties.Length + payload.Length; left > 0; left >>= 7)
        {
            stream.WriteByte((byte)((left & 127) | (left > 127 ? 128 : 0)));
        }

        stream.Write([0, (byte)Topic.Length, .. Encoding.ASCII.GetBytes(Topic), 0, 1, .. properties]);
        stream.Write(payload);
        ReadPacket(stream)[0].ShouldBe((byte)0x40, "the broker takes it");
    }

    private static byte[] ReadPacket(NetworkStream stream)
    {
        var head = new byte[2];
        stream.ReadExactly(head);
        stream.ReadExactly(new byte[head[1]]);
        return head;
    }
}
