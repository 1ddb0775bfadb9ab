using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using CleanStreets.Mqtt.Client;
using CleanStreets.Mqtt.Client.Transport;
using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Client;

/// <summary>TLS and WebSocket against a real Mosquitto, and what only a server of our own can see.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TestCertificates _certificates = new();
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _certificates.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Mosquitto_takes_the_client_certificate_over_TLS_and_WebSocket_and_whoever_has_none_is_refused()
    {
        var webSocketPort = FreePort.Next();
        string[] tls =
        [
            $"cafile {_certificates.WriteAuthority(_folder.Path)}", $"certfile {TestCertificates.WritePem(_certificates.Server(), _folder.Path, "server").Certificate}",
            $"keyfile {_folder.Combine("server.key")}", "require_certificate true", "use_identity_as_username true",
        ];
        await using var mosquitto = await MosquittoServer.StartAsync([.. tls, $"listener {webSocketPort} 127.0.0.1", "protocol websockets", .. tls]);
        var truck = _certificates.Client("truck-1");
        var (certificate, key) = TestCertificates.WritePem(truck, _folder.Path, "truck");
        await File.WriteAllBytesAsync(_folder.Combine("truck.pfx"), truck.Export(X509ContentType.Pkcs12, "secret"), Token);
        var withPem = new MqttClientTlsOptions
        {
            TrustedRoots = CertificateFiles.Roots(_folder.Combine("ca.crt")),
            ClientCertificate = CertificateFiles.Pem(certificate, key),
        };

        await SpeaksAsync(new MqttClientOptions { Port = mosquitto.Port, Tls = withPem });
        await SpeaksAsync(new MqttClientOptions { Port = mosquitto.Port, Tls = withPem with { ClientCertificate = CertificateFiles.Pfx(_folder.Combine("truck.pfx"), "secret") } });
        await SpeaksAsync(new MqttClientOptions { Host = "localhost", Port = webSocketPort, Tls = withPem, WebSocket = new MqttClientWebSocketOptions() });
        await FailsAsync(new MqttClientOptions { Port = mosquitto.Port, Tls = withPem with { ClientCertificate = null } });
    }

    [Fact]
    public async Task Mosquitto_speaks_over_WebSocket_in_both_versions()
    {
        var port = FreePort.Next();
        await using var mosquitto = await MosquittoServer.StartAsync($"listener {port} 127.0.0.1", "protocol websockets");
        var options = new MqttClientOptions { Port = port, WebSocket = new MqttClientWebSocketOptions() };
        await SpeaksAsync(options, payload: 30_000); // Its WebSocket code takes seconds for a large one.
        await SpeaksAsync(options with { ProtocolVersion = MqttProtocolVersion.V311 });
    }

    [Theory]
    [InlineData(MqttTransport.Tls)]
    [InlineData(MqttTransport.WebSocket)]
    [InlineData(MqttTransport.WebSocketOverTls)]
    public async Task Our_listener_is_reached_over_every_transport_and_large_messages_pass(MqttTransport transport)
    {
        var (certificate, key) = TestCertificates.WritePem(_certificates.Server(), _folder.Path, "server");
        var files = new MqttTlsOptions { CertificateFile = certificate, KeyFile = key };
        await using var broker = await Broker.StartEverywhereAsync(new MqttListenerOptions { Tls = files });
        await SpeaksAsync(
            new MqttClientOptions
            {
                Host = "localhost",
                Port = broker.PortOf(transport),
                Tls = transport == MqttTransport.WebSocket ? null : new MqttClientTlsOptions { TrustedRoots = [_certificates.Authority] },
                WebSocket = transport == MqttTransport.Tls ? null : new MqttClientWebSocketOptions(),
            },
            payload: 300_000);
    }

    [Fact]
    public async Task Server_of_another_name_or_another_authority_is_refused_with_a_sentence()
    {
        using var other = new TestCertificates("another authority");
        await using var server = new TlsServer(_certificates.Server("city.example"));
        var trusting = new MqttClientTlsOptions { TrustedRoots = [_certificates.Authority] };
        (await FailsAsync(new MqttClientOptions { Port = server.Port, Tls = trusting with { ServerName = "elsewhere.example" } })).ShouldContain("RemoteCertificateNameMismatch");
        (await FailsAsync(new MqttClientOptions { Port = server.Port, Tls = trusting with { TrustedRoots = [other.Authority] } })).ShouldContain("certificate");
        (await FailsAsync(new MqttClientOptions { Port = server.Port, Tls = new MqttClientTlsOptions() })).ShouldContain("certificate");
        server.Seen.Clear();
        await using var client = await ConnectAsync(new MqttClientOptions { Port = server.Port, Tls = trusting with { ServerName = "city.example" } });
        server.Seen.Single().ServerName.ShouldBe("city.example");
    }

    [Fact]
    public async Task Certificate_is_asked_for_at_each_connection_so_that_a_renewed_one_is_shown()
    {
        await using var server = new TlsServer(_certificates.Server(), clientAuthority: _certificates.Authority);
        var (certificate, key) = TestCertificates.WritePem(_certificates.Client("truck-old"), _folder.Path, "truck");
        await using var client = await ConnectAsync(new MqttClientOptions
        {
            Port = server.Port,
            Tls = new MqttClientTlsOptions { TrustedRoots = [_certificates.Authority], ClientCertificate = CertificateFiles.Pem(certificate, key) },
        });
        TestCertificates.WritePem(_certificates.Client("truck-new"), _folder.Path, "truck");
        await client.ReconnectAsync(Token).WaitAsync(Eventually.Patience, Token);
        server.Seen.Select(seen => seen.Client).ShouldBe(["CN=truck-old", "CN=truck-new"]);
    }

    private static async Task<MqttClient> ConnectAsync(MqttClientOptions options)
    {
        var client = Broker.NewClient(options with { ClientId = "c" });
        await client.StartAsync(Token);
        await client.WaitConnectedAsync(Token).WaitAsync(Eventually.Patience, Token);
        return client;
    }

    private static async Task SpeaksAsync(MqttClientOptions options, int payload = 10)
    {
        await using var client = await ConnectAsync(options);
        var heard = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        await client.SubscribeAsync("a", QualityOfService.AtLeastOnce, (message, _) => { heard.TrySetResult(message.Payload.Length); return default; }, Token);
        var code = await client.PublishAsync(new MqttMessage { Topic = "a", Payload = new byte[payload], QualityOfService = QualityOfService.ExactlyOnce }, Token);
        code.ShouldBe(MqttReasonCode.Success);
        (await heard.Task.WaitAsync(Eventually.Patience, Token)).ShouldBe(payload);
    }

    private static async Task<string> FailsAsync(MqttClientOptions options)
    {
        await using var client = Broker.NewClient(options with { ClientId = "c" });
        var lost = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ConnectionChanged += change => lost.TrySetResult(change.Connected ? "connected" : change.Detail);
        await client.StartAsync(Token);
        var detail = await lost.Task.WaitAsync(Eventually.Patience, Token);
        detail.ShouldNotBe("connected");
        return detail;
    }

    /// <summary>Takes TLS connections, notes what the client showed, and answers each CONNECT; then it only listens.</summary>
    private sealed class TlsServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly SslServerAuthenticationOptions _options;
        private readonly Task _accepting;

        public TlsServer(X509Certificate2 certificate, X509Certificate2? clientAuthority = null)
        {
            _options = new SslServerAuthenticationOptions { ServerCertificate = certificate, ClientCertificateRequired = clientAuthority is not null };
            if (clientAuthority is not null)
            {
                _options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                _options.CertificateChainPolicy.CustomTrustStore.Add(clientAuthority);
            }

            _listener.Start();
            _accepting = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public ConcurrentQueue<(string ServerName, string? Client)> Seen { get; } = new();

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _accepting;
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    _ = ServeAsync(await _listener.AcceptTcpClientAsync());
                }
            }
            catch (Exception stopped) when (stopped is SocketException or InvalidOperationException)
            {
                // The test has ended; an accept begun just after that says InvalidOperationException.
            }
        }

        private async Task ServeAsync(TcpClient connection)
        {
            using var owned = connection;
            await using var stream = new SslStream(connection.GetStream());
            try
            {
                await stream.AuthenticateAsServerAsync(_options);
                var buffer = new byte[1024];
                if (await stream.ReadAsync(buffer) == 0)
                {
                    return;
                }

                Seen.Enqueue((stream.TargetHostName, stream.RemoteCertificate?.Subject));
                await stream.WriteAsync(new byte[] { 0x20, 3, 0, 0, 0 });
                while (await stream.ReadAsync(buffer) > 0)
                {
                    // Nobody asks for more.
                }
            }
            catch (Exception refused) when (refused is IOException or System.Security.Authentication.AuthenticationException)
            {
                // The client would not have us.
            }
        }
    }
}
