using System.Security.Cryptography.X509Certificates;
using CleanStreets.Mqtt.Client.Transport;

namespace CleanStreets.Edge.IotHub.Access;

/// <summary>What a device proves itself with: a key, of which tokens are made, or a certificate.</summary>
internal sealed record DeviceSecret
{
    /// <summary>The key; null with a certificate.</summary>
    public byte[]? Key { get; init; }

    /// <summary>PEM file of the certificate; null with a key.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file of the certificate's key; null: in the certificate's file.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Gives the certificate at each connection, so that a renewed one needs no restart; null with a key.</summary>
    public Func<CancellationToken, ValueTask<X509Certificate2Collection>>? Certificate =>
        CertificateFile is null ? null : CertificateFiles.Pem(CertificateFile, KeyFile);

    /// <summary>Which of both: neither belongs in a log.</summary>
    public override string ToString() => Key is null ? $"certificate {CertificateFile}" : "key";
}
