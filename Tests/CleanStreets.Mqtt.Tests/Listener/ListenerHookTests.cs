using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Listener;

public sealed class ListenerHookTests
{
    [Fact]
    public async Task Hook_gets_topic_payload_content_type_and_client()
    {
        var hook = new RecordingHook("r/") { AcknowledgeEachTurn = true };
        await using var broker = await Broker.StartAsync(hook);
        var client = await broker.ClientAsync("truck-1");

        var code = await client.PublishAsync(
            new MqttMessage { Topic = "r/truck-1", Payload = "hello"u8.ToArray(), QualityOfService = QualityOfService.AtLeastOnce, ContentType = "application/json" },
            TestContext.Current.CancellationToken);

        code.ShouldBe(MqttReasonCode.Success);
        hook.Taken.ShouldHaveSingleItem().ShouldBe(("r/truck-1", "hello", "application/json", "truck-1"));
    }

    [Fact]
    public async Task Acknowledgements_out_of_order_leave_in_order_of_arrival()
    {
        var hook = new RecordingHook("r/");
        await using var broker = await Broker.StartAsync(hook);
        using var peer = RawPeer.ConnectAs(broker.Port, "t", version: 4);
        for (var id = 1; id <= 4; id++)
        {
            peer.Publish("r/t", $"{id}", qos: 1, id: id + 100, version: 4);
        }

        await Eventually.TrueAsync("all four were handed over", () => hook.Tokens.Count == 4);
        var tokens = hook.Tokens.ToArray();
        broker.Listener.Acknowledge([tokens[3]]);
        broker.Listener.Acknowledge([tokens[2], tokens[1]]);
        peer.SendHex("C000");
        peer.ReadHex().ShouldBe("D000", "no PUBACK may pass the first publish, which is still open");
        broker.Listener.Acknowledge([tokens[0], tokens[0]]);

        string[] answers = [peer.ReadHex(), peer.ReadHex(), peer.ReadHex(), peer.ReadHex()];
        answers.ShouldBe(["40020065", "40020066", "40020067", "40020068"]);
    }

    [Fact]
    public async Task Acknowledging_a_dead_connection_changes_nothing_for_the_next_one()
    {
        var hook = new RecordingHook("r/");
        await using var broker = await Broker.StartAsync(hook);
        using (var first = RawPeer.ConnectAs(broker.Port, "a", version: 4))
        {
            first.Publish("r/a", "1", qos: 1, id: 7, version: 4);
            await Eventually.TrueAsync("the first was handed over", () => hook.Tokens.Count == 1);
        }

        await Eventually.TrueAsync("the first connection is gone", () => broker.Listener.Counters.Connections == 0);
        using var second = RawPeer.ConnectAs(broker.Port, "b", version: 4);
        second.Publish("r/b", "2", qos: 1, id: 9, version: 4);
        await Eventually.TrueAsync("the second was handed over", () => hook.Tokens.Count == 2);
        var tokens = hook.Tokens.ToArray();
        broker.Listener.Acknowledge([tokens[0]]);
        second.SendHex("C000");
        second.ReadHex().ShouldBe("D000", "the dead connection's token must not acknowledge another's publish");
        broker.Listener.Acknowledge([tokens[1]]);
        second.ReadHex().ShouldBe("40020009");
    }

