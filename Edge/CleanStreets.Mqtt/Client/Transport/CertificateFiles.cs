using System.Security.Cryptography.X509Certificates;

namespace CleanStreets.Mqtt.Client.Transport;

/// <summary>Certificates out of files.</summary>
public static class CertificateFiles
{
    /// <summary>A client certificate from PEM files, read again at each connection; the certificate's file may go on with intermediates.</summary>
    /// <param name="certificatePath">The certificate, then intermediates.</param>
    /// <param name="keyPath">The private key (PKCS#8, PKCS#1 or SEC 1); null: it stands in the certificate's file.</param>
    /// <param name="keyPassword">Opens an encrypted key; null: it is not encrypted.</param>
    public static Func<CancellationToken, ValueTask<X509Certificate2Collection>> Pem(string certificatePath, string? keyPath = null, string? keyPassword = null) => _ =>
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(certificatePath);
        var chain = new X509Certificate2Collection(keyPassword is null
            ? X509Certificate2.CreateFromPemFile(certificatePath, keyPath)
            : X509Certificate2.CreateFromEncryptedPemFile(certificatePath, keyPassword, keyPath));
        chain.AddRange(all.Skip(1).ToArray());
        return ValueTask.FromResult(chain);
    };

    /// <summary>A client certificate from a PKCS#12 file, read again at each connection.</summary>
    /// <param name="path">The file.</param>
    /// <param name="password">Opens it; null: none is needed.</param>
    public static Func<CancellationToken, ValueTask<X509Certificate2Collection>> Pfx(string path, string? password = null) => _ =>
    {
        var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(path, password);
        return ValueTask.FromResult(new X509Certificate2Collection(all.OrderByDescending(certificate => certificate.HasPrivateKey).ToArray()));
    };

    /// <summary>Trusted roots from a PEM file.</summary>
    /// <exception cref="InvalidDataException">It holds no certificate.</exception>
    public static X509Certificate2Collection Roots(string path)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(path);
        return roots.Count > 0 ? roots : throw new InvalidDataException($"{path} holds no PEM certificate.");
    }
}
