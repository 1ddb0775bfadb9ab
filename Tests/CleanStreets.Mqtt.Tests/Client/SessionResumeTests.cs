using System.Text;
using CleanStreets.Mqtt.Client;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Client;

/// <summary>Publishes across links, seen on the wire.</summary>
public sealed class SessionResumeTests
{
    private const string Published = "32"; // First byte of PUBLISH with QoS 1.
    private const string PublishedAgain = "3A";
    private const string PublishedOnce = "34"; // QoS 2.
    private const string PublishedOnceAgain = "3C";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task With_the_session_unacknowledged_publishes_go_again_in_order_with_DUP_and_PUBREL_instead_of_PUBLISH(int version)
    {
        using var server = new RawServer();
        await using var client = await StartAsync(server, version);
        Task<MqttReasonCode>[] publishes;
        using (var first = (await server.AcceptAsync(version)).Peer)
        {
            publishes = Publish(client, 2, 1, 2, 1, 2);
            string[] kinds = [PublishedOnce, Published, PublishedOnce, Published, PublishedOnce];
            foreach (var (kind, id) in kinds.Select((kind, i) => (kind, i + 1)))
            {
                Check(first, kind, id, version);
            }

            first.SendHex("50020005 50020001 40020002"); // The last and the first are received, the second is done.
            first.ReadHex().ShouldBe("62020005");
            first.ReadHex().ShouldBe("62020001");
            (await publishes[1]).ShouldBe(MqttReasonCode.Success);
            first.Reset();
        }

        await Eventually.TrueAsync("the client notices", () => !client.IsConnected);
        var later = Publish(client, 1);
        using var second = (await server.AcceptAsync(version, sessionPresent: true)).Peer;
        second.ReadHex().ShouldBe("62020005", "PUBREL in the order of the PUBRECs");
        second.ReadHex().ShouldBe("62020001");
        Check(second, PublishedOnceAgain, 3, version);
        Check(second, PublishedAgain, 4, version);
        Check(second, Published, 6, version, payload: "0"); // What was queued meanwhile comes last.
        publishes.Count(publish => publish.IsCompleted).ShouldBe(1);
        second.SendHex("70020005 70020001 50020003 40020004 40020006");
        second.ReadHex().ShouldBe("62020003");
        second.SendHex("70020003");
        (await Task.WhenAll([.. publishes, .. later])).ShouldAllBe(code => code == MqttReasonCode.Success);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Without_the_session_they_go_anew_and_the_caller_is_told(int version)
    {
        using var server = new RawServer();
        await using var client = await StartAsync(server, version);
        var changes = new System.Collections.Concurrent.ConcurrentQueue<MqttConnectionChange>();
        client.ConnectionChanged += changes.Enqueue;
        await client.SubscribeAsync("s", QualityOfService.AtLeastOnce, (_, _) => default, Token);
        Task<MqttReasonCode>[] publishes;
        using (var first = (await server.AcceptAsync(version)).Peer)
        {
            RawServer.Grant(first, version, qos: 1);
            publishes = Publish(client, 2, 1);
            Check(first, PublishedOnce, 1, version);
            Check(first, Published, 2, version);
            first.SendHex("50020001");
            first.ReadHex().ShouldBe("62020001");
            first.Reset();
        }

        using var second = (await server.AcceptAsync(version)).Peer;
        RawServer.Grant(second, version, qos: 1);
        Check(second, PublishedOnce, 1, version);
        Check(second, Published, 2, version);
        second.SendHex("50020001 40020002");
        second.ReadHex().ShouldBe("62020001");
        second.SendHex("70020001");
        (await Task.WhenAll(publishes)).ShouldAllBe(code => code == MqttReasonCode.Success);
        await Eventually.TrueAsync("the changes are told", () => changes.Count == 3);
        changes.Select(change => (change.Connected, change.SessionPresent)).ShouldBe([(true, false), (false, false), (true, false)]);
    }

    [Fact]
    public async Task With_the_session_granted_subscriptions_are_not_made_again_and_new_ones_are()
    {
        using var server = new RawServer();
        await using var client = await StartAsync(server, 5);
        await client.SubscribeAsync("s", QualityOfService.AtLeastOnce, (_, _) => default, Token);
        using (var first = (await server.AcceptAsync(5)).Peer)
        {
            RawServer.Grant(first, 5, qos: 1);
            await client.WaitConnectedAsync(Token);
            first.Reset();
        }

        await Eventually.TrueAsync("the client notices", () => !client.IsConnected);
        await client.SubscribeAsync("new", QualityOfService.AtLeastOnce, (_, _) => default, Token);
        using var second = (await server.AcceptAsync(5, sessionPresent: true)).Peer;
        var subscribe = second.ReadPacket();
        Encoding.UTF8.GetString(subscribe).ShouldContain("new");
        subscribe.Length.ShouldBe(2 + 2 + 1 + 2 + 3 + 1, "one filter");
    }

    [Fact]
    public async Task Lower_receive_maximum_of_the_next_link_holds_for_what_goes_again()
    {
        using var server = new RawServer();
        await using var client = await StartAsync(server, 5);
        Task<MqttReasonCode>[] publishes;
        using (var first = (await server.AcceptAsync(5)).Peer)
        {
            publishes = Publish(client, 1, 1, 1);
            for (var id = 1; id <= 3; id++)
            {
                Check(first, Published, id, 5);
            }

            first.Reset();
        }

        using var second = (await server.AcceptAsync(5, sessionPresent: true, properties: "210001")).Peer;
        for (var id = 1; id <= 3; id++)
        {
            Check(second, PublishedAgain, id, 5);
            second.Available.ShouldBe(0, "one at a time");
            second.SendHex($"4002000{id}");
        }

        (await Task.WhenAll(publishes)).ShouldAllBe(code => code == MqttReasonCode.Success);
    }

    [Fact]
    public async Task Without_keeping_the_caller_hears_of_the_loss_and_the_protocol_still_ends_what_it_began()
    {
        using var server = new RawServer();
        await using var client = await StartAsync(server, 5, keep: false);
        using (var first = (await server.AcceptAsync(5)).Peer)
        {
            await client.WaitConnectedAsync(Token);
            var publish = Publish(client, 2)[0];
            Check(first, PublishedOnce, 1, 5);
            first.Reset();
            await Should.ThrowAsync<MqttLinkLostException>(() => publish);
        }

        using (var second = (await server.AcceptAsync(5, sessionPresent: true)).Peer)
        {
            Check(second, PublishedOnceAgain, 1, 5);
            second.Reset();
        }

        using var third = (await server.AcceptAsync(5)).Peer;
        await client.WaitConnectedAsync(Token).WaitAsync(Eventually.Patience);
        var next = Publish(client, 1)[0];
        Check(third, Published, 2, 5, payload: "0"); // The forgotten session's publish is forgotten here too.
        third.SendHex("40020002");
        (await next).ShouldBe(MqttReasonCode.Success);
    }

    [Fact]
    public async Task Failed_PUBREC_ends_the_exchange_and_an_unknown_one_is_released_with_its_reason()
    {
        using var server = new RawServer();
        await using var client = await StartAsync(server, 5);
        using var peer = (await server.AcceptAsync(5)).Peer;
        var publish = Publish(client, 2)[0];
        Check(peer, PublishedOnce, 1, 5);
        peer.SendHex("5003000197 50020001");
        (await publish).ShouldBe(MqttReasonCode.QuotaExceeded);
        peer.ReadHex().ShouldBe("6203000192");
    }

    private static async Task<MqttClient> StartAsync(RawServer server, int version, bool keep = true)
    {
        var client = Broker.NewClient(new MqttClientOptions
        {
            ClientId = "c",
            Port = server.Port,
            ProtocolVersion = (MqttProtocolVersion)version,
            CleanStart = false,
            SessionExpiry = TimeSpan.FromHours(1),
            KeepPublishes = keep,
        });
        await client.StartAsync(Token);
        return client;
    }

    private static Task<MqttReasonCode>[] Publish(MqttClient client, params int[] qos) =>
        [.. qos.Select((level, i) => client.PublishAsync(
            new MqttMessage { Topic = "a", Payload = Encoding.UTF8.GetBytes($"{i}"), QualityOfService = (QualityOfService)level }, Token).AsTask())];

    private static void Check(RawPeer peer, string kind, int id, int version, string? payload = null)
    {
        var bytes = peer.ReadPacket();
        Convert.ToHexString(bytes)[..2].ShouldBe(kind);
        (bytes[5] << 8 | bytes[6]).ShouldBe(id);
        Encoding.UTF8.GetString(bytes[(version == 5 ? 8 : 7)..]).ShouldBe(payload ?? $"{id - 1}");
    }
}
