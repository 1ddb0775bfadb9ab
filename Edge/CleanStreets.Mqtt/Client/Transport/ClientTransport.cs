using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;

namespace CleanStreets.Mqtt.Client.Transport;

/// <summary>Makes the stream that a link runs over: TCP, TLS over TCP, or a WebSocket over either.</summary>
internal static class ClientTransport
{
    private const string SubProtocol = "mqtt";

    /// <summary>Connects as the options say.</summary>
    /// <exception cref="MqttLinkLostException">The other side is there and something was refused; the sentence says what.</exception>
    /// <exception cref="SocketException">Nobody is there.</exception>
    public static async Task<Stream> ConnectAsync(MqttClientOptions options, CancellationToken cancellationToken)
    {
        var tls = options.Tls is { } wanted ? await TlsAsync(wanted, options.Host, cancellationToken) : null;
        try
        {
            return options.WebSocket is { } webSocket ? await OverWebSocketAsync(options, webSocket, tls, cancellationToken)
                : tls is null ? await OverTcpAsync(options, cancellationToken)
                : await OverTlsAsync(await OverTcpAsync(options, cancellationToken), tls, cancellationToken);
        }
        catch (Exception exception) when (exception is WebSocketException or System.Security.Authentication.AuthenticationException)
        {
            var reason = exception.InnerException is { } inner ? $"{exception.Message} {inner.Message}" : exception.Message;
            throw new MqttLinkLostException($"Cannot talk to {options.Host}:{options.Port}: {reason}", MqttReasonCode.ServerUnavailable, exception);
        }
    }

    private static async Task<Stream> OverTcpAsync(MqttClientOptions options, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(options.Host, options.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<Stream> OverTlsAsync(Stream inner, SslClientAuthenticationOptions tls, CancellationToken cancellationToken)
    {
        var stream = new SslStream(inner);
        try
        {
            await stream.AuthenticateAsClientAsync(tls, cancellationToken);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private static async Task<Stream> OverWebSocketAsync(
        MqttClientOptions options, MqttClientWebSocketOptions settings, SslClientAuthenticationOptions? tls, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { ConnectCallback = async (_, token) => await OverTcpAsync(options, token), UseProxy = false };
        if (tls is not null)
        {
            handler.SslOptions = tls;
        }

        using var invoker = new HttpMessageInvoker(handler);
        var webSocket = new ClientWebSocket();
        try
        {
            webSocket.Options.AddSubProtocol(SubProtocol);
            foreach (var (name, value) in settings.Headers)
            {
                webSocket.Options.SetRequestHeader(name, value);
            }

            await webSocket.ConnectAsync(AddressOf(options, settings), invoker, cancellationToken);
            return webSocket.SubProtocol == SubProtocol
                ? WebSocketStream.Create(webSocket, WebSocketMessageType.Binary, ownsWebSocket: true)
                : throw new MqttLinkLostException("[MQTT-6.0.0-4] the WebSocket server did not choose the sub-protocol mqtt.", MqttReasonCode.ProtocolError);
        }
        catch
        {
            webSocket.Dispose();
            throw;
        }
    }

    /// <summary>The name in it is the server's, whatever is connected to: SocketsHttpHandler takes SNI, the name to check and Host from here, and not from the TLS options.</summary>
    private static Uri AddressOf(MqttClientOptions options, MqttClientWebSocketOptions settings) =>
        new($"{(options.Tls is null ? "ws" : "wss")}://{UriHost(options.Tls?.ServerName ?? options.Host)}:{options.Port}{settings.PathAndQuery}");

    private static string UriHost(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;

    private static async ValueTask<SslClientAuthenticationOptions> TlsAsync(MqttClientTlsOptions options, string host, CancellationToken cancellationToken)
    {
        var tls = new SslClientAuthenticationOptions
        {
            TargetHost = options.ServerName ?? host,
            CertificateRevocationCheckMode = Revocation(options),
        };
        if (options.TrustedRoots is { } roots)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = Revocation(options) };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }

        if (options.ClientCertificate is { } provider)
        {
            var chain = await provider(cancellationToken);
            if (chain.Count == 0 || !chain[0].HasPrivateKey)
            {
                throw new MqttLinkLostException("The client certificate has no private key.", MqttReasonCode.NotAuthorized);
            }

            tls.ClientCertificateContext = SslStreamCertificateContext.Create(chain[0], [.. chain.Skip(1)], offline: true);
        }

        return tls;
    }

    private static X509RevocationMode Revocation(MqttClientTlsOptions options) => options.CheckRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck;
}