    [Fact]
    public async Task Busy_hook_stops_reading_and_loses_nothing()
    {
        const int Trucks = 5;
        const int Each = 200;
        var hook = new RecordingHook("r/") { AcknowledgeEachTurn = true, Room = 37 };
        await using var broker = await Broker.StartAsync(hook);
        var peers = Enumerable.Range(0, Trucks).Select(i => RawPeer.ConnectAs(broker.Port, $"t{i}", version: 4)).ToArray();
        for (var i = 0; i < Trucks; i++)
        {
            for (var id = 1; id <= Each; id++)
            {
                peers[i].Publish($"r/t{i}", $"{i}:{id}", qos: 1, id: id, version: 4);
            }
        }

        while (hook.Taken.Count < Trucks * Each)
        {
            var wanted = Math.Min(hook.Taken.Count + 37, Trucks * Each);
            await Eventually.TrueAsync("the hook takes what it has room for", () => hook.Room == 0 || hook.Taken.Count >= wanted);
            hook.Room = 37;
            broker.Listener.ResumeReading();
        }

        for (var i = 0; i < Trucks; i++)
        {
            var prefix = $"{i}:";
            hook.Taken.Where(taken => taken.Payload.StartsWith(prefix, StringComparison.Ordinal)).Select(taken => taken.Payload)
                .ShouldBe(Enumerable.Range(1, Each).Select(id => $"{prefix}{id}"), "in order, once each");
            for (var id = 1; id <= Each; id++)
            {
                peers[i].ReadHex().ShouldBe($"4002{id:X4}");
            }
        }

        broker.Listener.Counters.HookBusy.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Connection_with_too_many_unacknowledged_bytes_is_not_read_until_acknowledged()
    {
        var hook = new RecordingHook("r/");
        await using var broker = await Broker.StartAsync(hook, new MqttListenerOptions { MaxUnacknowledgedBytes = 10_000 });
        using var peer = RawPeer.ConnectAs(broker.Port, "t", version: 4);
        var payload = new string('x', 1000);
        for (var id = 1; id <= 50; id++)
        {
            peer.Publish("r/t", payload, qos: 1, id: id, version: 4);
        }

        await Eventually.TrueAsync("ten fill the bound", () => hook.Tokens.Count == 10);
        using var other = RawPeer.ConnectAs(broker.Port, "other", version: 4);
        other.Publish("r/o", "1", qos: 1, id: 1, version: 4);
        await Eventually.TrueAsync("others are read meanwhile", () => hook.Tokens.Count == 11);
        hook.Taken.Count(taken => taken.ClientId == "t").ShouldBe(10);

        var acknowledged = 0;
        while (acknowledged < 51)
        {
            await Eventually.TrueAsync("reading goes on", () => !hook.Tokens.IsEmpty);
            while (hook.Tokens.TryDequeue(out var token))
            {
                broker.Listener.Acknowledge([token]);
                acknowledged++;
            }
        }

        for (var id = 1; id <= 50; id++)
        {
            peer.ReadHex().ShouldBe($"4002{id:X4}");
        }
    }

    [Fact]
    public async Task Refused_publish_is_answered_with_the_hooks_code()
    {
        var hook = new RecordingHook("r/") { Decide = _ => HookResult.Refused(MqttReasonCode.PayloadFormatInvalid) };
        await using var broker = await Broker.StartAsync(hook);
        using var peer = RawPeer.ConnectAs(broker.Port, "t");
        peer.Publish("r/t", "x", qos: 1, id: 3);
        peer.ReadHex().ShouldBe("4003000399");
    }

    [Fact]
    public async Task Hook_that_throws_costs_the_connection_and_no_acknowledgement()
    {
        var hook = new RecordingHook("r/") { AcknowledgeEachTurn = true, Decide = payload => payload == "bad" ? throw new InvalidOperationException() : HookResult.Taken };
        await using var broker = await Broker.StartAsync(hook);
        using var peer = RawPeer.ConnectAs(broker.Port, "t");
        peer.Publish("r/t", "bad", qos: 1, id: 3);
        peer.ReadHex().ShouldBe("E00183");
        peer.ReadPacket().ShouldBeEmpty();

        using var next = RawPeer.ConnectAs(broker.Port, "t");
        next.Publish("r/t", "good", qos: 1, id: 4);
        next.ReadHex().ShouldBe("40020004");
    }

    [Fact]
    public async Task Stop_receiving_takes_no_more_publishes_but_acknowledges_the_taken_ones()
    {
        var hook = new RecordingHook("r/");
        await using var broker = await Broker.StartAsync(hook);
        using var peer = RawPeer.ConnectAs(broker.Port, "t", version: 4);
        peer.Publish("r/t", "1", qos: 1, id: 1, version: 4);
        await Eventually.TrueAsync("the first was handed over", () => hook.Tokens.Count == 1);

        await broker.Listener.StopReceivingAsync();
        peer.Publish("r/t", "2", qos: 1, id: 2, version: 4);
        broker.Listener.Acknowledge(hook.Tokens.ToArray());
        peer.ReadHex().ShouldBe("40020001");
        await broker.Listener.StopAsync(TestContext.Current.CancellationToken);
        peer.ReadPacket().ShouldBeEmpty();
        hook.Taken.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Claimed_publish_reaches_subscribers_only_when_routed_too()
    {
        foreach (var routed in new[] { false, true })
        {
            var hook = new RecordingHook("r/") { AcknowledgeEachTurn = true };
            await using var broker = await Broker.StartAsync(hook, new MqttListenerOptions { RouteClaimed = routed });
            using var subscriber = RawPeer.ConnectAs(broker.Port, "s", version: 4);
            subscriber.SendHex("82 06 0001 0001 23 00");
            subscriber.ReadHex().ShouldBe("9003000100");
            using var peer = RawPeer.ConnectAs(broker.Port, "t", version: 4);
            peer.Publish("r/t", "x", qos: 1, id: 1, version: 4);
            peer.ReadHex().ShouldBe("40020001");
            subscriber.SendHex("C000");
            subscriber.ReadHex().ShouldBe(routed ? "30060003722F7478" : "D000");
        }
    }
}
