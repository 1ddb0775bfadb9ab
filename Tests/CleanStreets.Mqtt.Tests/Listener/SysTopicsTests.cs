using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>What the listener says about itself under $SYS/broker/.</summary>
public sealed class SysTopicsTests
{
    private static readonly MqttListenerOptions Often = new() { SysInterval = TimeSpan.FromMilliseconds(250) };

    [Fact]
    public async Task Sys_topics_count_clients_sessions_subscriptions_messages_and_bytes()
    {
        await using var broker = await Broker.StartAsync(options: Often);
        using var watcher = RawPeer.ConnectAs(broker.Port, "w");
        watcher.Subscribe("$SYS/broker/#", qos: 0, 5);
        SessionTests.Lasting(broker, "away", 5, present: false).Dispose();
        await Eventually.TrueAsync("the connection is gone", () => broker.Listener.Counters.Connections == 1);
        using var other = RawPeer.ConnectAs(broker.Port, "o");
        other.Subscribe("$share/g/a", qos: 1, 5);
        other.Publish("kept", "12345", qos: 1, id: 1, retain: true);
        other.ReadPacket();
        other.Publish("a", "123", qos: 1, id: 2); // Sent and never acknowledged; nothing of it is stored without a lasting session.
        var said = new Dictionary<string, string>(StringComparer.Ordinal);
        (string Topic, string Value)[] expected =
        [
            ("clients/connected", "2"), ("clients/disconnected", "1"), ("clients/total", "3"), ("clients/maximum", "2"), ("clients/expired", "0"),
            ("subscriptions/count", "2"), ("shared_subscriptions/count", "1"), ("retained messages/count", "1"), ("messages/stored", "1"),
            ("publish/messages/received", "2"), ("publish/bytes/received", "8"), ("publish/messages/dropped", "0"),
        ];
        string[] Missing() => [.. expected.Where(pair => said.GetValueOrDefault("$SYS/broker/" + pair.Topic) != pair.Value)
            .Select(pair => $"{pair.Topic}: {said.GetValueOrDefault("$SYS/broker/" + pair.Topic)} instead of {pair.Value}")];
        for (var messages = 0; Missing().Length > 0; messages++)
        {
            messages.ShouldBeLessThan(1500, string.Join("; ", Missing()));
            var heard = watcher.ReadPublish(5);
            said[heard.Topic] = heard.Payload;
        }

        said["$SYS/broker/version"].ShouldStartWith("CleanStreets.Mqtt ");
        said["$SYS/broker/uptime"].ShouldEndWith(" seconds");
        string[] names =
        [
            "messages/received", "messages/sent", "publish/messages/sent", "publish/bytes/sent", "bytes/received", "bytes/sent", "heap/current", "heap/maximum",
            .. new[] { "messages/received", "messages/sent", "publish/received", "publish/sent", "publish/dropped", "bytes/received", "bytes/sent", "sockets", "connections" }
                .SelectMany(name => new[] { 1, 5, 15 }.Select(minutes => $"load/{name}/{minutes}min")),
        ];
        names.Where(name => !said.ContainsKey("$SYS/broker/" + name)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Sys_topics_are_retained_and_only_what_changed_is_said_again()
    {
        await using var broker = await Broker.StartAsync(options: Often);
        using var late = RawPeer.ConnectAs(broker.Port, "l");
        late.Subscribe("$SYS/broker/version", qos: 1, 5);
        late.ReadHex().ShouldStartWith("31", Case.Sensitive, "retained, and with the QoS 0 it was said with");
        late.Subscribe("$SYS/broker/uptime", qos: 0, 5);
        late.ReadPublish(5).Payload.ShouldEndWith("seconds");
        for (var i = 0; i < 2; i++)
        {
            late.ReadPublish(5).Topic.ShouldBe("$SYS/broker/uptime", "the version has not changed");
        }

        broker.Listener.Counters.RetainedMessages.ShouldBe(0, "its own messages do not count");
    }

    [Fact]
    public async Task Wildcard_for_everything_does_not_hear_sys_and_nobody_writes_there()
    {
        await using var broker = await Broker.StartAsync(options: Often);
        using var everything = RawPeer.ConnectAs(broker.Port, "e");
        everything.Subscribe("#", qos: 0, 5);
        everything.Subscribe("+/broker/version", qos: 0, 5);
        using var clock = RawPeer.ConnectAs(broker.Port, "c");
        clock.Subscribe("$SYS/broker/uptime", qos: 0, 5);
        clock.ReadPublish(5);
        clock.ReadPublish(5);
        everything.SendHex("C000");
        everything.ReadHex().ShouldBe("D000", "[MQTT-4.7.2-1]");
        everything.Publish("$SYS/broker/version", "mine", qos: 1, id: 1);
        everything.ReadHex().ShouldBe("4003000190");
    }

    [Fact]
    public async Task Access_rules_hold_for_sys_topics()
    {
        using var folder = new TemporaryFolder();
        var acl = folder.Combine("acl");
        await File.WriteAllTextAsync(acl, "topic readwrite #\ntopic read $SYS/broker/uptime\n", TestContext.Current.CancellationToken);
        await using var broker = await Broker.StartAsync(options: Often with { AclFile = acl });
        using var peer = RawPeer.ConnectAs(broker.Port, "p");
        peer.SendHex("82 0C 0001 00 0006 245359532F23 00"); // $SYS/#
        peer.ReadHex().ShouldBe("90040001" + "00" + "87");
        peer.Subscribe("$SYS/broker/uptime", qos: 0, 5);
        peer.ReadPublish(5).Payload.ShouldEndWith("seconds");
    }

    [Fact]
    public async Task Mosquitto_sub_reads_the_sys_topics_and_zero_turns_them_off()
    {
        MosquittoToolsTests.Skip("/usr/bin/mosquitto_sub");
        await using var broker = await Broker.StartAsync(options: Often);
        using var present = RawPeer.ConnectAs(broker.Port, "present");
        await Eventually.TrueAsync("one or two clients are connected", async () => await MosquittoToolsTests.RunAsync(
            "/usr/bin/mosquitto_sub", "-h", "127.0.0.1", "-p", $"{broker.Port}", "-t", "$SYS/broker/clients/connected", "-C", "1", "-W", "120") is "1" or "2");
        await using var off = await Broker.StartAsync();
        using var peer = RawPeer.ConnectAs(off.Port, "p");
        peer.Subscribe("$SYS/#", qos: 0, 5);
        peer.SendHex("C000");
        peer.ReadHex().ShouldBe("D000");
    }

    [Fact]
    public void Load_average_nears_a_steady_rate_and_fades_when_it_ends()
    {
        long counter = 0;
        var load = new LoadAverage(TimeSpan.FromMinutes(1), () => counter);
        for (var i = 0; i < 60; i++)
        {
            counter += 100;
            load.Advance(TimeSpan.FromSeconds(10));
        }

        load.PerMinute.ShouldBe(600, 0.1);
        load.Advance(TimeSpan.FromMinutes(1));
        load.PerMinute.ShouldBe(600 / Math.E, 0.1);
    }
}
