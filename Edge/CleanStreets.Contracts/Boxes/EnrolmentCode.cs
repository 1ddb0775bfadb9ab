using System.Security.Cryptography;

namespace CleanStreets.Contracts.Boxes;

/// <summary>What a technician types to enrol one box: a secret of 40 bits that counts once, and 80 bits of the fingerprint of the city's authority.</summary>
/// <remarks>
/// <c>SSSS-SSSS-FFFF-FFFF-FFFF-FFFF</c>. The secret is short because guessing is slowed down by the city; the fingerprint is what lets the box know
/// the city before it has any certificate of it, and is the same in all codes of one city. Where it is given otherwise the first two groups are enough.
/// </remarks>
/// <param name="Secret">Eight digits.</param>
/// <param name="Fingerprint">Sixteen digits of <see cref="FingerprintOf"/>; null when only the secret was typed.</param>
public sealed record EnrolmentCode(string Secret, string? Fingerprint)
{
    /// <summary>Digits of the secret.</summary>
    public const int SecretDigits = 8;

    /// <summary>Digits of the fingerprint.</summary>
    public const int FingerprintDigits = 16;

    private const int GroupDigits = 4;

    /// <summary>The fingerprint of an authority as it stands in codes: SHA-256 of its certificate, cut.</summary>
    public static string FingerprintOf(ReadOnlySpan<byte> certificate) => Base32.Encode(SHA256.HashData(certificate), FingerprintDigits);

    /// <summary>Reads what was typed: any case, with or without hyphens.</summary>
    public static bool TryParse(string? typed, out EnrolmentCode code)
    {
        var digits = typed is { Length: <= 64 } ? Base32.Normalise(typed) : null;
        code = digits?.Length switch
        {
            SecretDigits => new EnrolmentCode(digits, null),
            SecretDigits + FingerprintDigits => new EnrolmentCode(digits[..SecretDigits], digits[SecretDigits..]),
            _ => new EnrolmentCode(string.Empty, null),
        };
        return code.Secret.Length > 0;
    }

    /// <summary>The code in groups of four, as it is printed.</summary>
    public override string ToString() => string.Join('-', (Secret + Fingerprint).Chunk(GroupDigits).Select(group => new string(group)));
}
