using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>Sessions that outlive their connection, on the wire.</summary>
public sealed class SessionTests
{
    private const string OneHour = "1100000E10";

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Session_keeps_subscription_and_messages_while_its_client_is_away(int version)
    {
        await using var broker = await Broker.StartAsync();
        using (var first = Lasting(broker, "s", version, present: false))
        {
            first.Subscribe("a", qos: 1, version);
        }

        await AwayAsync(broker);
        using var publisher = RawPeer.ConnectAs(broker.Port, "p", version: 4);
        publisher.Publish("a", "lost", qos: 0, version: 4);
        publisher.Publish("a", "1", qos: 1, id: 1, version: 4);
        publisher.Publish("a", "2", qos: 2, id: 2, version: 4);
        publisher.ReadHex().ShouldBe("40020001");
        publisher.ReadHex().ShouldBe("50020002");

        using var again = Lasting(broker, "s", version, present: true); // [MQTT-3.1.2-5] [MQTT-3.2.2-3]
        again.ReadPublish(version).ShouldBe(new Heard("a", "1", QualityOfService.AtLeastOnce, Duplicate: false, 1));
        again.ReadPublish(version).ShouldBe(new Heard("a", "2", QualityOfService.AtLeastOnce, Duplicate: false, 2));
    }

    [Fact]
    public async Task Unacknowledged_messages_come_again_in_order_with_dup_and_their_identifiers()
    {
        await using var broker = await Broker.StartAsync();
        using var publisher = RawPeer.ConnectAs(broker.Port, "p", version: 4);
        using (var first = Lasting(broker, "s", 4, present: false))
        {
            first.Subscribe("a", qos: 2, 4);
            publisher.Publish("a", "1", qos: 1, id: 1, version: 4);
            publisher.Publish("a", "2", qos: 2, id: 2, version: 4);
            publisher.Publish("a", "3", qos: 2, id: 3, version: 4);
            for (var i = 1; i <= 3; i++)
            {
                first.ReadPublish(4).Payload.ShouldBe($"{i}");
            }

            first.SendHex("50020002"); // PUBREC of the second.
            first.ReadHex().ShouldBe("62020002");
        }

        using var again = Lasting(broker, "s", 4, present: true);
        again.ReadPublish(4).ShouldBe(new Heard("a", "1", QualityOfService.AtLeastOnce, Duplicate: true, 1), "[MQTT-4.4.0-1] [MQTT-4.6.0-1]");
        again.ReadHex().ShouldBe("62020002", "the second was received: only its PUBREL comes again [MQTT-4.3.3-7]");
        again.ReadPublish(4).ShouldBe(new Heard("a", "3", QualityOfService.ExactlyOnce, Duplicate: true, 3));
        again.SendHex("40020001 70020002 50020003");
        again.ReadHex().ShouldBe("62020003");
        again.SendHex("70020003 C000");
        again.ReadHex().ShouldBe("D000");
    }

    [Fact]
    public async Task Receive_maximum_of_the_new_connection_holds_for_what_comes_again()
    {
        await using var broker = await Broker.StartAsync();
        using var publisher = RawPeer.ConnectAs(broker.Port, "p");
        using (var first = Lasting(broker, "s", 5, present: false))
        {
            first.Subscribe("a", qos: 1, 5);
            for (var id = 1; id <= 3; id++)
            {
                publisher.Publish("a", $"{id}", qos: 1, id: id);
                first.ReadPublish(5);
            }
        }

        await AwayAsync(broker, connections: 1);
        publisher.Publish("a", "4", qos: 1, id: 4);
        using var again = RawPeer.Connect(broker.Port);
        again.SendConnect("s", flags: 0, properties: OneHour + "210001");
        again.ReadPacket()[2].ShouldBe((byte)1);
        for (var id = 1; id <= 4; id++)
        {
            var heard = again.ReadPublish(5);
            (heard.Payload, heard.Duplicate).ShouldBe(($"{id}", id < 4));
            again.SendHex("C000");
            again.ReadHex().ShouldBe("D000", "nothing more may come before the PUBACK [MQTT-3.3.4-9]");
            again.SendHex($"4002{heard.PacketId:X4}");
        }
    }

