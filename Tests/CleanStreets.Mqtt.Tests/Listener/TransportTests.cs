using System.Net.WebSockets;
using System.Text;
using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>TLS and WebSocket carry the same MQTT as plain TCP, and whoever misuses them hurts nobody else.</summary>
public sealed class TransportTests : IDisposable
{
    private readonly TestCertificates _authority = new();
    private readonly TemporaryFolder _folder = new();

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
    public async Task Every_transport_carries_small_and_large_packets_both_ways(MqttTransport transport)
    {
        await using var broker = await StartAsync();
        using var peer = await ConnectAsync(broker, transport);
        peer.SendConnect("p");
        peer.ReadPacket()[3].ShouldBe((byte)0);
        peer.Subscribe("a", qos: 1, 5);
        var large = new string('x', 900_000);
        peer.Publish("a", "small", qos: 0);
        peer.Publish("a", large, qos: 0);
        peer.ReadPublish(5).Payload.ShouldBe("small");
        peer.ReadPublish(5).Payload.ShouldBe(large);
    }

    [Theory]
    [InlineData(MqttTransport.Tls)]
    [InlineData(MqttTransport.WebSocketOverTls)]
    public async Task Last_word_leaves_through_every_layer_when_the_listener_stops(MqttTransport transport)
    {
        var clock = new StandingClock(); // The last word has two seconds to leave, which a stalled machine may need for itself.
        await using var broker = await StartAsync(time: clock);
        using var peer = await ConnectAsync(broker, transport);
        peer.SendConnect("p");
        peer.ReadPacket()[3].ShouldBe((byte)0);
        var stopping = broker.Listener.StopAsync(TestContext.Current.CancellationToken);
        peer.ReadHex().ShouldBe("E0018B");
        peer.ReadPacket().ShouldBeEmpty();
        await Eventually.TrueAsync("the listener has stopped", () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return stopping.IsCompleted;
        });
        await stopping;
    }

    [Fact]
    public async Task WebSocket_frames_may_split_and_share_packets()
    {
        // [MQTT-6.0.0-2]
        await using var broker = await StartAsync();
        using var peer = await ConnectAsync(broker, MqttTransport.WebSocket);
        byte[] connect = [0x10, 14, 0, 4, .. "MQTT"u8, 5, 2, 0, 0, 0, 0, 1, (byte)'p'];
        peer.Send(connect[..5]);
        peer.Send();
        peer.Send([.. connect[5..], 0xC0, 0, 0xC0]);
        peer.Send(0);
        peer.ReadPacket()[3].ShouldBe((byte)0);
        peer.ReadHex().ShouldBe("D000");
        peer.ReadHex().ShouldBe("D000");
    }

    [Fact]
    public async Task Text_frame_closes_the_connection()
    {
        // [MQTT-6.0.0-1]
        await using var broker = await StartAsync();
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("mqtt");
        await socket.ConnectAsync(Address(broker, MqttTransport.WebSocket), TestContext.Current.CancellationToken);
        socket.SubProtocol.ShouldBe("mqtt", "[MQTT-6.0.0-4]");
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);
        var answer = await socket.ReceiveAsync(new byte[100], TestContext.Current.CancellationToken);
        (answer.MessageType, answer.CloseStatus).ShouldBe((WebSocketMessageType.Close, WebSocketCloseStatus.InvalidMessageType));
        await Eventually.TrueAsync("the connection is gone", () => broker.Listener.Counters.Connections == 0);
    }

    [Theory]
    [InlineData("/mqtt", "mqttv3.1", null, 400)]
    [InlineData("/mqtt", null, null, 400)]
    [InlineData("/", "mqtt", null, 404)]
    [InlineData("/mqtt", "mqtt", "http://evil.example", 403)]
    [InlineData("/mqtt", "mqtt", "null", 403)]
    [InlineData("/mqtt", "mqtt", "http://localhost:8080", 101)]
    [InlineData("/mqtt", "mqtt", "https://city.example", 101)]
    public async Task WebSocket_is_opened_only_for_mqtt_and_for_pages_that_may(string path, string? protocol, string? origin, int status)
    {
        await using var broker = await StartAsync(options => options with { WebSocketOrigins = ["https://city.example"] });
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (protocol is not null)
        {
            socket.Options.AddSubProtocol(protocol);
        }

        if (origin is not null)
        {
            socket.Options.SetRequestHeader("Origin", origin);
        }

        try
        {
            await socket.ConnectAsync(new Uri(Address(broker, MqttTransport.WebSocket), path), TestContext.Current.CancellationToken);
        }
        catch (WebSocketException)
        {
            // The status says it.
        }

        ((int)socket.HttpStatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task Silent_and_garbled_handshakes_lose_their_place_and_others_are_served()
    {
        // The clock stands while the innocent one connects: its machine may take its time.
        var clock = new StandingClock();
        await using var broker = await StartAsync(options => options with { MaxHandshakes = 2 }, time: clock);
        var port = broker.PortOf(MqttTransport.Tls);
        using var silent = RawPeer.Connect(port);
        using var slow = RawPeer.Connect(port);
        slow.Send(0x16, 3, 1);
        await Eventually.TrueAsync("one of them has had its time", () =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            return broker.Listener.Counters.HandshakesFailed > 0;
        });
        using var garbled = RawPeer.Connect(port);
        garbled.Send([.. "GET / HTTP/1.1\r\n\r\n"u8]);
        using var peer = RawPeer.ConnectTls(port);
        peer.SendConnect("p");
        peer.ReadPacket()[3].ShouldBe((byte)0);
        await Eventually.TrueAsync("all three are counted", () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return broker.Listener.Counters.HandshakesFailed == 3;
        });
        silent.ReadPacket().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(MqttTransport.Tls)]
    [InlineData(MqttTransport.WebSocket)]
    [InlineData(MqttTransport.WebSocketOverTls)]
    public async Task Connections_from_one_address_are_counted_before_their_handshake_and_gone_ones_make_room(MqttTransport transport)
    {
        await using var broker = await StartAsync(options => options with { MaxConnectionsPerAddress = 3, ConnectTimeout = TimeSpan.FromMinutes(10) });
        var silent = RawPeer.Connect(broker.PortOf(transport));
        using var plain = RawPeer.ConnectAs(broker.Port, "plain");
        using var peer = await ConnectAsync(broker, transport);
        peer.SendConnect("p");
        peer.ReadPacket()[3].ShouldBe((byte)0);
        using (var fourth = RawPeer.Connect(broker.PortOf(transport)))
        using (var fifth = RawPeer.Connect(broker.Port))
        {
            fourth.ReadPacket().ShouldBeEmpty("closed at once, though it has said nothing");
            fifth.ReadPacket().ShouldBeEmpty("all transports count together");
        }

        silent.Dispose();
        await Eventually.TrueAsync("its place is free", () => broker.Listener.Counters.HandshakesFailed == 1);
        using var again = await Eventually.GetAsync("somebody is let in again", async () =>
        {
            try
            {
                return await ConnectAsync(broker, transport);
            }
            catch (Exception exception) when (exception is IOException or WebSocketException)
            {
                return null; // The failed handshake is counted a moment before its place is free.
            }
        });
        again.SendConnect("again");
        again.ReadPacket()[3].ShouldBe((byte)0);
    }

    [Fact]
    public async Task Endless_and_hasty_upgrade_requests_are_refused()
    {
        await using var broker = await StartAsync();
        using var endless = RawPeer.Connect(broker.PortOf(MqttTransport.WebSocket));
        endless.Send([.. "GET /mqtt HTTP/1.1\r\nX: "u8, .. new byte[8 * 1024]]);
        endless.ReadText().ShouldStartWith("HTTP/1.1 431 ");
        using var hasty = RawPeer.Connect(broker.PortOf(MqttTransport.WebSocket));
        hasty.Send([.. Encoding.ASCII.GetBytes(UpgradeTests.Good + "\r\n\r\n"), 0x82, 0x80, 0, 0, 0, 0]);
        hasty.ReadText().ShouldStartWith("HTTP/1.1 400 ");
    }

    [Theory]
    [InlineData(MqttTransport.Tcp)]
    [InlineData(MqttTransport.Tls)]
    [InlineData(MqttTransport.WebSocketOverTls)]
    public async Task Publisher_that_was_not_read_for_a_while_is_read_on_where_it_stopped(MqttTransport transport)
    {
        const int Messages = 300;
        var hook = new RecordingHook("r/");
        await using var broker = await StartAsync(options => options with { MaxUnacknowledgedBytes = 50_000 }, hook);
        using var peer = await ConnectAsync(broker, transport);
        peer.SendConnect("t", version: 4);
        peer.ReadHex().ShouldBe("20020000");
        var sending = Task.Run(() => Enumerable.Range(1, Messages).ToList().ForEach(id => peer.Publish("r/t", new string('x', 2000), qos: 1, id: id, version: 4)));
        for (var acknowledged = 0; acknowledged < Messages;)
        {
            await Eventually.TrueAsync("reading goes on", () => !hook.Tokens.IsEmpty);
            while (hook.Tokens.TryDequeue(out var token))
            {
                acknowledged++;
                broker.Listener.Acknowledge([token]);
            }
        }

        await sending;
        for (var id = 1; id <= Messages; id++)
        {
            peer.ReadHex().ShouldBe($"4002{id:X4}");
        }
    }

    [Fact]
    public async Task Tls_records_of_one_byte_each_are_read_like_any_others()
    {
        const int Pings = 2000;
        await using var broker = await StartAsync();
        using var peer = await ConnectAsync(broker, MqttTransport.Tls);
        peer.SendConnect("p");
        peer.ReadPacket()[3].ShouldBe((byte)0);
        var sending = Task.Run(() =>
        {
            for (var i = 0; i < Pings; i++)
            {
                peer.Send(0xC0);
                peer.Send(0);
            }
        });
        for (var i = 0; i < Pings; i++)
        {
            peer.ReadHex().ShouldBe("D000");
        }

        await sending;
    }

    [Theory]
    [InlineData(MqttTransport.Tcp)]
    [InlineData(MqttTransport.Tls)]
    [InlineData(MqttTransport.WebSocketOverTls)]
    public async Task Subscriber_that_reads_late_hears_everything_whole(MqttTransport transport)
    {
        const int Messages = 60;
        await using var broker = await StartAsync();
        using var late = await ConnectAsync(broker, transport);
        late.SendConnect("late");
        late.ReadPacket()[3].ShouldBe((byte)0);
        late.Subscribe("a", qos: 1, 5);
        using var publisher = RawPeer.ConnectAs(broker.Port, "publisher");
        for (var id = 1; id <= Messages; id++)
        {
            publisher.Publish("a", new string((char)('0' + id), 60_000), qos: 1, id: id); // 3.6 MB: more than the kernel holds, less than MaxOutgoingBytes.
            publisher.ReadPacket()[0].ShouldBe((byte)0x40);
        }

        for (var id = 1; id <= Messages; id++)
        {
            late.ReadPublish(5).Payload.ShouldBe(new string((char)('0' + id), 60_000));
        }
    }

    [Theory]
    [InlineData(MqttTransport.Tls)]
    [InlineData(MqttTransport.WebSocket)]
    public async Task Subscriber_that_stops_reading_is_cut_and_slows_nobody(MqttTransport transport)
    {
        await using var broker = await StartAsync(options => options with { MaxOutgoingBytes = 64 * 1024 });
        using var stuck = await ConnectAsync(broker, transport);
        stuck.SendConnect("stuck");
        stuck.ReadPacket()[3].ShouldBe((byte)0);
        stuck.Subscribe("a", qos: 1, 5);
        using var publisher = RawPeer.ConnectAs(broker.Port, "publisher");
        using var reader = RawPeer.ConnectAs(broker.Port, "reader");
        reader.Subscribe("a", qos: 0, 5);
        var payload = new string('x', 60_000);
        for (var i = 1; broker.Listener.Counters.ConnectionsCut == 0; i++)
        {
            i.ShouldBeLessThan(1000, "bounded: what the kernel holds on both sides and MaxOutgoingBytes");
            publisher.Publish("a", payload, qos: 1, id: i);
            reader.ReadPublish(5).Payload.Length.ShouldBe(payload.Length);
            publisher.ReadPacket();
        }

        broker.Listener.Counters.CutByReason.Keys.ShouldContain(MqttReasonCode.QuotaExceeded);
        await Eventually.TrueAsync("its link is gone too", () => broker.Listener.Counters.Connections == 2);
    }

    [Fact]
    public void Encrypted_endpoint_without_certificate_is_refused() => Should.Throw<ArgumentException>(() => Broker.StartEverywhereAsync(new MqttListenerOptions()));

    private Task<Broker> StartAsync(Func<MqttListenerOptions, MqttListenerOptions>? change = null, IPublishHook? hook = null, TimeProvider? time = null)
    {
        var server = TestCertificates.WritePem(_authority.Server(), _folder.Path, "server");
        var options = new MqttListenerOptions { Tls = new MqttTlsOptions { CertificateFile = server.Certificate, KeyFile = server.Key } };
        return Broker.StartEverywhereAsync(change is null ? options : change(options), hook: hook, time: time);
    }

    private static Uri Address(Broker broker, MqttTransport transport) =>
        new($"{(transport == MqttTransport.WebSocket ? "ws" : "wss")}://localhost:{broker.PortOf(transport)}/mqtt");

    private static async Task<RawPeer> ConnectAsync(Broker broker, MqttTransport transport) => transport switch
    {
        MqttTransport.Tcp => RawPeer.Connect(broker.PortOf(transport)),
        MqttTransport.Tls => RawPeer.ConnectTls(broker.PortOf(transport)),
        _ => await RawPeer.ConnectWebSocketAsync(Address(broker, transport)),
    };
}
