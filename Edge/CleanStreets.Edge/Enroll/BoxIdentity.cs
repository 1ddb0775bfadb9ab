using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Disk;

namespace CleanStreets.Edge.Enroll;

/// <summary>Who the box is: its key and certificate in one file, and the city's authority beside it.</summary>
/// <remarks>
/// Key and certificate are replaced together by one rename, so that no power cut leaves two that do not fit. The key never leaves the box.
/// <c>pending.key</c> is the key of a wish that has not been answered: the same key is asked for again, because the answer may have been lost on the way.
/// </remarks>
internal sealed class BoxIdentity(string folder)
{
    /// <summary>Where it lies.</summary>
    public string Folder => folder;

    /// <summary>The certificate and its key, PEM.</summary>
    public string CertificateFile => Path.Combine(folder, "box.pem");

    /// <summary>The city's authority, PEM.</summary>
    public string AuthorityFile => Path.Combine(folder, "authority.pem");

    private string PendingFile => Path.Combine(folder, "pending.key");

    /// <summary>The identity of an agent with this data folder.</summary>
    public static BoxIdentity In(string data) => new(Path.Combine(data, "identity"));

    /// <summary>The certificate with its key; null when there is none that can be read.</summary>
    public X509Certificate2? Read() => Read(CertificateFile);

    /// <summary>A certificate with its key out of one PEM file; null when there is none that can be read.</summary>
    public static X509Certificate2? Read(string path)
    {
        try
        {
            return File.Exists(path) ? X509Certificate2.CreateFromPemFile(path) : null;
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return null;
        }
    }

    /// <summary>The box that a certificate names.</summary>
    public static DeviceId? NameOf(X509Certificate2 certificate) =>
        DeviceId.TryCreate(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false), out var device) ? device : null;

    /// <summary>The key of a wish that is being asked for: that of one without an answer, or a new one, on disk before it is used.</summary>
    public ECDsa PendingKey()
    {
        PrivateFolder.Create(folder);
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            if (File.Exists(PendingFile))
            {
                key.ImportFromPem(File.ReadAllText(PendingFile));
                return key;
            }
        }
        catch (Exception ex) when (ex is CryptographicException or ArgumentException)
        {
            // Damaged: nobody has its certificate.
        }

        WholeFile.Write(PendingFile, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"), WholeFile.Secret);
        return key;
    }

    /// <summary>A request that proves the key; the city gives the name.</summary>
    public static string RequestOf(ECDsa key) => new CertificateRequest("CN=box", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();

    /// <summary>Takes a new certificate into use. The key it was asked for with stays pending until <see cref="Settle"/>.</summary>
    public void Replace(ECDsa key, string certificate, string authority)
    {
        WholeFile.Write(AuthorityFile, Encoding.ASCII.GetBytes(authority));
        WholeFile.Write(CertificateFile, Encoding.ASCII.GetBytes(certificate.TrimEnd() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n"), WholeFile.Secret);
    }

    /// <summary>All that goes with the certificate is on the disk: the next wish is made with a new key.</summary>
    public void Settle() => File.Delete(PendingFile);

    /// <summary>Forgets all of it.</summary>
    public void Forget()
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
