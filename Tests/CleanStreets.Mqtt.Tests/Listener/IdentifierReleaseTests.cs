using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>How long the identifier of a QoS 2 publish stays in use when it is refused, or never acknowledged.</summary>
public sealed class IdentifierReleaseTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Identifier_of_a_publish_that_is_refused_is_free_again(bool refusedLater)
    {
        var hook = new RecordingHook("r/") { Decide = _ => refusedLater ? HookResult.Taken : HookResult.Refused(MqttReasonCode.QuotaExceeded) };
        await using var broker = await Broker.StartAsync(hook, new MqttListenerOptions { ReceiveMaximum = 2 });
        using var peer = RawPeer.ConnectAs(broker.Port, "t");
        for (var i = 1; i <= 5; i++)
        {
            peer.Publish("r/t", $"{i}", qos: 2, id: 7);
            if (refusedLater)
            {
                await Eventually.TrueAsync("the hook has it as a new one", () => hook.Tokens.Count == i);
                broker.Listener.Acknowledge(hook.Tokens.ToArray(), MqttReasonCode.QuotaExceeded);
            }

            peer.ReadHex().ShouldBe("5003000797", "a PUBREC that is a failure ends the use of the identifier (5.0 §4.3.3)");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Identifier_of_3_1_1_which_hears_no_refusal_is_in_use_until_it_is_released(bool refusedLater)
    {
        var asked = 0;
        var hook = new RecordingHook("r/")
        {
            Decide = _ => Interlocked.Increment(ref asked) > 0 && refusedLater ? HookResult.Taken : HookResult.Refused(MqttReasonCode.QuotaExceeded),
        };
        await using var broker = await Broker.StartAsync(hook);
        using var peer = RawPeer.ConnectAs(broker.Port, "t", version: 4);
        for (var round = 1; round <= 2; round++)
        {
            for (var sent = 1; sent <= 2; sent++)
            {
                peer.Publish("r/t", "x", qos: 2, id: 7, version: 4, duplicate: sent == 2);
                await Eventually.TrueAsync("the hook was asked", () => Volatile.Read(ref asked) >= round && (!refusedLater || hook.Tokens.Count >= round));
                broker.Listener.Acknowledge(hook.Tokens.ToArray(), MqttReasonCode.QuotaExceeded);
                peer.ReadHex().ShouldBe("50020007");
            }

            asked.ShouldBe(round, "once a message");
            peer.SendHex("62020007");
            peer.ReadHex().ShouldBe("70020007");
        }
    }

    [Fact]
    public async Task Publish_that_was_not_acknowledged_is_handed_over_again_when_its_client_takes_its_session_over()
    {
        var hook = new RecordingHook("r/");
        await using var broker = await Broker.StartAsync(hook);
        using var first = SessionTests.Lasting(broker, "t", 4, present: false);
        first.Publish("r/t", "x", qos: 2, id: 7, version: 4);
        await Eventually.TrueAsync("the hook has it", () => hook.Tokens.Count == 1);
        using var second = SessionTests.Lasting(broker, "t", 4, present: true);
        second.Publish("r/t", "x", qos: 2, id: 7, version: 4, duplicate: true);
        await Eventually.TrueAsync("the hook has it again", () => hook.Tokens.Count == 2);
        broker.Listener.Acknowledge(hook.Tokens.ToArray());
        second.ReadHex().ShouldBe("50020007");
    }

    [Fact]
    public async Task Publish_that_was_not_acknowledged_is_handed_over_again_after_a_restart_though_the_state_was_begun_anew_meanwhile()
    {
        using var folder = new TemporaryFolder();
        var options = new MqttListenerOptions { DataFolder = folder.Path, LeastStateFileBytes = 1000 };
        var hook = new RecordingHook("r/");
        await using (var broker = await Broker.StartAsync(hook, options))
        {
            using var peer = SessionTests.Lasting(broker, "t", 4, present: false);
            peer.Publish("r/t", "x", qos: 2, id: 7, version: 4);
            await Eventually.TrueAsync("the hook has it", () => hook.Tokens.Count == 1);
            using var other = RawPeer.ConnectAs(broker.Port, "o", version: 4);
            for (var id = 1; broker.Listener.Counters.StateCompactions < 3; id++)
            {
                other.Publish("kept", new string('x', 500), qos: 1, id: id, retain: true, version: 4);
                other.ReadHex().ShouldBe($"4002{id:X4}");
            }
        }

        hook = new RecordingHook("r/") { AcknowledgeEachTurn = true };
        await using var again = await Broker.StartAsync(hook, options);
        using var back = SessionTests.Lasting(again, "t", 4, present: true);
        back.Publish("r/t", "x", qos: 2, id: 7, version: 4, duplicate: true);
        back.ReadHex().ShouldBe("50020007");
        hook.Taken.ShouldHaveSingleItem();
    }
}
