using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>A client's certificate is who it is.</summary>
public sealed class CertificateTests : IDisposable
{
    private readonly CertificateFolder _files = new();
    private readonly RecordedLog<MqttListener> _log = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Common_name_is_the_client_identifier_and_no_other_is_taken()
    {
        await using var broker = await StartAsync();
        using var certificate = _files.Authority.Client("truck-1");
        Answer(broker, certificate, "truck-1", 5)[3].ShouldBe((byte)0);
        Answer(broker, certificate, "truck-2", 5)[3].ShouldBe((byte)0x85);
        Answer(broker, certificate, "truck-2", 4)[3].ShouldBe((byte)2);
        var assigned = Answer(broker, certificate, "", 5);
        System.Text.Encoding.ASCII.GetString(assigned).ShouldContain("truck-1", Case.Sensitive, "Assigned Client Identifier");
    }

    [Fact]
    public async Task Common_name_is_the_user_name_whatever_connect_says()
    {
        var acl = _files.Write("acl", "pattern write trucks/%u\nuser boss\ntopic write #");
        var passwords = _files.Write("passwords", ""); // Nobody has a password; a certificate needs none.
        await using var broker = await StartAsync(options => options with { AclFile = acl, PasswordFile = passwords });
        using var certificate = _files.Authority.Client("truck-1");
        using var peer = RawPeer.ConnectTls(broker.PortOf(MqttTransport.Tls), certificate);
        peer.SendConnect("truck-1", flags: 0xC2, will: [0, 4, .. "boss"u8, 0, 1, (byte)'x']);
        peer.ReadPacket()[3].ShouldBe((byte)0);
        peer.Publish("trucks/truck-1", "mine", qos: 1, id: 1);
        peer.ReadHex().ShouldBe("4003000110", "taken; nobody subscribes");
        peer.Publish("trucks/truck-2", "another's", qos: 1, id: 2);
        peer.ReadHex().ShouldBe("4003000287");
        _log.Lines.ShouldContain(line => line.Contains("'truck-1' may not publish to 'trucks/truck-2'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task User_name_that_nobody_checks_gives_no_rights_where_certificates_say_who_somebody_is()
    {
        var acl = _files.Write("acl", "topic write open\nuser boss\ntopic write #\npattern write trucks/%u");
        await using var broker = await StartAsync(options => options with { AclFile = acl, Tls = options.Tls! with { AllowNoCertificate = true } });
        using var peer = RawPeer.ConnectTls(broker.PortOf(MqttTransport.Tls));
        peer.SendConnect("c", flags: 0x82, will: [0, 4, .. "boss"u8]);
        peer.ReadPacket()[3].ShouldBe((byte)0);
        peer.Publish("trucks/boss", "another's", qos: 1, id: 1);
        peer.ReadHex().ShouldBe("4003000187");
        peer.Publish("open", "anybody's", qos: 1, id: 2);
        peer.ReadHex().ShouldBe("4003000210", "taken; nobody subscribes");
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 0x87)]
    public async Task User_name_that_nobody_checks_is_as_good_as_none(bool? allowAnonymous, int code)
    {
        await using var broker = await Broker.StartAsync(options: new MqttListenerOptions { AllowAnonymous = allowAnonymous });
        using var peer = broker.Raw();
        peer.SendConnect("c", flags: 0x82, will: [0, 4, .. "boss"u8]);
        peer.ReadPacket()[3].ShouldBe((byte)code);
    }

    [Fact]
    public async Task Client_without_certificate_is_refused_unless_it_may_lack_one()
    {
        await using (var strict = await StartAsync())
        {
            await ShouldBeRefusedAsync(strict, certificate: null, "it shows no certificate");
        }

        await using var lenient = await StartAsync(options => options with { Tls = options.Tls! with { AllowNoCertificate = true } });
        Answer(lenient, null, "anybody", 5)[3].ShouldBe((byte)0);
        using var stranger = new TestCertificates("Somebody else");
        using var foreign = stranger.Client("truck-1");
        await ShouldBeRefusedAsync(lenient, foreign, "it shows no certificate", "UntrustedRoot", "PartialChain");
    }

    [Fact]
    public async Task Certificate_that_is_not_good_is_refused_with_its_reason_in_the_log()
    {
        await using var broker = await StartAsync();
        using var stranger = new TestCertificates(); // The same name, another key.
        using var foreign = stranger.Client("truck-1");
        await ShouldBeRefusedAsync(broker, foreign, "UntrustedRoot", "PartialChain", "NotSignatureValid");
        using var expired = _files.Authority.Client("truck-1", expired: true);
        await ShouldBeRefusedAsync(broker, expired, "NotTimeValid");
        using var server = _files.Authority.Server();
        await ShouldBeRefusedAsync(broker, server, "NotValidForUsage");
        using var nameless = _files.Authority.ClientOf("O=City");
        await ShouldBeRefusedAsync(broker, nameless, "no common name");
        using var twofold = _files.Authority.ClientOf("CN=truck-1, CN=truck-2");
        await ShouldBeRefusedAsync(broker, twofold, "no common name");
        using var revoked = _files.Authority.Client("truck-1");
        _files.Revoke(revoked);
        broker.Listener.Reload();
        await ShouldBeRefusedAsync(broker, revoked, "'truck-1' has been revoked");
        broker.Listener.Counters.ConnectionsAccepted.ShouldBe(0);
    }

    [Fact]
    public async Task Certificate_of_an_intermediate_authority_is_taken_until_that_authority_is_revoked()
    {
        using var depot = new TestCertificates("Depot", _files.Authority);
        var authorities = _files.Write("authorities", _files.Authority.Authority.ExportCertificatePem() + "\n" + depot.Authority.ExportCertificatePem());
        await using var broker = await StartAsync(options => options with { Tls = options.Tls! with { ClientAuthorityFile = authorities } });
        using var certificate = depot.Client("truck-1");
        Answer(broker, certificate, "truck-1", 5)[3].ShouldBe((byte)0);
        _files.Revoke(depot.Authority);
        broker.Listener.Reload();
        await ShouldBeRefusedAsync(broker, certificate, "has been revoked");
    }

    [Fact]
    public async Task Certificates_count_over_websocket_too()
    {
        await using var broker = await StartAsync();
        using var certificate = _files.Authority.Client("truck-1");
        using var peer = await RawPeer.ConnectWebSocketAsync(new Uri($"wss://localhost:{broker.PortOf(MqttTransport.WebSocketOverTls)}/mqtt"), certificate);
        peer.SendConnect("truck-2");
        peer.ReadPacket()[3].ShouldBe((byte)0x85);
    }

    [Fact]
    public async Task Mosquittos_tools_talk_through_tls_with_certificates()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mosquitto_pub"), "mosquitto_pub is not installed (apt-get install mosquitto-clients)");
        await using var broker = await StartAsync();
        using var certificate = _files.Authority.Client("truck-1");
        var client = _files.WriteClient(certificate);
        string[] where =
        [
            "-h", "localhost", "-p", $"{broker.PortOf(MqttTransport.Tls)}", "--cafile", _files.ClientAuthority, "--cert", client.Certificate, "--key", client.Key,
            "-i", "truck-1", "-q", "1", "-t", "a/b",
        ];
        await using var publisher = ProductProgram.StartProcess("/usr/bin/mosquitto_pub", [.. where, "-r", "-m", "hello"]);
        (await publisher.ExitAsync(Eventually.Patience)).ShouldBe(0, publisher.Output);
        await using var subscriber = ProductProgram.StartProcess("/usr/bin/mosquitto_sub", [.. where, "-C", "1", "-W", "120"]);
        (await subscriber.ExitAsync(Eventually.Patience)).ShouldBe(0, subscriber.Output);
        await Eventually.TrueAsync("it has printed the message", () => subscriber.Output == "hello");
    }

    private Task<Broker> StartAsync(Func<MqttListenerOptions, MqttListenerOptions>? change = null) =>
        Broker.StartEverywhereAsync((change ?? (options => options))(_files.Options with { FileCheckInterval = TimeSpan.Zero }), _log);

    private static byte[] Answer(Broker broker, X509Certificate2? certificate, string id, int version)
    {
        using var peer = RawPeer.ConnectTls(broker.PortOf(MqttTransport.Tls), certificate);
        peer.SendConnect(id, version);
        return peer.ReadPacket();
    }

    /// <summary>With TLS 1.3 a client hears of the refusal after its own side of the handshake is done.</summary>
    private async Task ShouldBeRefusedAsync(Broker broker, X509Certificate2? certificate, params string[] because)
    {
        _log.Lines.Clear();
        try
        {
            Answer(broker, certificate, "truck-1", 5).ShouldBeEmpty();
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException)
        {
            // Refused before that.
        }

        // The client may hear of it before it is logged.
        await Eventually.TrueAsync($"the log says {string.Join(" or ", because)}", () => _log.Lines.Any(line => because.Any(reason => line.Contains(reason, StringComparison.Ordinal))));
    }
}