    [Fact]
    public async Task Clean_start_forgets_the_session()
    {
        await using var broker = await Broker.StartAsync();
        using (var first = Lasting(broker, "s", 5, present: false))
        {
            first.Subscribe("a", qos: 1, 5);
        }

        await AwayAsync(broker);
        using (RawPeer.ConnectAs(broker.Port, "s", properties: OneHour))
        {
            // [MQTT-3.1.2-4] [MQTT-3.2.2-2]
        }

        await AwayAsync(broker);
        using var publisher = RawPeer.ConnectAs(broker.Port, "p");
        publisher.Publish("a", "x", qos: 1, id: 1);
        publisher.ReadPacket();
        using var again = Lasting(broker, "s", 5, present: true);
        again.SendHex("C000");
        again.ReadHex().ShouldBe("D000");
    }

    [Theory]
    [InlineData("1100000001", "")]
    [InlineData("1100000E10", "00051100000000")]
    public async Task Session_ends_when_its_time_is_over(string connect, string disconnect)
    {
        await using var broker = await Broker.StartAsync();
        using (var first = RawPeer.ConnectAs(broker.Port, "s", properties: connect))
        {
            first.SendHex(disconnect.Length == 0 ? "E000" : $"E007{disconnect}");
            first.ReadPacket().ShouldBeEmpty();
        }

        await Eventually.TrueAsync("the session has ended", () => broker.Listener.Counters.Sessions == 0);
        Lasting(broker, "s", 5, present: false).Dispose(); // [MQTT-3.2.2-3]
    }

    [Fact]
    public async Task Client_without_session_cannot_get_one_by_its_disconnect()
    {
        await using var broker = await Broker.StartAsync();
        using var peer = RawPeer.ConnectAs(broker.Port, "s");
        peer.SendHex("E007 00 05 1100000E10");
        peer.ReadHex().ShouldBe("E00182", "§3.14.2.2.2");
    }

    [Fact]
    public async Task Queue_of_an_absent_client_is_bounded_and_counts_what_it_drops()
    {
        await using var broker = await Broker.StartAsync(options: new MqttListenerOptions { MaxOutgoingBytes = 2048 });
        using (var first = Lasting(broker, "s", 4, present: false))
        {
            first.Subscribe("a", qos: 1, 4);
        }

        await AwayAsync(broker);
        using var publisher = RawPeer.ConnectAs(broker.Port, "p", version: 4);
        var payload = new string('x', 435);
        for (var id = 1; id <= 6; id++)
        {
            publisher.Publish("a", $"{id:00000}{payload}", qos: 1, id: id, version: 4);
            publisher.ReadHex().ShouldBe($"4002{id:X4}");
        }

        broker.Listener.Counters.MessagesDropped.ShouldBe(2, "four of 505 bytes fit, the newest are dropped");
        using var again = Lasting(broker, "s", 4, present: true);
        for (var id = 1; id <= 4; id++)
        {
            var heard = again.ReadPublish(4);
            heard.Payload[..5].ShouldBe($"{id:00000}");
            again.SendHex($"4002{heard.PacketId:X4}");
        }

        again.SendHex("C000");
        again.ReadHex().ShouldBe("D000");
        publisher.Publish("a", "room again", qos: 1, id: 9, version: 4);
        again.ReadPublish(4).Payload.ShouldBe("room again");
    }

    [Fact]
    public async Task Message_that_expires_while_its_client_is_away_is_not_delivered()
    {
        await using var broker = await Broker.StartAsync();
        using (var first = Lasting(broker, "s", 5, present: false))
        {
            first.Subscribe("a", qos: 1, 5);
        }

        await AwayAsync(broker);
        using var publisher = RawPeer.ConnectAs(broker.Port, "p");
        publisher.SendHex("32 0C 0001 61 0001 05 0200000001 31"); // One second.
        publisher.Publish("a", "2", qos: 1, id: 2);
        using var observer = RawPeer.ConnectAs(broker.Port, "o");
        publisher.SendHex("33 0C 0001 62 0003 05 0200000001 31"); // Retained for as long, so that it can be seen to expire.
        publisher.ReadPacket();
        await Eventually.TrueAsync("a second has passed for the listener", () =>
        {
            observer.Subscribe("b", qos: 0, 5);
            observer.SendHex("C000");
            var isGone = observer.ReadHex() == "D000";
            return isGone || observer.ReadHex() != "D000";
        });
        using var again = Lasting(broker, "s", 5, present: true);
        again.ReadPublish(5).Payload.ShouldBe("2", "[MQTT-3.3.2-5]");
    }

