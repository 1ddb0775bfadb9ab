using System.Security.Cryptography.X509Certificates;
using CleanStreets.Edge.Run;
using CleanStreets.Mqtt.Client.Transport;

namespace CleanStreets.Edge.Upgrade;

/// <summary>The way to the web server of releases. Made only when something is fetched: HTTP costs a box several megabytes.</summary>
/// <remarks>
/// An enrolled box knows the city's MQTT server by the city's own authority alone. Releases may lie on any web server with a certificate of a public authority, so the system's roots count here as well:
/// what comes is believed for its signature and SHA-256, not for who gave it.
/// </remarks>
internal static class CityHttp
{
    /// <exception cref="IOException">A file of credentials cannot be read.</exception>
    public static HttpClient Create(TlsSettings? tls)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1), ConnectTimeout = TimeSpan.FromSeconds(30) };
        if (tls?.RootsFile is { } roots)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(CertificateFiles.Roots(roots));
            policy.CustomTrustStore.AddRange(SystemRoots());
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        if (tls?.CertificateFile is { } certificate)
        {
            handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, tls.KeyFile)];
        }

        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private static X509Certificate2Collection SystemRoots()
    {
        using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine);
        store.Open(OpenFlags.ReadOnly);
        return store.Certificates;
    }
}
