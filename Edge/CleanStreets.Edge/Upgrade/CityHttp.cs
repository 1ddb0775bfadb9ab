using System.Security.Cryptography.X509Certificates;
using CleanStreets.Edge.Run;
using CleanStreets.Mqtt.Client.Transport;

namespace CleanStreets.Edge.Upgrade;

/// <summary>The way to the city's web server, with the roots and the certificate of the link. Made only when something is fetched: HTTP costs a box several megabytes.</summary>
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
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        if (tls?.CertificateFile is { } certificate)
        {
            handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, tls.KeyFile)];
        }

        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
