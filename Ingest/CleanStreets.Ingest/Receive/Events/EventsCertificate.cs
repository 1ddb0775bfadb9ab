using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Receive.Events;

/// <summary>The certificate of <c>--events</c>, read again when its file changes, so that a renewed one serves without a restart.</summary>
/// <param name="path">The certificate, PEM.</param>
/// <param name="keyPath">Its private key; null: it stands in the same file.</param>
/// <exception cref="UsageException">The files cannot be used.</exception>
internal sealed class EventsCertificate(string path, string? keyPath)
{
    private readonly FileValue<X509Certificate2> _file = new(path, () => Read(path, keyPath));

    public X509Certificate2 Current => _file.Current;

    private static X509Certificate2 Read(string path, string? keyPath)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(path, keyPath);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new UsageException($"The certificate {path} of Ingest:Events:CertificateFile cannot be used ({ex.Message}): it must be PEM, with its private key in it or in CertificateKeyFile.", ex);
        }
    }
}
