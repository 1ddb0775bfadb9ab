using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace CleanStreets.Edge.IotHub.Access;

/// <summary>What time a server has it, by the <c>Date</c> of any HTTPS answer: a token is as good as the clock that dates it.</summary>
/// <remarks>Asked only when tokens are refused, and by the doctor. What it answers besides does not matter, so no right is needed.</remarks>
internal sealed class ServerClock(HubEndpoint endpoint, TimeProvider time)
{
    /// <summary>Differences below this are the network's: <c>Date</c> has whole seconds.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private long _aheadTicks;

    /// <summary>How far our clock was ahead of the server's when it was last asked; zero before. Any thread.</summary>
    public TimeSpan Ahead => new(Volatile.Read(ref _aheadTicks));

    /// <summary>The server's time, as far as we know.</summary>
    public DateTimeOffset Now => time.GetUtcNow() - Ahead;

    /// <summary>Asks the server.</summary>
    /// <returns>How far we are ahead; null when it cannot be asked.</returns>
    public async Task<TimeSpan?> AskAsync(CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        enough.CancelAfter(Patience);
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(endpoint.Address ?? endpoint.Host, endpoint.HttpsPort, token);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
            SslOptions = Trust(endpoint.Roots),
        };
        using var client = new HttpClient(handler);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, $"https://{endpoint.Host}/");
            using var answer = await client.SendAsync(request, enough.Token);
            if (answer.Headers.Date is not { } date)
            {
                return null;
            }

            var ahead = time.GetUtcNow() - date;
            Volatile.Write(ref _aheadTicks, ahead.Duration() < Tolerance ? 0 : ahead.Ticks);
            return ahead;
        }
        catch (Exception ex) when (ex is HttpRequestException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static SslClientAuthenticationOptions Trust(X509Certificate2Collection? roots)
    {
        var options = new SslClientAuthenticationOptions();
        if (roots is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }

        return options;
    }
}
