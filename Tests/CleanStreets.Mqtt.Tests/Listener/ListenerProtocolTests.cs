using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Listener;

public sealed class ListenerProtocolTests
{
    [Fact]
    public async Task Take_over_sends_the_earlier_connection_away_with_its_reason()
    {
        await using var broker = await Broker.StartAsync();
        using var first = RawPeer.ConnectAs(broker.Port, "same");
        using var second = RawPeer.ConnectAs(broker.Port, "same");
        first.ReadHex().ShouldBe("E0018E", "[MQTT-3.1.4-3]");
        first.ReadPacket().ShouldBeEmpty();
        second.SendHex("C000");
        second.ReadHex().ShouldBe("D000");
    }

    [Fact]
    public async Task Packet_above_the_maximum_is_answered_before_it_has_arrived()
    {
        await using var broker = await Broker.StartAsync(options: new MqttListenerOptions { MaximumPacketSize = 1000 });
        using var modern = RawPeer.ConnectAs(broker.Port, "a");
        modern.SendHex("30 FFFFFF7F");
        modern.ReadHex().ShouldBe("E00195");
        modern.ReadPacket().ShouldBeEmpty();
        using var old = RawPeer.ConnectAs(broker.Port, "b", version: 4);
        old.SendHex("30 FFFFFF7F");
        old.ReadPacket().ShouldBeEmpty();
    }

    [Fact]
    public async Task Retained_message_waits_for_later_subscribers_until_it_is_cleared()
    {
        await using var broker = await Broker.StartAsync();
        using var peer = RawPeer.ConnectAs(broker.Port, "p", version: 4);
        peer.Publish("s/1", "x", retain: true, version: 4);
        peer.Publish("s/2", "y", qos: 1, id: 1, retain: true, version: 4);
        peer.ReadHex().ShouldBe("40020001");
        peer.SendHex("82 08 0001 0003 732F2B 00");
        peer.ReadHex().ShouldBe("9003000100", "the SUBACK comes first");
        new[] { peer.ReadHex(), peer.ReadHex() }.Order(StringComparer.Ordinal).ShouldBe(["31060003732F3178", "31060003732F3279"]);
        broker.Listener.Counters.RetainedMessages.ShouldBe(2);

        peer.Publish("s/1", "", qos: 1, id: 2, retain: true, version: 4);
        new[] { peer.ReadHex(), peer.ReadHex() }.ShouldBe(["30050003732F31", "40020002"], ignoreOrder: true);
        broker.Listener.Counters.RetainedMessages.ShouldBe(1, "[MQTT-3.3.1-6]");
    }

    [Fact]
    public async Task Publishes_above_receive_maximum_cut_the_connection()
    {
        var hook = new RecordingHook("r/");
        await using var broker = await Broker.StartAsync(hook, new MqttListenerOptions { ReceiveMaximum = 2 });
        using var peer = RawPeer.ConnectAs(broker.Port, "t");
        for (var id = 1; id <= 3; id++)
        {
            peer.Publish("r/t", "x", qos: 1, id: id);
        }

        peer.ReadHex().ShouldBe("E00193", "[MQTT-3.3.4-7]");
    }

    [Fact]
    public async Task Exactly_once_is_acknowledged_in_four_steps_and_routed_once()
    {
        await using var broker = await Broker.StartAsync();
        using var subscriber = RawPeer.ConnectAs(broker.Port, "s", version: 4);
        subscriber.SendHex("82 06 0001 0001 61 02");
        subscriber.ReadHex().ShouldBe("9003000102");
        using var peer = RawPeer.ConnectAs(broker.Port, "p", version: 4);
        peer.Publish("a", "x", qos: 2, id: 5, version: 4);
        peer.ReadHex().ShouldBe("50020005");
        peer.SendHex("3C 06 0001 61 0005 78");
        peer.ReadHex().ShouldBe("50020005", "[MQTT-4.3.3-10] sent again");
        peer.SendHex("62020005");
        peer.ReadHex().ShouldBe("70020005");

        subscriber.ReadHex().ShouldBe("3406000161000178");
        subscriber.SendHex("50020001");
        subscriber.ReadHex().ShouldBe("62020001");
        subscriber.SendHex("70020001 C000");
        subscriber.ReadHex().ShouldBe("D000", "routed once only");
    }

