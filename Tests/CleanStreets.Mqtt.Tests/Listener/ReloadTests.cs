using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>Files that change are taken by themselves, and links stay.</summary>
public sealed class ReloadTests : IDisposable
{
    private readonly CertificateFolder _files = new();
    private readonly RecordedLog<MqttListener> _log = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task New_certificate_is_shown_to_new_links_and_the_old_ones_stay()
    {
        await using var broker = await StartAsync();
        using var certificate = _files.Authority.Client("truck-1");
        using var early = Connect(broker, certificate);
        using var renewed = _files.Authority.Server();
        _files.PutServer(renewed);
        await SaidAsync("Read again");
        using var other = _files.Authority.Client("truck-2");
        using var late = Connect(broker, other);
        late.ServerCertificate.ShouldBe(renewed.SerialNumber);
        early.ServerCertificate.ShouldNotBe(renewed.SerialNumber);
        early.SendHex("C0 00");
        early.ReadHex().ShouldBe("D000");
    }

    [Fact]
    public async Task Link_of_a_revoked_certificate_is_cut_and_others_stay()
    {
        await using var broker = await StartAsync();
        using var stolen = _files.Authority.Client("truck-1");
        using var good = _files.Authority.Client("truck-2");
        using var thief = Connect(broker, stolen);
        using var honest = Connect(broker, good);
        _files.Revoke(stolen);
        thief.ReadHex().ShouldBe("E00187", "DISCONNECT, not authorized");
        honest.SendHex("C0 00");
        honest.ReadHex().ShouldBe("D000");
    }

    [Fact]
    public async Task Broken_file_changes_nothing_and_is_said_once()
    {
        var acl = _files.Write("acl", "topic read a");
        await using var broker = await StartAsync(acl);
        using var revoked = _files.Authority.Client("truck-1");
        _files.Revoke(revoked);
        await SaidAsync("Read again");
        _files.Write("revoked.crl", "nonsense");
        _files.Write("acl", "nonsense");
        await SaidAsync("no PEM block");
        await SaidAsync("line 1: 'nonsense'");
        Should.Throw<MqttListenerException>(broker.Listener.Reload);
        using var good = _files.Authority.Client("truck-2");
        using (Connect(broker, good))
        {
            // What was read before is in force: the one is taken, the other is not.
            var refused = RawPeer.ConnectTls(broker.PortOf(MqttTransport.Tls), revoked);
            refused.ReadPacket().ShouldBeEmpty();
        }

        _files.Write("acl", "topic read b");
        await SaidAsync($"changed: {acl}");
        _log.Lines.Count(line => line.Contains("no PEM block", StringComparison.Ordinal)).ShouldBe(1);
        _log.Lines.Count(line => line.Contains("'nonsense'", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Good_file_that_was_refused_along_with_a_broken_one_is_still_taken_by_itself()
    {
        var acl = _files.Write("acl", "topic read a");
        await using var broker = await StartAsync(acl);
        _files.Write("revoked.crl", "nonsense");
        _files.Write("acl", "topic read a/b");
        Should.Throw<MqttListenerException>(broker.Listener.Reload);
        await SaidAsync($"changed: {acl}");
    }

    [Fact]
    public void Change_counts_when_the_files_have_been_still_for_one_look()
    {
        var path = _files.Write("watched", "one");
        var watched = new WatchedFiles(path);
        watched.Read();
        watched.HaveChanged().ShouldBeFalse();
        _files.Write("watched", "two, longer");
        watched.HaveChanged().ShouldBeFalse("it may be in the middle of being written");
        watched.HaveChanged().ShouldBeTrue();
        watched.Read();
        watched.HaveChanged().ShouldBeFalse();
        File.Delete(path);
        watched.HaveChanged().ShouldBeFalse();
        watched.HaveChanged().ShouldBeTrue();
    }

    private Task<Broker> StartAsync(string? acl = null) => Broker.StartEverywhereAsync(_files.Options with { AclFile = acl }, _log);

    private static RawPeer Connect(Broker broker, System.Security.Cryptography.X509Certificates.X509Certificate2 certificate)
    {
        var peer = RawPeer.ConnectTls(broker.PortOf(MqttTransport.Tls), certificate);
        peer.SendConnect("");
        peer.ReadPacket()[3].ShouldBe((byte)0);
        return peer;
    }

    private Task SaidAsync(string words) => Eventually.TrueAsync($"the log says '{words}'", () => _log.Lines.Any(line => line.Contains(words, StringComparison.Ordinal)));
}
