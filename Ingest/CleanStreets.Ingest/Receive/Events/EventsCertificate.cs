using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Receive.Events;

/// <summary>The certificate of <c>--events</c>, read again when its file changes, so that a renewed one serves without a restart.</summary>
internal sealed class EventsCertificate
{
    private readonly string _path;
    private readonly string? _keyPath;
    private volatile Loaded _loaded;

    /// <exception cref="UsageException">The files cannot be used.</exception>
    public EventsCertificate(string path, string? keyPath)
    {
        (_path, _keyPath) = (path, keyPath);
        try
        {
            _loaded = Load();
        }
        catch (Exception ex) when (IsOfFiles(ex))
        {
            throw new UsageException($"The certificate {path} of Ingest:Events:CertificateFile cannot be used ({ex.Message}): it must be PEM, with its private key in it or in CertificateKeyFile.", ex);
        }
    }

    public X509Certificate2 Current
    {
        get
        {
            try
            {
                if (File.GetLastWriteTimeUtc(_path) != _loaded.WrittenAt)
                {
                    _loaded = Load();
                }
            }
            catch (Exception ex) when (IsOfFiles(ex))
            {
                // Half renewed: the old one serves until both files fit together.
            }

            return _loaded.Certificate;
        }
    }

    private Loaded Load() => new(File.GetLastWriteTimeUtc(_path), X509Certificate2.CreateFromPemFile(_path, _keyPath));

    private static bool IsOfFiles(Exception ex) => ex is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;

    private sealed record Loaded(DateTime WrittenAt, X509Certificate2 Certificate);
}