    [Fact]
    public async Task Silence_beyond_the_keep_alive_ends_the_connection_and_says_the_will()
    {
        await using var broker = await Broker.StartAsync();
        using var watcher = RawPeer.ConnectAs(broker.Port, "w", version: 4);
        watcher.SendHex("82 06 0001 0001 23 00");
        watcher.ReadHex();
        using var silent = broker.Raw();
        silent.SendConnect("silent", keepAlive: 1, flags: 6, will: [0, 0, 1, (byte)'w', 0, 1, (byte)'x']);
        silent.ReadPacket()[0].ShouldBe((byte)0x20);
        silent.ReadHex().ShouldBe("E0018D", "[MQTT-3.1.2-22]");
        watcher.ReadHex().ShouldBe("300400017778");
    }

    [Fact]
    public async Task Connection_that_says_nothing_is_cut_after_the_stated_time()
    {
        await using var broker = await Broker.StartAsync(options: new MqttListenerOptions { ConnectTimeout = TimeSpan.FromMilliseconds(300) });
        using var peer = broker.Raw();
        peer.ReadPacket().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("F0 00", "E001 82")]
    [InlineData("30 07 0001 61 03 230021", "E001 94")]
    [InlineData("30 06 0000 03 230001", "E001 82")]
    [InlineData("32 08 0002 2461 0001 00 78", "4003 0001 90")]
    public async Task What_is_not_supported_is_refused_with_the_protocols_code(string said, string answer)
    {
        await using var broker = await Broker.StartAsync();
        using var peer = RawPeer.ConnectAs(broker.Port, "p");
        peer.SendHex(said);
        peer.ReadHex().ShouldBe(answer.Replace(" ", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connect_with_enhanced_authentication_is_refused()
    {
        await using var broker = await Broker.StartAsync();
        using var modern = broker.Raw();
        modern.SendConnect("a", properties: "15000158");
        modern.ReadHex().ShouldBe("2003008C00");
    }

    [Fact]
    public async Task Subscriber_that_does_not_read_slows_nobody_and_costs_bounded_memory()
    {
        await using var broker = await Broker.StartAsync(options: new MqttListenerOptions { MaxOutgoingBytes = 64 * 1024 });
        using var stuck = RawPeer.ConnectAs(broker.Port, "stuck", version: 4);
        stuck.SendHex("82 06 0001 0001 61 01");
        stuck.ReadHex().ShouldBe("9003000101");
        using var lazy = RawPeer.ConnectAs(broker.Port, "lazy", version: 4);
        lazy.SendHex("82 06 0001 0001 61 00");
        lazy.ReadHex().ShouldBe("9003000100");
        using var peer = RawPeer.ConnectAs(broker.Port, "p", version: 4);
        var payload = new string('x', 50_000);
        for (var id = 1; id <= 2000 && broker.Listener.Counters is { ConnectionsCut: 0 } or { MessagesDropped: 0 }; id++)
        {
            peer.Publish("a", payload, qos: 1, id: id, version: 4);
            peer.ReadHex().ShouldBe($"4002{id:X4}");
        }

        await Eventually.TrueAsync("the QoS 1 subscriber is cut", () => broker.Listener.Counters.ConnectionsCut == 1);
        broker.Listener.Counters.MessagesDropped.ShouldBeGreaterThan(0, "QoS 0 is dropped and counted");
        peer.SendHex("C000");
        peer.ReadHex().ShouldBe("D000");
    }

    [Fact]
    public async Task Port_in_use_is_one_clear_sentence()
    {
        await using var broker = await Broker.StartAsync();
        var refused = await Should.ThrowAsync<MqttListenerException>(() => Broker.StartAsync(port: broker.Port));
        refused.Message.ShouldBe($"Cannot listen for MQTT on 127.0.0.1:{broker.Port}: another program uses this port.");
    }

    [Fact]
    public async Task Random_bytes_from_many_peers_do_not_stop_the_listener()
    {
        var seed = Environment.TickCount;
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var random = new Random(seed);
        await using var broker = await Broker.StartAsync();
        for (var i = 0; i < 100; i++)
        {
            using var peer = i % 2 == 0 ? broker.Raw() : RawPeer.ConnectAs(broker.Port, $"f{i}", version: i % 4 == 1 ? 4 : 5);
            var bytes = new byte[random.Next(1, 500)];
            random.NextBytes(bytes);
            peer.Send(bytes);
        }

        using var last = RawPeer.ConnectAs(broker.Port, "last", version: 4);
        last.Publish("a", "x", qos: 1, id: 1, version: 4);
        last.ReadHex().ShouldBe("40020001");
    }
}
