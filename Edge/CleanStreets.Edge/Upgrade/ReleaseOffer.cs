using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CleanStreets.Edge.Upgrade;

/// <summary>A release that the city offers to a ring, retained on <c>releases/{ring}/{kind}</c>.</summary>
/// <remarks>
/// The manifest is signed; the rest is when and whence. So whoever could write to the topic could delay an upgrade, but not make one up, nor bring an old one back.
/// </remarks>
internal sealed record ReleaseOffer
{
    /// <summary>The manifest's bytes, base64.</summary>
    public required byte[] Manifest { get; init; }

    /// <summary>Their ECDSA P-256 signature over SHA-256, DER, base64.</summary>
    public required byte[] Signature { get; init; }

    /// <summary>Folder of the archives; https, or http on this very machine.</summary>
    public required Uri Url { get; init; }

    /// <summary>Not to be fetched before this.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Reads an offer; an empty message is none.</summary>
    /// <exception cref="UpgradeException">It is not understood.</exception>
    public static ReleaseOffer? Read(ReadOnlyMemory<byte> message)
    {
        if (message.IsEmpty)
        {
            return null;
        }

        try
        {
            var offer = JsonSerializer.Deserialize(message.Span, UpgradeJson.Default.ReleaseOffer);
            return offer is { Url: { IsAbsoluteUri: true } url } && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
                ? offer
                : throw new UpgradeException("the offer's url is not https");
        }
        catch (JsonException ex)
        {
            throw new UpgradeException($"the offer is not understood: {ex.Message.Split(" Path:")[0].TrimEnd('.')}", ex);
        }
    }

    /// <summary>The manifest, once one of the keys of this box has signed it.</summary>
    /// <param name="keys">Folder of public keys, PEM.</param>
    /// <exception cref="UpgradeException">None has, or it is no manifest.</exception>
    public ReleaseManifest Verified(string keys)
    {
        foreach (var file in Directory.Exists(keys) ? Directory.EnumerateFiles(keys, "*.pem") : [])
        {
            using var key = ECDsa.Create();
            try
            {
                key.ImportFromPem(File.ReadAllText(file));
                if (key.VerifyData(Manifest, Signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))
                {
                    return ReleaseManifest.Parse(Manifest);
                }
            }
            catch (Exception ex) when (ex is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
            {
                // No key of ours: the next.
            }
        }

        throw new UpgradeException($"no key in {keys} has signed it");
    }
}

/// <summary>The JSON of offers.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ReleaseOffer))]
internal sealed partial class UpgradeJson : JsonSerializerContext;
