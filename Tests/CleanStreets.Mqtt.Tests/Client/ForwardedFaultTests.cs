using System.Collections.Concurrent;
using System.Text;
using CleanStreets.Mqtt.Client;
using CleanStreets.Mqtt.Packets;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Client;

/// <summary>What an author wrote wrong and the server passed on: a link that ended over it would get it again on the next one, for ever.</summary>
public sealed class ForwardedFaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Each is the property block of a PUBLISH.</summary>
    [Theory]
    [InlineData("080003612F23", "a response topic with a wildcard")]
    [InlineData("080000", "an empty response topic")]
    [InlineData("08000161" + "080003612F2B", "two response topics, the second with a wildcard")]
    [InlineData("0102", "a payload format of 2")]
    [InlineData("03000161" + "03000162", "two content types")]
    public async Task Property_that_its_author_got_wrong_is_left_out_and_the_link_stays(string block, string what)
    {
        using var server = new RawServer();
        var (client, received) = await SubscribeAsync(server, new MqttClientOptions());
        await using var stopped = client;
        using var peer = await AcceptAsync(server, 5);

        peer.SendHex($"32{8 + (block.Length / 2):X2} 000161 000B {block.Length / 2:X2}{block} 7B7D");
        peer.Publish("a", "next", qos: 1, id: 12);
        await Eventually.TrueAsync($"the message with {what} is handed on, and the next", () => received.Count == 2);

        var message = received.First().Message;
        (Encoding.UTF8.GetString(message.Payload.Span), message.PayloadIsText).ShouldBe(("{}", false));
        message.ResponseTopic.ShouldBe(block.StartsWith("08000161", StringComparison.Ordinal) ? "a" : null);
        message.ContentType.ShouldBe(block.StartsWith("03", StringComparison.Ordinal) ? "a" : null);
        received.ToList().ForEach(each => each.Acknowledge());
        peer.ReadHex().ShouldBe("4002000B");
        peer.ReadHex().ShouldBe("4002000C");
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Control_character_in_a_topic_name_is_taken_from_a_server_that_takes_it(int version)
    {
        using var server = new RawServer();
        var (client, received) = await SubscribeAsync(server, new MqttClientOptions { ProtocolVersion = (MqttProtocolVersion)version });
        await using var stopped = client;
        using var peer = await AcceptAsync(server, version);
        peer.Publish("a\u0001", "x", qos: 1, id: 11, version: version);
        await Eventually.TrueAsync("it is handed on", () => received.Count == 1);
        received.Single().Message.Topic.ShouldBe("a\u0001");
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(4, 700_000)]
    [InlineData(5, 1)]
    [InlineData(5, 700_000)]
    public async Task Publish_above_the_maximum_is_cut_there_where_that_is_wished_and_what_follows_is_whole(int version, int beyond)
    {
        const int Maximum = 1000;
        using var server = new RawServer();
        var (client, received) = await SubscribeAsync(
            server, new MqttClientOptions { ProtocolVersion = (MqttProtocolVersion)version, MaximumPacketSize = Maximum, CutsLargerPublishes = true });
        await using var stopped = client;
        using var peer = await AcceptAsync(server, version);

        // In pieces and in one: the rest of the large one and the beginning of the next may come together.
        var properties = version == 5 ? 1 : 0;
        var large = new string('x', Maximum + beyond - PublishPacket.Size((MqttProtocolVersion)version, QualityOfService.AtLeastOnce, 1, Maximum, 0) + Maximum);
        peer.Publish("a", large, qos: 1, id: 11, version: version);
        peer.Publish("a", "next", qos: 1, id: 12, version: version);
        await Eventually.TrueAsync("both are handed on", () => received.Count == 2);

        var texts = received.Select(message => Encoding.UTF8.GetString(message.Message.Payload.Span)).ToList();
        var header = 1 + Wire.VariableSize(5 + properties + large.Length);
        texts[0].ShouldBe(large[..(Maximum - header - 5 - properties)]);
        texts[1].ShouldBe("next");
        received.ToList().ForEach(each => each.Acknowledge());
        peer.ReadHex().ShouldBe("4002000B");
        peer.ReadHex().ShouldBe("4002000C");
    }

    [Fact]
    public async Task Publish_above_the_maximum_ends_the_link_where_nothing_is_said()
    {
        using var server = new RawServer();
        var (client, received) = await SubscribeAsync(server, new MqttClientOptions { MaximumPacketSize = 1000 });
        await using var stopped = client;
        using var peer = await AcceptAsync(server, 5);
        peer.Publish("a", new string('x', 2000), qos: 1, id: 11);
        peer.ReadHex().ShouldBe("E00195");
        received.ShouldBeEmpty();
    }

    private static async Task<(MqttClient Client, ConcurrentQueue<MqttReceived> Received)> SubscribeAsync(RawServer server, MqttClientOptions options)
    {
        var client = Broker.NewClient(options with { ClientId = "c", Port = server.Port, CleanStart = false, SessionExpiry = TimeSpan.FromHours(1) });
        var received = new ConcurrentQueue<MqttReceived>();
        await client.SubscribeManualAsync("#", QualityOfService.AtLeastOnce, (message, _) => { received.Enqueue(message); return default; }, Token);
        await client.StartAsync(Token);
        return (client, received);
    }

    private static async Task<RawPeer> AcceptAsync(RawServer server, int version)
    {
        var (peer, _) = await server.AcceptAsync(version);
        RawServer.Grant(peer, version, qos: 1);
        return peer;
    }
}
