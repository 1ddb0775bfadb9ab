using System.Collections.Concurrent;
using System.Text;
using CleanStreets.Mqtt.Client;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Client;

public sealed class ClientTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public async Task Client_publishes_and_hears_its_own_message(MqttProtocolVersion version)
    {
        await using var broker = await Broker.StartAsync();
        var client = await broker.ClientAsync("c", new MqttClientOptions { ProtocolVersion = version });
        var heard = new ConcurrentQueue<MqttMessage>();
        await client.SubscribeAsync("a/+", QualityOfService.AtLeastOnce, (message, _) => { heard.Enqueue(message); return default; }, Token);

        var sent = new MqttMessage
        {
            Topic = "a/b",
            Payload = "ü"u8.ToArray(),
            QualityOfService = QualityOfService.AtLeastOnce,
            ContentType = "text/plain",
            ResponseTopic = "answers",
            CorrelationData = new byte[] { 1, 2 },
            PayloadIsText = true,
            UserProperties = [new("k", "1"), new("k", "2")],
        };
        (await client.PublishAsync(sent, Token)).ShouldBe(MqttReasonCode.Success);

        await Eventually.TrueAsync("the message comes back", () => heard.Count == 1);
        heard.TryPeek(out var got).ShouldBeTrue();
        Encoding.UTF8.GetString(got!.Payload.Span).ShouldBe("ü");
        got.QualityOfService.ShouldBe(QualityOfService.AtLeastOnce);
        if (version == MqttProtocolVersion.V500)
        {
            got.ContentType.ShouldBe("text/plain");
            got.ResponseTopic.ShouldBe("answers");
            got.CorrelationData.ToArray().ShouldBe([1, 2]);
            got.PayloadIsText.ShouldBeTrue();
            got.UserProperties.ShouldBe([new("k", "1"), new("k", "2")]);
        }
    }

    [Fact]
    public async Task Client_comes_back_after_the_listener_restarted_and_hears_again()
    {
        var port = FreePort.Next(); // One that nobody else is given while the listener is away.
        var first = await Broker.StartAsync(port: port);
        await using var client = Broker.NewClient(new MqttClientOptions { ClientId = "c", Port = port });
        var heard = new ConcurrentQueue<string>();
        var changes = new ConcurrentQueue<bool>();
        client.ConnectionChanged += change => changes.Enqueue(change.Connected);
        await client.SubscribeAsync("a", QualityOfService.AtLeastOnce, (message, _) => { heard.Enqueue(Encoding.UTF8.GetString(message.Payload.Span)); return default; }, Token);
        await client.StartAsync(Token);
        await client.WaitConnectedAsync(Token);
        await first.DisposeAsync();
        await Eventually.TrueAsync("the client notices", () => !client.IsConnected);
        await Should.ThrowAsync<MqttLinkLostException>(async () => await client.PublishAsync(new MqttMessage { Topic = "a" }, Token));

        await using var second = await Broker.StartAsync(port: port);
        await client.WaitConnectedAsync(Token).WaitAsync(Eventually.Patience);
        second.Listener.TryPublish(new MqttMessage { Topic = "a", Payload = "again"u8.ToArray(), QualityOfService = QualityOfService.AtLeastOnce }).ShouldBeTrue();
        await Eventually.TrueAsync("the subscription is restored", () => heard.Count == 1);
        heard.ShouldBe(["again"]);
        changes.ShouldBe([true, false, true]);
    }

    [Fact]
    public async Task Window_awaits_room_and_every_publish_is_acknowledged_once()
    {
        var hook = new RecordingHook("r/");
        await using var broker = await Broker.StartAsync(hook);
        var client = await broker.ClientAsync("c", new MqttClientOptions { MaxInFlight = 4 });
        var publishes = Enumerable.Range(0, 20)
            .Select(i => client.PublishAsync(new MqttMessage { Topic = "r/c", Payload = Encoding.UTF8.GetBytes($"{i}"), QualityOfService = QualityOfService.AtLeastOnce }, Token).AsTask())
            .ToArray();
        await Eventually.TrueAsync("four fill the window", () => hook.Tokens.Count == 4);
        publishes.Count(publish => publish.IsCompleted).ShouldBe(0);

        while (publishes.Any(publish => !publish.IsCompleted))
        {
            while (hook.Tokens.TryDequeue(out var token))
            {
                broker.Listener.Acknowledge([token]);
            }

            await Task.Yield();
        }

        (await Task.WhenAll(publishes)).ShouldAllBe(code => code == MqttReasonCode.Success);
        hook.Taken.Select(taken => taken.Payload).OrderBy(int.Parse).ShouldBe(Enumerable.Range(0, 20).Select(i => $"{i}"));
    }

    [Fact]
    public async Task Handlers_run_one_after_another_and_the_acknowledgement_follows_the_handler()
    {
        await using var broker = await Broker.StartAsync();
        var client = await broker.ClientAsync("c");
        var running = 0;
        var most = 0;
        var done = 0;
        var gate = new TaskCompletionSource();
        await client.SubscribeAsync("a", QualityOfService.AtLeastOnce, async (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await gate.Task;
            Interlocked.Decrement(ref running);
            Interlocked.Increment(ref done);
        }, Token);
        var received = broker.Listener.Counters.PacketsReceived;
        for (var i = 0; i < 5; i++)
        {
            broker.Listener.TryPublish(new MqttMessage { Topic = "a", QualityOfService = QualityOfService.AtLeastOnce }).ShouldBeTrue();
        }

        await Eventually.TrueAsync("the first handler runs", () => Volatile.Read(ref running) == 1);
        broker.Listener.Counters.PacketsReceived.ShouldBe(received, "no PUBACK before the handler has ended");
        gate.SetResult();
        await Eventually.TrueAsync("five PUBACKs", () => broker.Listener.Counters.PacketsReceived == received + 5);
        most.ShouldBe(1);
        done.ShouldBe(5);
    }

    [Fact]
    public async Task Refused_subscription_throws_with_the_servers_code()
    {
        await using var broker = await Broker.StartAsync();
        var client = await broker.ClientAsync("c");
        var refused = await Should.ThrowAsync<MqttRefusedException>(
            () => client.SubscribeAsync(new string('/', 201), QualityOfService.AtMostOnce, (_, _) => default, Token));
        refused.Reason.ShouldBe(MqttReasonCode.TopicFilterInvalid);
        await Should.ThrowAsync<ArgumentException>(() => client.SubscribeAsync("$share//a", QualityOfService.AtMostOnce, (_, _) => default, Token));
    }

    [Fact]
    public async Task Message_above_the_servers_maximum_is_refused_before_it_is_sent()
    {
        await using var broker = await Broker.StartAsync(options: new() { MaximumPacketSize = 1000 });
        var client = await broker.ClientAsync("c");
        var code = await client.PublishAsync(new MqttMessage { Topic = "a", Payload = new byte[1000], QualityOfService = QualityOfService.AtLeastOnce }, Token);
        code.ShouldBe(MqttReasonCode.PacketTooLarge);
        client.IsConnected.ShouldBeTrue();
    }

    [Fact]
    public async Task Half_open_link_is_noticed_by_keep_alive_and_replaced()
    {
        await using var broker = await Broker.StartAsync();
        await using var proxy = FrozenProxy.Start(broker.Port);
        var client = await broker.ClientAsync("c", new MqttClientOptions { Port = proxy.Port, KeepAlive = TimeSpan.FromSeconds(1), ConnectTimeout = TimeSpan.FromSeconds(5) });
        var lost = new TaskCompletionSource<MqttConnectionChange>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ConnectionChanged += change =>
        {
            if (!change.Connected)
            {
                lost.TrySetResult(change);
            }
        };

        proxy.Freeze(); // Both sockets stay open; no byte passes any more.
        (await lost.Task.WaitAsync(Eventually.Patience)).Reason.ShouldBe(MqttReasonCode.KeepAliveTimeout);
        proxy.Thaw();
        await client.WaitConnectedAsync(Token).WaitAsync(Eventually.Patience);
    }

    [Fact]
    public async Task Stop_says_goodbye_so_that_the_will_stays_unsaid_and_loss_says_it()
    {
        await using var broker = await Broker.StartAsync();
        var watcher = await broker.ClientAsync("watcher");
        var heard = new ConcurrentQueue<string>();
        await watcher.SubscribeAsync("status/#", QualityOfService.AtLeastOnce, (message, _) => { heard.Enqueue(message.Topic); return default; }, Token);
        var polite = await broker.ClientAsync("polite", new MqttClientOptions { Will = new MqttMessage { Topic = "status/polite" } });
        await polite.StopAsync(Token);

        using (var rude = broker.Raw())
        {
            rude.SendConnect("rude", version: 4, flags: 6, will: [0, 11, .. "status/rude"u8, 0, 4, .. "gone"u8]);
            rude.ReadPacket();
            rude.Reset();
        }

        await Eventually.TrueAsync("the will is published", () => !heard.IsEmpty);
        heard.ShouldBe(["status/rude"]);
    }
}
