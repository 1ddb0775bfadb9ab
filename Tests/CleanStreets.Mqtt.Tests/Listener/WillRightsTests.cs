using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Tests.Support;

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
