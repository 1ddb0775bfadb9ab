using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CleanStreets.Contracts.Boxes;
using CleanStreets.Edge.Position;

namespace CleanStreets.Edge.Enroll;

/// <summary>Gets a box its certificate: knows the city by the code's fingerprint, makes the key here, and asks.</summary>
internal sealed class Enroller(Uri city, TimeProvider time)
{
    private readonly CityDoor _door = new(city, time);

    /// <summary>Enrols with a code; what was there before is replaced only when everything has come and fits. Until <see cref="BoxIdentity.Settle"/> the same code counts again.</summary>
    /// <exception cref="EnrollException">It could not be; the files of before are untouched.</exception>
    public async Task<CertificateGrant> EnrolAsync(EnrolmentCode code, BoxIdentity identity, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        if (!TruckClock.IsPossible(now))
        {
            throw new EnrollException($"The clock of this box says {now:u}: set it first (let GPS or NTP do it, or timedatectl set-time), or no certificate would be in force here. The code was not used.");
        }

        using var authority = await _door.FindAuthorityAsync(code.Fingerprint!, stop);
        using var key = PendingKey(identity);
        var grant = await _door.WishAsync(EnrolmentPaths.Certificate, new CertificateWish(BoxIdentity.RequestOf(key), code.Secret), authority, shown: null, stop);
        Check(grant, key, authority);
        Replace(identity, key, grant, authority);
        return grant;
    }

    /// <summary>Gets a new certificate for the one that is in force.</summary>
    /// <exception cref="EnrollException">It could not be; the one of now stays in use.</exception>
    public async Task<CertificateGrant> RenewAsync(X509Certificate2 current, X509Certificate2 authority, BoxIdentity identity, CancellationToken stop)
    {
        using var key = PendingKey(identity);
        var grant = await _door.WishAsync(EnrolmentPaths.Renewal, new CertificateWish(BoxIdentity.RequestOf(key)), authority, current, stop);
        Check(grant, key, authority);
        Replace(identity, key, grant, authority);
        identity.Settle();
        return grant;
    }

    private static ECDsa PendingKey(BoxIdentity identity)
    {
        try
        {
            return identity.PendingKey();
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new EnrollException($"The key of this box cannot be written: {ex.Message} Name another folder with --data, or run as the user the agent runs as.", isWrongUse: true, ex);
        }
    }

    private static void Replace(BoxIdentity identity, ECDsa key, CertificateGrant grant, X509Certificate2 authority)
    {
        try
        {
            identity.Replace(key, grant.Certificate, authority.ExportCertificatePem() + "\n");
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new EnrollException($"The certificate came and cannot be written: {ex.Message} Make room and try again with the same code: it still counts for this box.", cause: ex);
        }
    }

    private void Check(CertificateGrant grant, ECDsa key, X509Certificate2 authority)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(grant.Certificate);
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;
            chain.ChainPolicy.CustomTrustStore.Add(authority);
            var isOurs = certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo());
            if (!isOurs || BoxIdentity.NameOf(certificate) != grant.DeviceId || !chain.Build(certificate))
            {
                throw new EnrollException("The city's certificate is not for this box's key and name, or is not in force by this box's clock: nothing was changed.");
            }
        }
        catch (CryptographicException ex)
        {
            throw new EnrollException("The city's answer holds no certificate: nothing was changed.", cause: ex);
        }
    }
}
