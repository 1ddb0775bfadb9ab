using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>A last will is said only for who may still say it.</summary>
public sealed class WillRightsTests : IDisposable
{
    private static readonly byte[] Will = [0, 0, 1, (byte)'w', 0, 1, (byte)'x'];
    private readonly CertificateFolder _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Will_of_a_revoked_certificate_is_not_published()
    {
        await using var broker = await Broker.StartEverywhereAsync(_files.Options with { FileCheckInterval = TimeSpan.Zero });
        using var stolen = _files.Authority.Client("truck-1");
        using var thief = RawPeer.ConnectTls(broker.PortOf(MqttTransport.Tls), stolen);
        thief.SendConnect("truck-1", flags: 6, will: Will);
        thief.ReadPacket()[3].ShouldBe((byte)0);
        using var honest = RawPeer.ConnectAs(broker.PortOf(MqttTransport.Tcp), "honest");
        honest.Subscribe("#", qos: 0, 5);
        _files.Revoke(stolen);
        broker.Listener.Reload();
        thief.ReadHex().ShouldBe("E00187", "DISCONNECT, not authorized");
        thief.ReadPacket().ShouldBeEmpty();
        honest.Publish("b", "after");
        honest.ReadPublish(5).Payload.ShouldBe("after");
    }

    [Fact]
    public async Task Delayed_will_of_a_client_that_had_left_before_its_certificate_was_revoked_is_not_published()
    {
        var log = new RecordedLog<MqttListener>();
        var clock = new StandingClock();
        await using var broker = await Broker.StartEverywhereAsync(_files.Options with { FileCheckInterval = TimeSpan.Zero }, log, time: clock);
        using var stolen = _files.Authority.Client("truck-1");
        using (var thief = RawPeer.ConnectTls(broker.PortOf(MqttTransport.Tls), stolen))
        {
            thief.SendConnect("truck-1", flags: 6, properties: "1100000E10", will: [5, 0x18, 0, 0, 0, 1, .. Will[1..]]);
            thief.ReadPacket()[3].ShouldBe((byte)0);
        }

        using var honest = RawPeer.ConnectAs(broker.PortOf(MqttTransport.Tcp), "honest");
        honest.Subscribe("#", qos: 0, 5);
        await Eventually.TrueAsync("the thief has left", () => broker.Listener.Counters.Connections == 1);
        _files.Revoke(stolen);
        broker.Listener.Reload();
        clock.Advance(TimeSpan.FromSeconds(2));
        await Eventually.TrueAsync("the log says it", () => log.Lines.Contains("Warning: The last will of 'truck-1' is not published: the certificate of 'truck-1' has been revoked"));
        honest.Publish("b", "after");
        honest.ReadPublish(5).Payload.ShouldBe("after");
    }

    [Theory]
    [InlineData("topic readwrite w", "x")]
    [InlineData("topic read w", "after")]
    public async Task Will_is_published_only_if_its_topic_may_be_written_when_it_is_said(string rule, string heard)
    {
        var options = new MqttListenerOptions { AclFile = _files.Write("acl", "topic readwrite w\ntopic readwrite b"), FileCheckInterval = TimeSpan.Zero };
        await using var broker = await Broker.StartAsync(options: options);
        using var other = RawPeer.ConnectAs(broker.Port, "other");
        other.Subscribe("w", qos: 0, 5);
        other.Subscribe("b", qos: 0, 5);
        using var leaver = broker.Raw();
        leaver.SendConnect("leaver", flags: 6, will: Will);
        leaver.ReadPacket()[3].ShouldBe((byte)0);
        _files.Write("acl", $"{rule}\ntopic readwrite b");
        broker.Listener.Reload();
        leaver.SendHex("E0 01 04"); // Goodbye, with the will.
        leaver.ReadPacket().ShouldBeEmpty();
        other.Publish("b", "after");
        other.ReadPublish(5).Payload.ShouldBe(heard);
    }
}
