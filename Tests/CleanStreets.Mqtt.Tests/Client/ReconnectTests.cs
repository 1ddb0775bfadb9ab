using System.Collections.Concurrent;
using System.Text;
using CleanStreets.Mqtt.Client;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Client;

/// <summary>When the client connects, with what, and how it says goodbye.</summary>
public sealed class ReconnectTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<MqttReasonCode> Reasons() => [.. Enum.GetValues<MqttReasonCode>()];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Only_a_refusal_that_somebody_has_to_lift_makes_a_long_pause(MqttReasonCode reason)
    {
        var expected = reason is MqttReasonCode.BadUserNameOrPassword or MqttReasonCode.NotAuthorized or MqttReasonCode.Banned
            or MqttReasonCode.ClientIdentifierNotValid or MqttReasonCode.UnsupportedProtocolVersion or MqttReasonCode.BadAuthenticationMethod
            or MqttReasonCode.UseAnotherServer or MqttReasonCode.ServerMoved;
        ReconnectPolicy.Pause(reason, TimeSpan.FromMinutes(2), jitter: 0.5).ShouldBe(expected ? TimeSpan.FromMinutes(2) : null);
        ReconnectPolicy.Pause(MqttReasonCode.NotAuthorized, TimeSpan.FromSeconds(100), 0)!.Value.ShouldBe(TimeSpan.FromSeconds(75));
        ReconnectPolicy.Pause(MqttReasonCode.NotAuthorized, TimeSpan.FromSeconds(100), 1)!.Value.ShouldBe(TimeSpan.FromSeconds(125));
    }

    [Theory]
    [InlineData(4, 4, MqttReasonCode.BadUserNameOrPassword)]
    [InlineData(4, 5, MqttReasonCode.NotAuthorized)]
    [InlineData(5, 0x87, MqttReasonCode.NotAuthorized)]
    public async Task Refused_client_says_so_once_and_waits_until_it_is_told_to_try_with_another_token(int version, int code, MqttReasonCode reason)
    {
        using var server = new RawServer();
        var tokens = 0;
        await using var client = Broker.NewClient(new MqttClientOptions
        {
            ClientId = "c",
            Port = server.Port,
            ProtocolVersion = (MqttProtocolVersion)version,
            Credentials = _ => ValueTask.FromResult(new MqttCredentials("truck", $"token-{++tokens}")),
            RefusedPause = TimeSpan.FromHours(1),
        });
        var changes = new ConcurrentQueue<MqttConnectionChange>();
        client.ConnectionChanged += changes.Enqueue;
        await client.StartAsync(Token);
        var (refused, connect) = await server.AcceptAsync(version, code: code);
        using (refused)
        {
            Encoding.UTF8.GetString(connect).ShouldEndWith("token-1");
            await Eventually.TrueAsync("the refusal is told", () => !changes.IsEmpty);
        }

        changes.Single().Reason.ShouldBe(reason);
        var reconnecting = client.ReconnectAsync(Token); // Without it nothing would come for an hour.
        var (peer, again) = await server.AcceptAsync(version);
        using (peer)
        {
            Encoding.UTF8.GetString(again).ShouldEndWith("token-2");
            await reconnecting.WaitAsync(Eventually.Patience);
            changes.Select(change => change.Connected).ShouldBe([false, true]);
        }
    }

    [Fact]
    public async Task Reconnect_says_goodbye_comes_back_with_a_new_token_and_loses_no_publish()
    {
        using var server = new RawServer();
        var tokens = 0;
        await using var client = Broker.NewClient(new MqttClientOptions
        {
            ClientId = "c",
            Port = server.Port,
            ProtocolVersion = MqttProtocolVersion.V311,
            CleanStart = false,
            KeepPublishes = true,
            Credentials = _ => ValueTask.FromResult(new MqttCredentials("truck", $"token-{++tokens}")),
        });
        await client.StartAsync(Token);
        Task<MqttReasonCode> publish;
        Task reconnecting;
        using (var first = (await server.AcceptAsync(4)).Peer)
        {
            publish = client.PublishAsync(new MqttMessage { Topic = "a", QualityOfService = QualityOfService.AtLeastOnce }, Token).AsTask();
            first.ReadHex().ShouldBe("32050001610001");
            reconnecting = client.ReconnectAsync(Token);
            first.ReadHex().ShouldBe("E000");
        }

        var (second, connect) = await server.AcceptAsync(4, sessionPresent: true);
        using (second)
        {
            Encoding.UTF8.GetString(connect).ShouldEndWith("token-2");
            second.ReadHex().ShouldBe("3A050001610001");
            second.SendHex("40020001");
            (await publish).ShouldBe(MqttReasonCode.Success);
            await reconnecting.WaitAsync(Eventually.Patience);
        }
    }

    [Fact]
    public async Task Server_that_moved_is_reported_with_its_reference()
    {
        using var server = new RawServer();
        await using var client = Broker.NewClient(new MqttClientOptions { ClientId = "c", Port = server.Port, RefusedPause = TimeSpan.FromHours(1) });
        var changes = new ConcurrentQueue<MqttConnectionChange>();
        client.ConnectionChanged += changes.Enqueue;
        await client.StartAsync(Token);
        using (var peer = (await server.AcceptAsync(5)).Peer)
        {
            await client.WaitConnectedAsync(Token);
            await Task.Delay(300, Token); // Longer than the longest backoff: the pause is due even when the link has lived.
            peer.SendHex("E0 07 9D 05 1C 0002 6232"); // DISCONNECT 0x9D, Server Reference "b2".
            await Eventually.TrueAsync("the move is told", () => changes.Count == 2);
            changes.Last().Reason.ShouldBe(MqttReasonCode.ServerMoved);
            changes.Last().ServerReference.ShouldBe("b2");
            await Task.Delay(300, Token);
            server.IsAsked.ShouldBeFalse("it is not to come back before its pause is over");
        }

        var reconnecting = client.ReconnectAsync(Token);
        using (var next = (await server.AcceptAsync(5, code: 0x9C, properties: "1C00026233")).Peer)
        {
            await Eventually.TrueAsync("the next refusal is told", () => changes.Count == 3);
            changes.Last().ServerReference.ShouldBe("b3");
        }

        reconnecting.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Session_that_was_to_be_forgotten_and_is_there_ends_the_link()
    {
        using var server = new RawServer();
        await using var client = Broker.NewClient(new MqttClientOptions { ClientId = "c", Port = server.Port });
        var lost = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ConnectionChanged += change => lost.TrySetResult(change.Detail);
        await client.StartAsync(Token);
        using var peer = (await server.AcceptAsync(5, sessionPresent: true)).Peer;
        (await lost.Task.WaitAsync(Eventually.Patience)).ShouldContain("[MQTT-3.2.2-2]");
        peer.ReadPacket().ShouldBeEmpty("the client closes");
    }

    [Fact]
    public async Task Server_that_does_not_answer_is_given_up_after_the_connect_timeout()
    {
        using var server = new RawServer();
        await using var client = Broker.NewClient(new MqttClientOptions { ClientId = "c", Port = server.Port, ConnectTimeout = TimeSpan.FromMilliseconds(50) });
        var lost = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ConnectionChanged += change => lost.TrySetResult(change.Detail);
        await client.StartAsync(Token);
        using var peer = await server.AcceptAsync();
        (await lost.Task.WaitAsync(Eventually.Patience)).ShouldContain("ConnectTimeout");
    }

    [Fact]
    public async Task Provider_that_fails_is_a_failed_attempt_and_not_the_end()
    {
        await using var broker = await Broker.StartAsync();
        var asked = 0;
        var client = await broker.ClientAsync("c", new MqttClientOptions
        {
            Credentials = _ => asked++ == 0 ? throw new InvalidOperationException("no token yet") : ValueTask.FromResult(new MqttCredentials(null, null)),
        });
        client.IsConnected.ShouldBeTrue();
        asked.ShouldBe(2);
    }

    [Fact]
    public async Task Server_keep_alive_goes_before_our_own()
    {
        using var server = new RawServer();
        var clock = new StandingClock(); // It stands while a ping is answered: the client waits half a second for that.
        await using var client = Broker.NewClient(new MqttClientOptions { ClientId = "c", Port = server.Port, KeepAlive = TimeSpan.FromHours(1) }, clock);
        await client.StartAsync(Token);
        using var peer = (await server.AcceptAsync(5, properties: "130001")).Peer; // One second.
        await client.WaitConnectedAsync(Token).WaitAsync(Eventually.Patience);
        for (var pings = 0; pings < 2; pings++)
        {
            await HearPingAsync(peer, clock);
            peer.SendHex("D000 32 07 0001 61 0001 00 78");
            peer.ReadHex().ShouldBe("40020001", "it has read both, and so the answer to its ping");
        }
    }

    [Fact]
    public async Task Machine_that_stood_still_while_a_pings_answer_came_keeps_its_link()
    {
        using var server = new RawServer();
        var clock = new StandingClock();
        await using var client = Broker.NewClient(new MqttClientOptions { ClientId = "c", Port = server.Port, KeepAlive = TimeSpan.FromSeconds(1) }, clock);
        await client.StartAsync(Token);
        using var peer = (await server.AcceptAsync(5)).Peer;
        await client.WaitConnectedAsync(Token).WaitAsync(Eventually.Patience);
        await HearPingAsync(peer, clock);
        clock.Advance(TimeSpan.FromMinutes(5));
        await Eventually.TrueAsync("it has looked", () => clock.Timers == 1);
        peer.SendHex("D000 32 07 0001 61 0001 00 78");
        peer.ReadHex().ShouldBe("40020001");
    }

    /// <summary>Lets a client with a keep-alive of a second look at the clock until half of it has passed.</summary>
    private static async Task HearPingAsync(RawPeer peer, StandingClock clock)
    {
        for (var looks = 0; looks < 4; looks++)
        {
            await Eventually.TrueAsync("only the keep-alive waits for the clock", () => clock.Timers == 1);
            peer.Available.ShouldBe(0, "half a second has not passed");
            clock.Advance(TimeSpan.FromMilliseconds(125));
        }

        peer.ReadHex().ShouldBe("C000");
        await Eventually.TrueAsync("it has looked", () => clock.Timers == 1);
    }

    [Fact]
    public async Task Stop_tells_reason_and_the_sessions_new_life()
    {
        using var server = new RawServer();
        var client = Broker.NewClient(new MqttClientOptions { ClientId = "c", Port = server.Port, SessionExpiry = TimeSpan.FromHours(1) });
        await client.StartAsync(Token);
        using var peer = (await server.AcceptAsync(5)).Peer;
        await client.WaitConnectedAsync(Token);
        var stopping = client.StopAsync(MqttReasonCode.DisconnectWithWill, TimeSpan.Zero, Token);
        peer.ReadHex().ShouldBe("E007" + "04" + "05" + "1100000000");
        peer.Dispose();
        await stopping;

        await using var brief = Broker.NewClient(new MqttClientOptions { ClientId = "c", Port = server.Port });
        await Should.ThrowAsync<ArgumentException>(() => brief.StopAsync(MqttReasonCode.Success, TimeSpan.FromHours(1), Token));
    }

    [Fact]
    public async Task Connect_carries_session_expiry_and_the_will_with_its_delay_and_properties_and_is_clean_at_first_only()
    {
        using var server = new RawServer();
        await using var client = Broker.NewClient(new MqttClientOptions
        {
            ClientId = "c",
            Port = server.Port,
            SessionExpiry = TimeSpan.FromHours(1),
            WillDelay = TimeSpan.FromSeconds(5),
            Will = new MqttMessage { Topic = "w", Payload = "x"u8.ToArray(), Expiry = TimeSpan.FromSeconds(7), UserProperties = [new("k", "v")] },
        });
        await client.StartAsync(Token);
        var (first, connect) = await server.AcceptAsync(5);
        CleanStart(connect).ShouldBeTrue();
        Convert.ToHexString(connect).ShouldContain("1100000E10", customMessage: "session expiry");
        Convert.ToHexString(connect).ShouldContain("26" + "00016B" + "000176" + "0200000007" + "1800000005" + "000177" + "000178", customMessage: "the will");
        await client.WaitConnectedAsync(Token);
        first.Reset();
        var (second, again) = await server.AcceptAsync(5, sessionPresent: true);
        using (second)
        {
            CleanStart(again).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Delayed_will_with_properties_is_published_by_the_listener()
    {
        await using var broker = await Broker.StartAsync();
        await using var proxy = new LinkProxy(broker.Port);
        var watcher = await broker.ClientAsync("watcher");
        var heard = new TaskCompletionSource<MqttMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        await watcher.SubscribeAsync("w", QualityOfService.AtLeastOnce, (message, _) => { heard.TrySetResult(message); return default; }, Token);
        await broker.ClientAsync("c", new MqttClientOptions
        {
            Port = proxy.Port,
            SessionExpiry = TimeSpan.FromHours(1),
            WillDelay = TimeSpan.FromSeconds(1),
            Will = new MqttMessage { Topic = "w", ContentType = "text/plain", UserProperties = [new("k", "v")] },
        });
        proxy.Cut();
        var will = await heard.Task.WaitAsync(Eventually.Patience);
        (will.ContentType, will.UserProperties.Single()).ShouldBe(("text/plain", new MqttUserProperty("k", "v")));
    }

    /// <summary>Bit 1 of the connect flags, which stand behind length, "MQTT" and the version.</summary>
    private static bool CleanStart(byte[] connect) => (connect[connect.AsSpan().IndexOf("MQTT"u8) + 5] & 2) != 0;
}
