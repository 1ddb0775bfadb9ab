using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CleanStreets.Mqtt.Listener.Access;

/// <summary>One certificate revocation list (RFC 5280 §5), read from its DER bytes; the framework can write such lists but not read them.</summary>
internal sealed class SignedRevocations
{
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 0);

    private readonly byte[] _signedBytes;
    private readonly string _algorithm;
    private readonly byte[] _signature;

    private SignedRevocations(AsnReader list)
    {
        _signedBytes = list.PeekEncodedValue().ToArray();
        var body = list.ReadSequence();
        _algorithm = list.ReadSequence().ReadObjectIdentifier();
        _signature = list.ReadBitString(out _);
        list.ThrowIfNotEmpty();
        ReadBody(body);
    }

    /// <summary>The serial numbers of what is revoked.</summary>
    public List<byte[]> Serials { get; } = [];

    /// <summary>When the authority says the next list will be there.</summary>
    public DateTimeOffset NextUpdate { get; private set; } = DateTimeOffset.MaxValue;

    /// <exception cref="FormatException">It is not such a list, or only part of one (a critical extension).</exception>
    public static SignedRevocations Parse(ReadOnlyMemory<byte> der)
    {
        try
        {
            var file = new AsnReader(der, AsnEncodingRules.DER);
            var list = file.ReadSequence();
            file.ThrowIfNotEmpty();
            return new SignedRevocations(list);
        }
        catch (AsnContentException exception)
        {
            throw new FormatException("a revocation list in it is damaged", exception);
        }
    }

    /// <summary>Whether the key of this authority made the signature.</summary>
    public bool IsSignedBy(X509Certificate2 authority)
    {
        try
        {
            return _algorithm switch
            {
                "1.2.840.113549.1.1.11" => IsRsa(HashAlgorithmName.SHA256),
                "1.2.840.113549.1.1.12" => IsRsa(HashAlgorithmName.SHA384),
                "1.2.840.113549.1.1.13" => IsRsa(HashAlgorithmName.SHA512),
                "1.2.840.10045.4.3.2" => IsEcdsa(HashAlgorithmName.SHA256),
                "1.2.840.10045.4.3.3" => IsEcdsa(HashAlgorithmName.SHA384),
                "1.2.840.10045.4.3.4" => IsEcdsa(HashAlgorithmName.SHA512),
                _ => throw new FormatException($"a revocation list in it is signed with an algorithm that is not known here ({_algorithm})"),
            };
        }
        catch (CryptographicException)
        {
            return false; // The signature is not even of the right form for this key.
        }

        bool IsRsa(HashAlgorithmName hash)
        {
            using var key = authority.GetRSAPublicKey();
            return key?.VerifyData(_signedBytes, _signature, hash, RSASignaturePadding.Pkcs1) == true;
        }

        bool IsEcdsa(HashAlgorithmName hash)
        {
            using var key = authority.GetECDsaPublicKey();
            return key?.VerifyData(_signedBytes, _signature, hash, DSASignatureFormat.Rfc3279DerSequence) == true;
        }
    }

    // version?, signature algorithm, issuer, this update, next update?, revoked?, extensions?
    private void ReadBody(AsnReader body)
    {
        if (body.PeekTag() == Asn1Tag.Integer)
        {
            body.ReadInteger();
        }

        body.ReadSequence();
        body.ReadSequence();
        ReadTime(body);
        if (body.HasData && (body.PeekTag() == Asn1Tag.UtcTime || body.PeekTag() == Asn1Tag.GeneralizedTime))
        {
            NextUpdate = ReadTime(body);
        }

        if (body.HasData && body.PeekTag() == Asn1Tag.Sequence)
        {
            ReadRevoked(body.ReadSequence());
        }

        if (body.HasData)
        {
            RefuseCritical(body.ReadSequence(ExtensionsTag).ReadSequence());
        }

        body.ThrowIfNotEmpty();
    }

    private void ReadRevoked(AsnReader revoked)
    {
        while (revoked.HasData)
        {
            var entry = revoked.ReadSequence();
            Serials.Add(entry.ReadIntegerBytes().ToArray());
            ReadTime(entry);
            if (entry.HasData)
            {
                RefuseCritical(entry.ReadSequence());
            }
        }
    }

    /// <summary>A critical extension changes what the list means: it may be a part, a difference, or another authority's (§5.2).</summary>
    private static void RefuseCritical(AsnReader extensions)
    {
        while (extensions.HasData)
        {
            var extension = extensions.ReadSequence();
            var name = extension.ReadObjectIdentifier();
            if (extension.PeekTag() == Asn1Tag.Boolean && extension.ReadBoolean())
            {
                throw new FormatException($"a revocation list in it has the critical extension {name}, which is not understood here: use a full list");
            }
        }
    }

    private static DateTimeOffset ReadTime(AsnReader reader) =>
        reader.PeekTag() == Asn1Tag.UtcTime ? reader.ReadUtcTime() : reader.ReadGeneralizedTime();
}
