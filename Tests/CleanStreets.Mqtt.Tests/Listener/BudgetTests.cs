using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>Who sends more than its budget is read at that speed: nothing of it is lost, its link stays, and nobody else notices.</summary>
public sealed class BudgetTests : IDisposable
{
    private const string PingRequest = "C000";
    private const string PingResponse = "D000";

    private readonly TestCertificates _authority = new();
    private readonly TemporaryFolder _folder = new();

    /// <summary>No limit on bytes; ten publishes at once and then one a second.</summary>
    private static MqttSendingBudget OneASecond => new() { BytesPerSecond = 0, MessagesPerSecond = 1, BurstMessages = 10, IncludesLoopback = true };

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(MqttTransport.Tcp)]
    [InlineData(MqttTransport.Tls)]
    [InlineData(MqttTransport.WebSocket)]
    [InlineData(MqttTransport.WebSocketOverTls)]
    public async Task Device_beyond_its_budget_is_read_at_its_speed_and_loses_nothing(MqttTransport transport)
    {
        const int Messages = 3000;
        var log = new RecordedLog<MqttListener>();
        var hook = new RecordingHook("r/") { AcknowledgeEachTurn = true };
        var server = TestCertificates.WritePem(_authority.Server(), _folder.Path, "server");
        var options = new MqttListenerOptions
        {
            Tls = new MqttTlsOptions { CertificateFile = server.Certificate, KeyFile = server.Key },
            Budget = new MqttSendingBudget { BytesPerSecond = 1_000_000, BurstBytes = 100_000, MessagesPerSecond = 1000, BurstMessages = 500, IncludesLoopback = true },
        };
        await using var broker = await Broker.StartEverywhereAsync(options, log, hook);
        using var peer = await ConnectAsync(broker, transport);
        peer.SendConnect("flooder", version: 4);
        peer.ReadPacket()[3].ShouldBe((byte)0);
        var watch = Stopwatch.StartNew();
        var sending = Task.Run(() => Flood(peer, "r/flooder", Messages));
        for (var id = 1; id <= Messages; id++)
        {
            peer.ReadHex().ShouldBe($"4002{id:X4}");
        }

        watch.Elapsed.TotalSeconds.ShouldBeGreaterThan((Messages - 500) / 1000.0 - 0.1, "beyond the burst it comes at the speed of the budget");
        await sending;
        hook.Taken.Select(taken => taken.Payload).ShouldBe(Enumerable.Range(1, Messages).Select(PayloadOf), "in order, once each");
        var counters = broker.Listener.Counters;
        counters.BudgetHolds.ShouldBeGreaterThan(0);
        counters.BudgetBytes.ShouldBeGreaterThan(0);
        counters.ConnectionsCut.ShouldBe(0);
        log.Lines.Count(line => line.Contains("more than its budget", StringComparison.Ordinal)).ShouldBe(1, "one line an episode");
        log.Lines.ShouldContain(line => line.Contains("'flooder' sends more than its budget", StringComparison.Ordinal));
        await Eventually.TrueAsync("it is held no longer", () => broker.Listener.Counters.BudgetHeld == 0);
    }

    [Fact]
    public async Task Others_go_on_at_their_speed_while_one_is_held()
    {
        const int Others = 50;
        const int Each = 10;
        var hook = new RecordingHook("r/") { AcknowledgeEachTurn = true };
        await using var broker = await Broker.StartAsync(hook, new MqttListenerOptions { Budget = OneASecond });
        using var flooder = RawPeer.ConnectAs(broker.Port, "flooder", version: 4);
        var watch = Stopwatch.StartNew();
        Flood(flooder, "r/flooder", 2000);
        await Eventually.TrueAsync("the flooder is held", () => broker.Listener.Counters.BudgetHeld == 1);
        for (var other = 0; other < Others; other++)
        {
            using var peer = RawPeer.ConnectAs(broker.Port, $"t{other}", version: 4);
            for (var id = 1; id <= Each; id++)
            {
                peer.Publish($"r/t{other}", "x", qos: 1, id: id, version: 4);
                peer.ReadHex().ShouldBe($"4002{id:X4}");
            }
        }

        var flooded = hook.Taken.Count(taken => taken.ClientId == "flooder");
        ((double)flooded).ShouldBeLessThanOrEqualTo(10 + watch.Elapsed.TotalSeconds + 1);
        hook.Taken.Count.ShouldBeGreaterThanOrEqualTo((Others * Each) + flooded);
    }

    [Fact]
    public async Task Held_connection_is_not_silent_and_hears_what_it_is_sent()
    {
        // Holds of four to eight seconds, twenty in all, with a keep-alive that allows one and a half.
        const int Messages = 5;
        var budget = new MqttSendingBudget { BytesPerSecond = 16 * 1024, BurstBytes = 1000, MessagesPerSecond = 0, IncludesLoopback = true };
        await using var broker = await Broker.StartAsync(options: new MqttListenerOptions { Budget = budget });
        using var peer = RawPeer.ConnectAs(broker.Port, "truck", version: 4, keepAlive: 1);
        peer.Subscribe("acks/truck", qos: 0, version: 4);
        for (var id = 1; id <= Messages; id++)
        {
            peer.Publish("r/truck", new string('x', 64 * 1024), qos: 1, id: id, version: 4);
        }

        peer.SendHex(PingRequest);
        await Eventually.TrueAsync("it is held", () => broker.Listener.Counters.BudgetHeld == 1);
        await broker.Listener.PublishAsync(new MqttMessage { Topic = "acks/truck", Payload = "mark"u8.ToArray() }, TestContext.Current.CancellationToken);
        var heard = new List<string>();
        while (heard.Count < Messages + 2)
        {
            heard.Add(peer.ReadHex());
        }

        var mark = heard.FindIndex(packet => packet.StartsWith("30", StringComparison.Ordinal));
        mark.ShouldBeInRange(0, heard.IndexOf(PingResponse), "the mark goes out while nothing is read; the ping behind what was sent is read and answered at last");
        broker.Listener.Counters.ConnectionsCut.ShouldBe(0);
    }

    [Fact]
    public async Task Device_that_has_proven_its_name_has_one_budget_over_all_its_connections()
    {
        var hook = new RecordingHook("r/") { AcknowledgeEachTurn = true };
        await using var broker = await StartWithPasswordsAsync(hook, OneASecond with { IncludesLoopback = false });
        var watch = Stopwatch.StartNew();
        using var first = LogIn(broker, "c1", "bob");
        Flood(first, "r/bob", 100);
        await Eventually.TrueAsync("it is held", () => broker.Listener.Counters.BudgetHeld == 1);
        for (var i = 2; i < 12; i++)
        {
            using var next = LogIn(broker, $"c{i}", "bob");
            Flood(next, "r/bob", 100);
        }

        await Eventually.TrueAsync("those that went are gone", () => broker.Listener.Counters.Connections == 1);
        using var alice = LogIn(broker, "a1", "alice");
        Flood(alice, "r/alice", 10);
        for (var id = 1; id <= 10; id++)
        {
            alice.ReadHex().ShouldBe($"4002{id:X4}", "another device has its own");
        }

        // A burst, one a second since, and the one that spends it for each connection.
        var taken = hook.Taken.Count(taken => taken.Topic == "r/bob");
        ((double)taken).ShouldBeLessThanOrEqualTo(10 + watch.Elapsed.TotalSeconds + 11);
    }

    [Fact]
    public async Task Program_of_this_machine_without_a_name_has_no_budget_unless_it_is_said()
    {
        var hook = new RecordingHook("r/") { AcknowledgeEachTurn = true };
        await using var broker = await Broker.StartAsync(hook, new MqttListenerOptions { Budget = OneASecond with { IncludesLoopback = false } });
        using var peer = RawPeer.ConnectAs(broker.Port, "dashboard", version: 4);
        Flood(peer, "r/dashboard", 2000);
        for (var id = 1; id <= 2000; id++)
        {
            peer.ReadHex().ShouldBe($"4002{id:X4}");
        }

        broker.Listener.Counters.BudgetHolds.ShouldBe(0);
    }

    [Fact]
    public async Task Connection_that_ends_while_it_is_held_is_counted_no_longer()
    {
        await using var broker = await Broker.StartAsync(new RecordingHook("r/"), new MqttListenerOptions { Budget = OneASecond });
        using var peer = RawPeer.ConnectAs(broker.Port, "flooder", version: 4);
        Flood(peer, "r/flooder", 100);
        await Eventually.TrueAsync("it is held", () => broker.Listener.Counters.BudgetHeld == 1);
        peer.Reset();
        await Eventually.TrueAsync("it is gone", () => broker.Listener.Counters is { Connections: 0, BudgetHeld: 0 });
    }

    private static void Flood(RawPeer peer, string topic, int messages)
    {
        for (var id = 1; id <= messages; id++)
        {
            peer.Publish(topic, PayloadOf(id), qos: 1, id: id, version: 4);
        }
    }

    private static string PayloadOf(int id) => $"{id}:{new string('x', 100)}";

    private static async Task<RawPeer> ConnectAsync(Broker broker, MqttTransport transport) => transport switch
    {
        MqttTransport.Tcp => RawPeer.Connect(broker.PortOf(transport)),
        MqttTransport.Tls => RawPeer.ConnectTls(broker.PortOf(transport)),
        _ => await RawPeer.ConnectWebSocketAsync(new Uri($"{(transport == MqttTransport.WebSocket ? "ws" : "wss")}://localhost:{broker.PortOf(transport)}/mqtt")),
    };

    private Task<Broker> StartWithPasswordsAsync(RecordingHook hook, MqttSendingBudget budget)
    {
        byte[] salt = [1, 2, 3, 4, 5, 6, 7, 8];
        var hash = Convert.ToBase64String(Rfc2898DeriveBytes.Pbkdf2("secret", salt, 100, HashAlgorithmName.SHA512, 64));
        File.WriteAllLines(_folder.Combine("passwords"), new[] { "bob", "alice" }.Select(name => $"{name}:$7$100${Convert.ToBase64String(salt)}${hash}"));
        return Broker.StartAsync(hook, new MqttListenerOptions { PasswordFile = _folder.Combine("passwords"), Budget = budget, ConnectTimeout = TimeSpan.FromMinutes(10) });
    }

    private static RawPeer LogIn(Broker broker, string id, string name)
    {
        byte[] body =
        [
            0, 4, .. "MQTT"u8, 4, 0xC2, 0, 0, 0, (byte)id.Length, .. Encoding.UTF8.GetBytes(id),
            0, (byte)name.Length, .. Encoding.UTF8.GetBytes(name), 0, 6, .. "secret"u8,
        ];
        var peer = broker.Raw();
        peer.Send([0x10, (byte)body.Length, .. body]);
        peer.ReadPacket()[3].ShouldBe((byte)0);
        return peer;
    }
}
