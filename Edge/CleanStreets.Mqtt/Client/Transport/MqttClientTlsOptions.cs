using System.Security.Cryptography.X509Certificates;

namespace CleanStreets.Mqtt.Client.Transport;

/// <summary>How a link is encrypted. The versions of TLS are the system's (1.2 and 1.3).</summary>
public sealed record MqttClientTlsOptions
{
    /// <summary>The name that the server's certificate must bear, also sent as SNI. Null: the host connected to.</summary>
    public string? ServerName { get; init; }

    /// <summary>Roots that are trusted instead of the system's. Null: the system's.</summary>
    public X509Certificate2Collection? TrustedRoots { get; init; }

    /// <summary>
    /// Gives the client's certificate with its private key, followed by intermediates if there are any. Asked at each connection, so that a
    /// renewed certificate needs no new client (<see cref="CertificateFiles"/> reads files). Null: none is shown.
    /// </summary>
    public Func<CancellationToken, ValueTask<X509Certificate2Collection>>? ClientCertificate { get; init; }

    /// <summary>Whether the server's certificate is looked up in its issuer's revocation list, which wants a way to it. Default: no.</summary>
    public bool CheckRevocation { get; init; }
}
