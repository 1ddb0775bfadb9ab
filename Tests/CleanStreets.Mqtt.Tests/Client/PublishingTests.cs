using System.Text;
using CleanStreets.Mqtt.Client;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Client;

/// <summary>The queue of publishes and what is written for each.</summary>
public sealed class PublishingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Full_queue_makes_callers_wait_and_loses_nothing_and_keeps_the_order()
    {
        var port = FreePort.Next();
        await using var client = Broker.NewClient(new MqttClientOptions { ClientId = "c", Port = port, KeepPublishes = true, MaxQueued = 3, MaxInFlight = 2 });
        await client.StartAsync(Token);
        var sending = Task.Run(async () =>
        {
            var all = new List<Task<MqttReasonCode>>();
            for (var i = 0; i < 10; i++)
            {
                all.Add(client.PublishAsync(Message($"{i}"), Token).AsTask());
            }

            return await Task.WhenAll(all);
        }, Token);
        var hook = new RecordingHook("r/") { AcknowledgeEachTurn = true };
        await using var broker = await Broker.StartAsync(hook, port: port);
        (await sending.WaitAsync(Eventually.Patience)).ShouldAllBe(code => code == MqttReasonCode.Success);
        hook.Taken.Take(3).Select(taken => taken.Payload).ShouldBe(["0", "1", "2"]);
        hook.Taken.Select(taken => taken.Payload).OrderBy(int.Parse).ShouldBe(Enumerable.Range(0, 10).Select(i => $"{i}"));
    }

    [Fact]
    public async Task Publish_that_is_cancelled_before_it_is_sent_is_never_sent()
    {
        using var server = new RawServer();
        await using var client = Broker.NewClient(new MqttClientOptions { ClientId = "c", Port = server.Port, KeepPublishes = true });
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var taken = client.PublishAsync(Message("taken back"), cancelled.Token).AsTask();
        var kept = client.PublishAsync(Message("kept"), Token).AsTask();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => taken);
        await client.StartAsync(Token);
        using var peer = (await server.AcceptAsync(5)).Peer;
        peer.ReadPublish(5).Payload.ShouldBe("kept");
        peer.SendHex("40020001");
        (await kept).ShouldBe(MqttReasonCode.Success);
    }

    [Fact]
    public async Task Expiry_runs_while_a_message_waits_and_an_expired_one_is_not_sent()
    {
        using var server = new RawServer();
        await using var client = Broker.NewClient(new MqttClientOptions { ClientId = "c", Port = server.Port, KeepPublishes = true });
        var short1 = client.PublishAsync(Message("short") with { Expiry = TimeSpan.FromMilliseconds(1) }, Token).AsTask();
        var lasting = client.PublishAsync(Message("lasting") with { Expiry = TimeSpan.FromHours(1) }, Token).AsTask();
        await Task.Delay(5, Token); // Longer than the first may live, however slow the machine is.
        await client.StartAsync(Token);
        using var peer = (await server.AcceptAsync(5)).Peer;
        var bytes = peer.ReadPacket();
        Encoding.UTF8.GetString(bytes).ShouldEndWith("lasting");
        var left = bytes[11] << 24 | bytes[12] << 16 | bytes[13] << 8 | bytes[14];
        left.ShouldBeInRange(3500, 3600);
        peer.SendHex($"4002{bytes[7]:X2}{bytes[8]:X2}");
        (await lasting.WaitAsync(Eventually.Patience)).ShouldBe(MqttReasonCode.Success);
        await Should.ThrowAsync<TimeoutException>(() => short1);
    }

    [Fact]
    public async Task Topic_is_said_once_and_then_by_its_alias_as_far_as_both_sides_allow()
    {
        using var server = new RawServer();
        await using var client = Broker.NewClient(new MqttClientOptions { ClientId = "c", Port = server.Port, KeepPublishes = true, TopicAliases = 2 });
        await client.StartAsync(Token);
        using (var peer = (await server.AcceptAsync(5, properties: "220001")).Peer) // One alias.
        {
            string[] topics = ["t/a", "t/a", "t/b", "t/b"];
            foreach (var topic in topics)
            {
                _ = client.PublishAsync(new MqttMessage { Topic = topic }, Token).AsTask();
            }

            peer.ReadHex().ShouldBe("3009" + "0003742F61" + "03230001");
            peer.ReadHex().ShouldBe("3006" + "0000" + "03230001");
            peer.ReadHex().ShouldBe("3006" + "0003742F62" + "00");
            peer.ReadHex().ShouldBe("3006" + "0003742F62" + "00");
            peer.Reset();
        }

        using var next = (await server.AcceptAsync(5, properties: "220001")).Peer;
        _ = client.PublishAsync(new MqttMessage { Topic = "t/a" }, Token).AsTask();
        next.ReadHex().ShouldBe("3009" + "0003742F61" + "03230001", "aliases end with their link");
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task What_the_servers_CONNACK_excludes_is_answered_without_being_sent(int version)
    {
        using var server = new RawServer();
        await using var client = Broker.NewClient(new MqttClientOptions { ClientId = "c", Port = server.Port, ProtocolVersion = (MqttProtocolVersion)version });
        await client.StartAsync(Token);
        using var peer = (await server.AcceptAsync(version, properties: "2700000012" + "2401" + "2500")).Peer; // 18 bytes, QoS 1, no retain.
        await client.WaitConnectedAsync(Token);
        if (version == 5)
        {
            (await client.PublishAsync(Message(new string('x', 9)), Token)).ShouldBe(MqttReasonCode.PacketTooLarge);
            (await client.PublishAsync(Message("") with { UserProperties = [new("k", new string('v', 20))] }, Token)).ShouldBe(MqttReasonCode.PacketTooLarge);
            (await client.PublishAsync(Message("") with { QualityOfService = QualityOfService.ExactlyOnce }, Token)).ShouldBe(MqttReasonCode.QoSNotSupported);
            (await client.PublishAsync(Message("") with { Retain = true }, Token)).ShouldBe(MqttReasonCode.RetainNotSupported);
        }

        var fits = client.PublishAsync(Message(new string('x', 8)), Token).AsTask();
        var bytes = peer.ReadPacket();
        bytes.Length.ShouldBe(version == 5 ? 18 : 17);
        peer.Send(0x40, 2, bytes[7], bytes[8]);
        (await fits).ShouldBe(MqttReasonCode.Success);
    }

    public static TheoryData<MqttMessage> Wrong() =>
    [
        new MqttMessage { Topic = "" },
        new MqttMessage { Topic = "a/+" },
        new MqttMessage { Topic = "a\0" },
        new MqttMessage { Topic = "a\uD800" },
        new MqttMessage { Topic = new string('a', 65_536) },
        new MqttMessage { Topic = "a", ResponseTopic = "#" },
        new MqttMessage { Topic = "a", ContentType = new string('ü', 40_000) },
        new MqttMessage { Topic = "a", CorrelationData = new byte[65_536] },
        new MqttMessage { Topic = "a", UserProperties = [new("a", "\uDC00")] },
        new MqttMessage { Topic = "a", QualityOfService = (QualityOfService)3 },
    ];

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public async Task Message_that_cannot_be_written_is_refused_before_it_is_queued(MqttMessage message)
    {
        await using var client = Broker.NewClient(new MqttClientOptions { KeepPublishes = true });
        await Should.ThrowAsync<ArgumentException>(async () => await client.PublishAsync(message, Token));
    }

    [Fact]
    public async Task Stop_fails_what_waits_and_what_comes_later()
    {
        var client = Broker.NewClient(new MqttClientOptions { KeepPublishes = true, Port = FreePort.Next() });
        await client.StartAsync(Token);
        var waiting = client.PublishAsync(Message("x"), Token).AsTask();
        await client.StopAsync(Token);
        await Should.ThrowAsync<MqttLinkLostException>(() => waiting);
        await Should.ThrowAsync<MqttLinkLostException>(async () => await client.PublishAsync(Message("y"), Token));
    }

    private static MqttMessage Message(string payload) =>
        new() { Topic = "r/c", Payload = Encoding.UTF8.GetBytes(payload), QualityOfService = QualityOfService.AtLeastOnce };
}
