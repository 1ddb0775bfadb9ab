using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Boxes;
using CleanStreets.Contracts.Disk;

namespace CleanStreets.Dashboard.Fleet;

/// <summary>The city's own certificate authority: vouches for its boxes and for its two doors (enrolment and MQTT), and for nothing else.</summary>
/// <remarks>P-256. The key lies in the registry's folder, readable by its owner only, and never leaves it. Any thread.</remarks>
internal sealed class CityAuthority : IDisposable
{
    /// <summary>How long a box's certificate lasts.</summary>
    public static readonly TimeSpan BoxValidity = TimeSpan.FromDays(365);

    /// <summary>How long a door's certificate lasts: below the 398 days that browsers and some clients accept.</summary>
    public static readonly TimeSpan DoorValidity = TimeSpan.FromDays(397);

    private const string KeyFile = "authority.key", ServerUse = "1.3.6.1.5.5.7.3.1", ClientUse = "1.3.6.1.5.5.7.3.2";
    private const int SerialBytes = 16;
    private const int LeastRsaBits = 2048;
    private const int LongestRequest = 16 * 1024;

    // A clock a little behind the city's must not refuse what was just issued.
    private static readonly TimeSpan Backdating = TimeSpan.FromHours(1);
    private const int BackdatingShare = 24;
    private static readonly TimeSpan AuthorityValidity = TimeSpan.FromDays(20 * 365);
    private static readonly TimeSpan RevocationsHold = TimeSpan.FromDays(30);

    private readonly X509Certificate2 _certificate;
    private readonly TimeProvider _time;

    private CityAuthority(X509Certificate2 certificate, TimeProvider time) => (_certificate, _time) = (certificate, time);

    /// <summary>The authority's certificate, PEM.</summary>
    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>As it stands in codes.</summary>
    public string Fingerprint => EnrolmentCode.FingerprintOf(_certificate.RawData);

    /// <summary>The authority that signs and whose certificates are trusted, without its key.</summary>
    public X509Certificate2 Certificate => X509CertificateLoader.LoadCertificate(_certificate.RawData);

    /// <summary>Reads the authority of a folder, or makes it on first use.</summary>
    /// <exception cref="DashboardStartException">Its files cannot be read or written.</exception>
    public static CityAuthority Open(FleetDatabase database, TimeProvider time)
    {
        var path = Path.Combine(database.Folder, KeyFile);
        try
        {
            // Under the write lock: two programs that start together make one authority.
            return database.Change(_ => new CityAuthority(File.Exists(path) ? X509Certificate2.CreateFromPemFile(path) : Make(path, time), time));
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new DashboardStartException($"The city's authority in '{path}' cannot be used: {ex.Message}", ex);
        }
    }

    /// <summary>Signs a box's request. Of the request only the public key counts, and the signature that proves its owner.</summary>
    /// <exception cref="FleetException">It is no request, its signature is wrong, or its key is of a kind or size that is not taken.</exception>
    public X509Certificate2 SignBox(DeviceId device, string request, TimeSpan? validity = null)
    {
        var key = KeyOf(request);
        var wish = new CertificateRequest(new X500DistinguishedName($"CN={device}"), key, HashAlgorithmName.SHA256);
        wish.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ClientUse)], critical: false));
        return Sign(wish, validity ?? BoxValidity);
    }

    /// <summary>Makes a door's certificate and key, one PEM after the other.</summary>
    /// <param name="names">Names and addresses under which boxes call it.</param>
    public (string Certificate, string Key) MakeDoor(IReadOnlyList<string> names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var wish = new CertificateRequest(new X500DistinguishedName($"CN={names[0]}"), key, HashAlgorithmName.SHA256);
        wish.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerUse)], critical: false));
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        wish.CertificateExtensions.Add(alternatives.Build());
        using var signed = Sign(wish, DoorValidity);
        return (signed.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>The list of what is revoked, signed, PEM.</summary>
    /// <param name="revoked">Serial numbers (hexadecimal), when, and why.</param>
    public string Revocations(IEnumerable<(string Serial, DateTimeOffset At, X509RevocationReason Reason)> revoked)
    {
        var list = new CertificateRevocationListBuilder();
        foreach (var (serial, at, reason) in revoked)
        {
            list.AddEntry(Convert.FromHexString(serial), at, reason);
        }

        var now = _time.GetUtcNow();
        var bytes = list.Build(_certificate, now.ToUnixTimeMilliseconds(), now + RevocationsHold, HashAlgorithmName.SHA256, thisUpdate: now - Backdating);
        return PemEncoding.WriteString("X509 CRL", bytes) + "\n";
    }

    /// <summary>Whether a certificate was signed here, for a box, and is in force now. Revocation is the registry's to say.</summary>
    public bool Vouches(X509Certificate2 certificate) => Chains(certificate, ClientUse);

    /// <summary>Whether a door's certificate was signed here and is in force now.</summary>
    public bool Signed(X509Certificate2 certificate) => Chains(certificate, ServerUse);

    public void Dispose() => _certificate.Dispose();

    private bool Chains(X509Certificate2 certificate, string use)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.CustomTrustStore.Add(_certificate);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(use));
        return chain.Build(certificate);
    }

    private static X509Certificate2 Make(string path, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = $"CN=CleanStreets city {RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        var wish = new CertificateRequest(new X500DistinguishedName(name), key, HashAlgorithmName.SHA256);
        wish.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        wish.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        wish.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(wish.PublicKey, critical: false));
        var now = time.GetUtcNow();
        var made = wish.CreateSelfSigned(now - Backdating, now + AuthorityValidity);
        var pem = made.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n";
        WholeFile.Write(path, System.Text.Encoding.ASCII.GetBytes(pem), WholeFile.Secret);
        return made;
    }

    private X509Certificate2 Sign(CertificateRequest wish, TimeSpan validity)
    {
        wish.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        wish.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        wish.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false));
        wish.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(wish.PublicKey, critical: false));
        var now = _time.GetUtcNow();
        var serial = RandomNumberGenerator.GetBytes(SerialBytes);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40); // Positive, and of one length.
        var before = validity / BackdatingShare;
        var (from, to) = (now - (before < Backdating ? before : Backdating), now + validity);
        var last = new DateTimeOffset(_certificate.NotAfter);
        return wish.Create(_certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_certificate.GetECDsaPrivateKey()!), from, to < last ? to : last, serial);
    }

    private static PublicKey KeyOf(string request)
    {
        if (request.Length > LongestRequest)
        {
            throw Refused("it is too long");
        }

        try
        {
            // Checks the signature; extensions that somebody asks for are not loaded.
            var wish = CertificateRequest.LoadSigningRequestPem(request, HashAlgorithmName.SHA256);
            using var curve = wish.PublicKey.GetECDsaPublicKey();
            using var rsa = wish.PublicKey.GetRSAPublicKey();
            return curve is { KeySize: 256 or 384 } || rsa is { KeySize: >= LeastRsaBits }
                ? wish.PublicKey
                : throw Refused("its key is neither on P-256 or P-384 nor RSA of at least 2048 bits");
        }
        catch (Exception ex) when (ex is CryptographicException or ArgumentException or NotSupportedException)
        {
            throw Refused("it is not a PKCS #10 request (PEM) signed by its own key");
        }
    }

    private static FleetException Refused(string why) => new("request_refused", $"The certificate request is refused: {why}.");
}
