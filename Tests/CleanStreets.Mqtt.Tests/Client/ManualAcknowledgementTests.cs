using System.Collections.Concurrent;
using System.Text;
using CleanStreets.Mqtt.Client;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Client;

/// <summary>Acknowledgements that the caller gives, seen on the wire.</summary>
public sealed class ManualAcknowledgementTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Acknowledgements_given_out_of_order_leave_in_order_of_arrival(int version)
    {
        using var server = new RawServer();
        var (client, received) = await SubscribeAsync(server, version);
        await using var stopped = client;
        using var peer = await AcceptAsync(server, version);
        peer.Publish("a", "1", qos: 1, id: 11, version: version);
        peer.Publish("a", "2", qos: 2, id: 12, version: version);
        peer.Publish("a", "3", qos: 1, id: 13, version: version);
        await Eventually.TrueAsync("three messages are received", () => received.Count == 3);

        await Task.WhenAll(received.Reverse().Select(message => Task.Run(() => message.Acknowledge(), Token)));
        peer.ReadHex().ShouldBe("4002000B");
        peer.ReadHex().ShouldBe("5002000C");
        peer.ReadHex().ShouldBe("4002000D");
        peer.SendHex("6202000C");
        peer.ReadHex().ShouldBe("7002000C");
    }

    [Fact]
    public async Task Nothing_is_acknowledged_before_the_oldest_and_each_only_once()
    {
        using var server = new RawServer();
        var (client, received) = await SubscribeAsync(server, 5);
        await using var stopped = client;
        using var peer = await AcceptAsync(server, 5);
        peer.Publish("a", "1", qos: 1, id: 1);
        peer.Publish("a", "2", qos: 1, id: 2);
        await Eventually.TrueAsync("both are received", () => received.Count == 2);
        var (first, second) = (received.ElementAt(0), received.ElementAt(1));
        second.Acknowledge();
        second.Acknowledge(MqttReasonCode.UnspecifiedError);
        first.Acknowledge(MqttReasonCode.QuotaExceeded);
        first.Acknowledge();
        peer.ReadHex().ShouldBe("4003000197");
        peer.ReadHex().ShouldBe("40020002");
        peer.Publish("a", "3", qos: 1, id: 1);
        await Eventually.TrueAsync("the identifier is used again", () => received.Count == 3);
        received.ElementAt(2).Acknowledge();
        peer.ReadHex().ShouldBe("40020001");
    }

    [Fact]
    public async Task More_than_receive_maximum_is_a_fault_in_5_0()
    {
        using var server = new RawServer();
        var (client, _) = await SubscribeAsync(server, 5, receiveMaximum: 2);
        await using var stopped = client;
        using var peer = await AcceptAsync(server, 5);
        for (var id = 1; id <= 3; id++)
        {
            peer.Publish("a", "x", qos: 1, id: id);
        }

        peer.ReadHex().ShouldBe("E00193");
    }

    [Fact]
    public async Task More_than_the_bound_waits_unread_in_3_1_1()
    {
        using var server = new RawServer();
        var (client, received) = await SubscribeAsync(server, 4, receiveMaximum: 2);
        await using var stopped = client;
        using var peer = await AcceptAsync(server, 4);
        for (var id = 1; id <= 5; id++)
        {
            peer.Publish("a", $"{id}", qos: 1, id: id, version: 4);
        }

        await Eventually.TrueAsync("two are handed on", () => received.Count == 2);
        for (var id = 1; id <= 5; id++)
        {
            await Eventually.TrueAsync("the next is handed on", () => received.Count == Math.Min(5, id + 1));
            received.ElementAt(id - 1).Acknowledge();
            peer.ReadHex().ShouldBe($"4002000{id}");
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Exactly_once_message_is_handed_on_once_though_the_link_broke_before_its_acknowledgement(int version)
    {
        using var server = new RawServer();
        var (client, received) = await SubscribeAsync(server, version);
        await using var stopped = client;
        using (var first = await AcceptAsync(server, version))
        {
            first.Publish("a", "1", qos: 2, id: 7, version: version);
            await Eventually.TrueAsync("it is received", () => received.Count == 1);
            first.Reset();
        }

        var (second, _) = await server.AcceptAsync(version, sessionPresent: true);
        using (second)
        {
            second.Publish("a", "1", qos: 2, id: 7, version: version, duplicate: true);
            second.Publish("a", "2", qos: 1, id: 8, version: version);
            await Eventually.TrueAsync("the other is received", () => received.Count == 2);
            received.ElementAt(1).Acknowledge();
            received.ElementAt(0).Acknowledge(); // Received over the first link, acknowledged over the second.
            second.ReadHex().ShouldBe("50020007");
            second.ReadHex().ShouldBe("40020008");
            second.Reset(); // Before PUBREL.
        }

        var (third, _) = await server.AcceptAsync(version, sessionPresent: true);
        using (third)
        {
            third.SendHex("62020007");
            third.ReadHex().ShouldBe("70020007");
            third.SendHex("62020007");
            third.ReadHex().ShouldBe(version == 5 ? "7003000792" : "70020007");
            third.Publish("a", "3", qos: 2, id: 7, version: version);
            await Eventually.TrueAsync("the identifier means another message now", () => received.Count == 3);
        }

        received.Select(message => Encoding.UTF8.GetString(message.Message.Payload.Span)).ShouldBe(["1", "2", "3"]);
    }

    [Fact]
    public async Task Exactly_once_identifiers_of_a_forgotten_session_mean_new_messages()
    {
        using var server = new RawServer();
        var (client, received) = await SubscribeAsync(server, 5);
        await using var stopped = client;
        using (var first = await AcceptAsync(server, 5))
        {
            first.Publish("a", "1", qos: 2, id: 7);
            await Eventually.TrueAsync("it is received", () => received.Count == 1);
            first.Reset();
        }

        using var second = await AcceptAsync(server, 5);
        second.Publish("a", "2", qos: 2, id: 7);
        await Eventually.TrueAsync("the other is received", () => received.Count == 2);
        received.ElementAt(0).Acknowledge();
        received.ElementAt(1).Acknowledge(MqttReasonCode.QuotaExceeded);
        second.ReadHex().ShouldBe("5003000797");
        second.Publish("a", "3", qos: 2, id: 7);
        await Eventually.TrueAsync("after a refusal the identifier is free", () => received.Count == 3);
    }

    [Fact]
    public async Task Shared_subscription_finds_its_handler_and_a_failing_manual_handler_is_told()
    {
        await using var broker = await Broker.StartAsync();
        var client = await broker.ClientAsync("c");
        var heard = 0;
        await client.SubscribeManualAsync("$share/group/a/+", QualityOfService.AtLeastOnce, (message, _) =>
        {
            Interlocked.Increment(ref heard);
            message.Acknowledge();
            return default;
        }, Token);
        await client.SubscribeManualAsync("b", QualityOfService.AtLeastOnce, (_, _) => throw new InvalidDataException("on purpose"), Token);
        var received = broker.Listener.Counters.PacketsReceived;
        broker.Listener.TryPublish(new MqttMessage { Topic = "a/1", QualityOfService = QualityOfService.AtLeastOnce }).ShouldBeTrue();
        broker.Listener.TryPublish(new MqttMessage { Topic = "b", QualityOfService = QualityOfService.AtLeastOnce }).ShouldBeTrue();
        await Eventually.TrueAsync("two acknowledgements", () => broker.Listener.Counters.PacketsReceived == received + 2);
        heard.ShouldBe(1);
    }

    private static async Task<(MqttClient Client, ConcurrentQueue<MqttReceived> Received)> SubscribeAsync(RawServer server, int version, int receiveMaximum = 256)
    {
        var client = Broker.NewClient(new MqttClientOptions
        {
            ClientId = "c",
            Port = server.Port,
            ProtocolVersion = (MqttProtocolVersion)version,
            CleanStart = false,
            SessionExpiry = TimeSpan.FromHours(1),
            ReceiveMaximum = receiveMaximum,
        });
        var received = new ConcurrentQueue<MqttReceived>();
        await client.SubscribeManualAsync("a", QualityOfService.ExactlyOnce, (message, _) => { received.Enqueue(message); return default; }, Token);
        await client.StartAsync(Token);
        return (client, received);
    }

    private static async Task<RawPeer> AcceptAsync(RawServer server, int version)
    {
        var (peer, _) = await server.AcceptAsync(version);
        RawServer.Grant(peer, version, qos: 2);
        return peer;
    }
}
