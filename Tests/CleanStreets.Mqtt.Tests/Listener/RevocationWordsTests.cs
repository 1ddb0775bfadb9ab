using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>Wherever a link is when its certificate is revoked, the log says whose it was and why it ended, in the same words.</summary>
public sealed class RevocationWordsTests : IDisposable
{
    private const string Words = "the certificate of 'truck-1' has been revoked";

    private readonly CertificateFolder _files = new();
    private readonly RecordedLog<MqttListener> _log = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Certificate_that_was_revoked_before_the_handshake_is_named()
    {
        await using var broker = await StartAsync();
        using var certificate = _files.Authority.Client("truck-1");
        Revoke(broker, certificate);
        await ShakeHandsAsync(broker, certificate, meanwhile: () => { });
        await SaidAsync();
    }

    [Fact]
    public async Task Certificate_that_was_revoked_during_the_handshake_is_named()
    {
        await using var broker = await StartAsync();
        using var certificate = _files.Authority.Client("truck-1");
        await ShakeHandsAsync(broker, certificate, meanwhile: () => Revoke(broker, certificate));
        await SaidAsync();
        broker.Listener.Counters.CutByReason[MqttReasonCode.NotAuthorized].ShouldBe(1);
    }

    [Fact]
    public async Task Certificate_that_was_revoked_before_connect_is_named()
    {
        await using var broker = await StartAsync();
        using var certificate = _files.Authority.Client("truck-1");
        using var peer = RawPeer.ConnectTls(broker.PortOf(MqttTransport.Tls), certificate);
        await Eventually.TrueAsync("the loop has it", () => broker.Listener.Counters.Connections == 1);
        Revoke(broker, certificate);
        peer.ReadPacket().ShouldBeEmpty();
        await SaidAsync();
    }

    private Task<Broker> StartAsync() => Broker.StartEverywhereAsync(_files.Options with { FileCheckInterval = TimeSpan.Zero }, _log);

    private void Revoke(Broker broker, X509Certificate2 certificate)
    {
        _files.Revoke(certificate);
        broker.Listener.Reload();
    }

    /// <summary>A handshake up to where the server has asked for the certificate, then <paramref name="meanwhile"/>, then the rest.</summary>
    private static async Task ShakeHandsAsync(Broker broker, X509Certificate2 certificate, Action meanwhile)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", broker.PortOf(MqttTransport.Tls), TestContext.Current.CancellationToken);
        await using var tls = new SslStream(client.GetStream());
        var done = false;
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    ClientCertificates = [certificate],
                    RemoteCertificateValidationCallback = (_, _, _, _) =>
                    {
                        meanwhile();
                        return done = true;
                    },
                },
                TestContext.Current.CancellationToken);
        }
        catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException)
        {
            // Refused before its own side was done.
        }

        done.ShouldBeTrue("the server has asked for the certificate");
    }

    private Task SaidAsync() => Eventually.TrueAsync("the log says whose and why", () => _log.Lines.Any(line => line.EndsWith(Words, StringComparison.Ordinal)));
}
