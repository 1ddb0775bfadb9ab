using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener.Access;

/// <summary>Who a client is by a certificate whose chain has been checked.</summary>
/// <param name="Name">The common name of the certificate, without control characters: client identifier and user name of its owner.</param>
/// <param name="Keys">What a revocation list would call each certificate of the chain but the root.</param>
internal sealed record CertificateIdentity(string Name, string[] Keys)
{
    private const string CommonName = "2.5.4.3";

    /// <summary>The words, always the same, for why it is turned away once a list names it.</summary>
    public string Revoked => $"the certificate of '{Name}' has been revoked";

    /// <summary>Reads a checked chain, from the client's own certificate to the root. Null: the certificate has no common name, more than one, or one that no client identifier can be.</summary>
    public static CertificateIdentity? Of(X509Chain chain)
    {
        var certificates = chain.ChainElements.Select(element => element.Certificate).ToArray();
        return NameOf(certificates[0]) is { } name
            ? new CertificateIdentity(name, [.. certificates.Zip(certificates.Skip(1), (certificate, issuer) => Key(issuer, certificate.SerialNumberBytes.Span))])
            : null;
    }

    /// <summary>A certificate is what an authority's key has signed under a serial number: names can be written in more than one way, a key cannot.</summary>
    public static string Key(X509Certificate2 issuer, ReadOnlySpan<byte> serial) =>
        Convert.ToHexString(SHA256.HashData([.. issuer.PublicKey.ExportSubjectPublicKeyInfo(), .. serial.TrimStart((byte)0)]));

    private static string? NameOf(X509Certificate2 certificate)
    {
        try
        {
            var names = certificate.SubjectName.EnumerateRelativeDistinguishedNames()
                .Where(part => !part.HasMultipleElements && part.GetSingleElementType().Value == CommonName)
                .Select(part => part.GetSingleElementValue()).ToArray();
            return names is [{ Length: > 0 } name] && !MqttText.HasControl(Encoding.UTF8.GetBytes(name)) ? name : null;
        }
        catch (CryptographicException)
        {
            return null; // A name that is not text.
        }
    }
}