    [Fact]
    public async Task Exactly_once_publish_is_known_across_connections()
    {
        await using var broker = await Broker.StartAsync();
        using var subscriber = RawPeer.ConnectAs(broker.Port, "s", version: 4);
        subscriber.Subscribe("a", qos: 2, 4);
        using (var first = Lasting(broker, "p", 4, present: false))
        {
            first.Publish("a", "x", qos: 2, id: 7, version: 4);
            first.ReadHex().ShouldBe("50020007");
        }

        using var again = Lasting(broker, "p", 4, present: true);
        again.SendHex("3C 06 0001 61 0007 78");
        again.ReadHex().ShouldBe("50020007");
        again.SendHex("62020007");
        again.ReadHex().ShouldBe("70020007");
        subscriber.ReadPublish(4).Payload.ShouldBe("x");
        subscriber.SendHex("C000");
        subscriber.ReadHex().ShouldBe("D000", "[MQTT-4.3.3-10] routed once");
    }

    [Fact]
    public async Task Take_over_keeps_the_session()
    {
        await using var broker = await Broker.StartAsync();
        using var first = Lasting(broker, "s", 5, present: false);
        first.Subscribe("a", qos: 1, 5);
        using var second = Lasting(broker, "s", 5, present: true);
        first.ReadHex().ShouldBe("E0018E");
        using var publisher = RawPeer.ConnectAs(broker.Port, "p");
        publisher.Publish("a", "x", qos: 1, id: 1);
        second.ReadPublish(5).Payload.ShouldBe("x");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Delayed_will_is_said_when_the_delay_is_over_unless_the_client_is_back(bool comesBack)
    {
        var clock = new StandingClock();
        await using var broker = await Broker.StartAsync(time: clock);
        using var watcher = RawPeer.ConnectAs(broker.Port, "w", version: 4);
        watcher.Subscribe("w", qos: 0, 4);
        var first = broker.Raw();
        byte[] will = [5, 0x18, 0, 0, 0, 1, 0, 1, (byte)'w', 0, 1, (byte)'x'];
        first.SendConnect("s", flags: 6, properties: OneHour, will: will);
        first.ReadPacket()[3].ShouldBe((byte)0);
        first.Reset();
        await AwayAsync(broker, connections: 1);
        watcher.SendHex("C000");
        watcher.ReadHex().ShouldBe("D000", "[MQTT-3.1.3-9] not before the delay");
        if (comesBack)
        {
            using var again = Lasting(broker, "s", 5, present: true);
            again.SendHex("E001" + "04"); // Goes again and asks for the will, but the new connection has none.
            again.ReadPacket().ShouldBeEmpty();
            await AwayAsync(broker, connections: 1);
            using var third = RawPeer.ConnectAs(broker.Port, "s");
            clock.Advance(TimeSpan.FromSeconds(2));
            await SweptAsync(broker, clock);
            watcher.SendHex("C000");
            watcher.ReadHex().ShouldBe("D000");
        }
        else
        {
            clock.Advance(TimeSpan.FromSeconds(2));
            watcher.ReadPublish(4).Payload.ShouldBe("x");
        }
    }

    internal static RawPeer Lasting(Broker broker, string id, int version, bool present) => Lasting(broker.Port, id, version, present);

    internal static RawPeer Lasting(int port, string id, int version, bool present)
    {
        var peer = RawPeer.Connect(port);
        peer.SendConnect(id, version, flags: 0, properties: version == 5 ? OneHour : "");
        var answer = peer.ReadPacket();
        answer[3].ShouldBe((byte)0);
        answer[2].ShouldBe(present ? (byte)1 : (byte)0, "session present");
        return peer;
    }

    /// <summary>The listener has looked at its clocks: one that connects and says nothing is cut by them.</summary>
    private static Task SweptAsync(Broker broker, StandingClock clock)
    {
        var cut = broker.Listener.Counters.ConnectionsCut;
        var silent = broker.Raw();
        return Eventually.TrueAsync("the listener looks at its clocks", () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            if (broker.Listener.Counters.ConnectionsCut == cut)
            {
                return false;
            }

            silent.Dispose();
            return true;
        });
    }

    private static Task AwayAsync(Broker broker, int connections = 0) =>
        Eventually.TrueAsync("the connection is gone", () => broker.Listener.Counters.Connections == connections);
}
