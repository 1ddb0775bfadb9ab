using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Listener.State;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>A session belongs to the user name it was made under, and what waits in it is judged when it is sent.</summary>
public sealed class SessionOwnerTests : IDisposable
{
    private const string Everything = "topic readwrite #\nuser alice\ntopic readwrite a\ntopic readwrite b\nuser bob\ntopic readwrite a";
    private const string NothingForAlice = "topic readwrite #\nuser alice\ntopic write a\ntopic readwrite b\nuser bob\ntopic readwrite a";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, "alice", true)]
    [InlineData(true, "alice", true)]
    [InlineData(false, "bob", false)]
    [InlineData(true, "bob", false)]
    [InlineData(false, null, false)]
    [InlineData(true, null, false)]
    public async Task Session_is_handed_over_to_the_user_name_it_was_made_under_and_to_no_other(bool restarted, string? userName, bool handedOver)
    {
        var broker = await StartAsync(Everything);
        Subscribe(broker, qos: 1);
        Publish(broker, "a", "waits");
        if (restarted)
        {
            await broker.DisposeAsync();
            broker = await StartAsync(Everything);
        }

        await using (broker)
        {
            using (var peer = Connect(broker, userName, present: handedOver))
            {
                peer.SendHex("C000");
                var heard = peer.ReadPublishOrNothing(4);
                heard?.Payload.ShouldBe("waits");
                (heard is not null).ShouldBe(handedOver);
            }

            broker.Listener.Counters.MessagesDropped.ShouldBe(handedOver ? 0 : 1);
            using var owner = Connect(broker, "alice", present: handedOver);
        }
    }

    [Fact]
    public async Task Client_of_another_user_name_sends_the_earlier_one_away_and_hears_nothing_of_its_session()
    {
        await using var broker = await StartAsync(Everything);
        using var alice = Connect(broker, "alice", present: false);
        alice.Subscribe("a", qos: 1, 4);
        using var bob = Connect(broker, "bob", present: false);
        alice.ReadPacket().ShouldBeEmpty();
        Publish(broker, "a", "not for bob");
        bob.SendHex("C000");
        bob.ReadHex().ShouldBe("D000", "the subscription was alice's");
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    public async Task Message_that_may_no_longer_be_read_is_not_sent_again(int qos, bool restarted)
    {
        var broker = await StartAsync(Everything);
        Subscribe(broker, qos);
        using (var first = Connect(broker, "alice", present: true))
        {
            Publish(broker, "a", "secret", qos);
            first.ReadPublish(4).Payload.ShouldBe("secret"); // On its way, and never acknowledged.
        }

        await AwayAsync(broker);
        if (restarted)
        {
            await broker.DisposeAsync();
            broker = await StartAsync(NothingForAlice);
        }
        else
        {
            Reload(broker, NothingForAlice);
        }

        await using (broker)
        {
            using var back = Connect(broker, "alice", present: true);
            if (qos == 2)
            {
                back.ReadHex().ShouldBe("62020001", "the client may have the message: its identifier is released before it is used again");
                back.SendHex("70020001");
            }

            back.Subscribe("b", qos: 1, 4);
            Publish(broker, "b", "open");
            back.ReadPublish(4).Payload.ShouldBe("open");
            broker.Listener.Counters.MessagesDropped.ShouldBe(1);
        }
    }

    [Fact]
    public async Task Message_that_waits_is_dropped_and_counted_when_its_topic_may_no_longer_be_read()
    {
        await using var broker = await StartAsync(Everything, new MqttListenerOptions { MaxInFlight = 1 });
        Subscribe(broker, qos: 1);
        using var peer = Connect(broker, "alice", present: true);
        Publish(broker, "a", "sent");
        Publish(broker, "a", "waits");
        peer.ReadPublish(4).Payload.ShouldBe("sent");
        Reload(broker, NothingForAlice);
        peer.SendHex("40020001 C000");
        peer.ReadHex().ShouldBe("D000");
        broker.Listener.Counters.MessagesDropped.ShouldBe(1);
    }

    [Fact]
    public async Task Session_of_an_earlier_version_goes_to_the_first_who_comes_and_is_judged_by_his_rights()
    {
        var log = new RecordBuffer();
        log.Begin(RecordKind.Session).Int64(1).Bytes("s"u8).UInt32(3600).Int64(long.MaxValue).End();
        log.Begin(RecordKind.Subscribe).Int64(1).Bytes("a"u8).Byte(1).UInt32(0).End();
        log.Begin(RecordKind.Message).Int64(2).Bytes("a"u8).Bytes("waits"u8).Bytes([]).Byte(1).Byte(0).UInt32(uint.MaxValue).Int64(0).End();
        log.Begin(RecordKind.Queue).Int64(1).Int64(3).Int64(2).Byte(1).Byte(0).UInt32(70).UInt16(0).End();
        File.WriteAllBytes(_folder.Combine("mqtt-state.log"), [.. StateFile.Magic, .. log.Written.Span]);
        await using var broker = await StartAsync(Everything);
        using var peer = Connect(broker, "bob", present: true);
        peer.ReadPublish(4).Payload.ShouldBe("waits");
        using var other = Connect(broker, "alice", present: false);
    }

    private Task<Broker> StartAsync(string rules, MqttListenerOptions? options = null)
    {
        File.WriteAllText(_folder.Combine("acl"), rules);
        return Broker.StartAsync(options: (options ?? new MqttListenerOptions()) with { AclFile = _folder.Combine("acl"), DataFolder = _folder.Path, FileCheckInterval = TimeSpan.Zero });
    }

    private void Reload(Broker broker, string rules)
    {
        File.WriteAllText(_folder.Combine("acl"), rules);
        broker.Listener.Reload();
    }

    /// <summary>Alice's session on <c>a</c>, without its client.</summary>
    private static void Subscribe(Broker broker, int qos)
    {
        using var peer = Connect(broker, "alice", present: false);
        peer.Subscribe("a", qos, 4);
        peer.SendHex("E000");
        peer.ReadPacket().ShouldBeEmpty();
    }

    private static void Publish(Broker broker, string topic, string payload, int qos = 1)
    {
        using var publisher = RawPeer.ConnectAs(broker.Port, "p", version: 4);
        publisher.Publish(topic, payload, qos, id: 1, version: 4);
        publisher.ReadHex().ShouldBe(qos == 1 ? "40020001" : "50020001");
        publisher.SendHex("E000");
        publisher.ReadPacket().ShouldBeEmpty();
    }

    private static RawPeer Connect(Broker broker, string? userName, bool present)
    {
        var peer = broker.Raw();
        var name = System.Text.Encoding.UTF8.GetBytes(userName ?? "");
        peer.SendConnect("s", version: 4, flags: userName is null ? 0 : 0x80, will: userName is null ? null : [0, (byte)name.Length, .. name]);
        peer.ReadHex().ShouldBe(present ? "20020100" : "20020000", "session present");
        return peer;
    }

    private static Task AwayAsync(Broker broker) => Eventually.TrueAsync("everybody is away", () => broker.Listener.Counters.Connections == 0);
}
