using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CleanStreets.Testing;

/// <summary>A certificate authority of a test's own, and the certificates it signs. Keys are P-256 and live in memory only.</summary>
/// <remarks>All are valid from 2020 to 2049, so that no test depends on the clock; those made with <c>expired</c> ended in 2021.</remarks>
public sealed class TestCertificates : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private static readonly DateTimeOffset Begin = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset End = new(2049, 12, 31, 0, 0, 0, TimeSpan.Zero);

    private readonly List<X509Certificate2> _made = [];

    /// <summary>Makes an authority.</summary>
    /// <param name="name">Its common name.</param>
    /// <param name="parent">The authority that signs it; null: it is a root.</param>
    public TestCertificates(string name = "CleanStreets test authority", TestCertificates? parent = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        if (parent is null)
        {
            Authority = request.CreateSelfSigned(Begin, End);
        }
        else
        {
            using var signed = request.Create(parent.Authority, Begin, End.AddDays(-1), RandomNumberGenerator.GetBytes(12));
            Authority = signed.CopyWithPrivateKey(key);
        }
    }

    /// <summary>The authority's certificate with its private key; what clients and servers are to trust.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>A certificate for a server on loopback: <c>localhost</c>, <c>127.0.0.1</c>, <c>::1</c> and <paramref name="names"/>.</summary>
    public X509Certificate2 Server(params string[] names) => Sign("CN=localhost", ServerUse, names, expired: false);

    /// <summary>A certificate for a client, for example a truck by its id.</summary>
    /// <param name="commonName">The subject's common name.</param>
    /// <param name="expired">Whether it ended long ago.</param>
    public X509Certificate2 Client(string commonName, bool expired = false) => Sign($"CN={commonName}", ClientUse, [], expired);

    /// <summary>A certificate for a client with any subject, for example <c>O=City</c>.</summary>
    public X509Certificate2 ClientOf(string subject) => Sign(subject, ClientUse, [], expired: false);

    /// <summary>The authority's revocation list (PEM) of what it no longer vouches for.</summary>
    public string Revocations(params X509Certificate2[] revoked)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var certificate in revoked)
        {
            builder.AddEntry(certificate, Begin, X509RevocationReason.KeyCompromise);
        }

        return PemEncoding.WriteString("X509 CRL", builder.Build(Authority, 1, End, HashAlgorithmName.SHA256, thisUpdate: Begin));
    }

    /// <summary>Writes <c>name.crt</c> and, where there is a key, <c>name.key</c> (PEM, PKCS#8) into a folder and returns their paths.</summary>
    public static (string Certificate, string Key) WritePem(X509Certificate2 certificate, string folder, string name)
    {
        var paths = (Certificate: Path.Combine(folder, name + ".crt"), Key: Path.Combine(folder, name + ".key"));
        File.WriteAllText(paths.Certificate, certificate.ExportCertificatePem());
        using var key = certificate.GetECDsaPrivateKey();
        if (key is not null)
        {
            File.WriteAllText(paths.Key, key.ExportPkcs8PrivateKeyPem());
        }

        return paths;
    }

    /// <summary>Writes <c>ca.crt</c>, the authority without its key, into a folder and returns its path.</summary>
    public string WriteAuthority(string folder)
    {
        var path = Path.Combine(folder, "ca.crt");
        File.WriteAllText(path, Authority.ExportCertificatePem());
        return path;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _made.ForEach(certificate => certificate.Dispose());
        Authority.Dispose();
    }

    private X509Certificate2 Sign(string subject, string use, string[] names, bool expired)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Authority, true, false));
        if (use == ServerUse)
        {
            request.CertificateExtensions.Add(Names(names));
        }

        using var signed = request.Create(Authority, Begin, expired ? Begin.AddYears(1) : End.AddDays(-2), RandomNumberGenerator.GetBytes(12));
        var certificate = signed.CopyWithPrivateKey(key);
        _made.Add(certificate);
        return certificate;
    }

    private static X509Extension Names(string[] names)
    {
        var builder = new SubjectAlternativeNameBuilder();
        builder.AddDnsName("localhost");
        builder.AddIpAddress(IPAddress.Loopback);
        builder.AddIpAddress(IPAddress.IPv6Loopback);
        foreach (var name in names)
        {
            builder.AddDnsName(name);
        }

        return builder.Build();
    }
}
