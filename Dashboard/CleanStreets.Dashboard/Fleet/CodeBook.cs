using System.Security.Cryptography;
using System.Text;
using CleanStreets.Contracts.Boxes;

namespace CleanStreets.Dashboard.Fleet;

/// <summary>Makes enrolment codes and the form in which they are kept.</summary>
internal static class CodeBook
{
    // 40 bits are few: each try at a stolen registry must be slow. About 50 ms on a small server.
    private const int Iterations = 100_000;
    private const int HashBytes = 32;

    /// <summary>A new secret.</summary>
    public static string NewSecret() => Base32.Encode(RandomNumberGenerator.GetBytes(EnrolmentCode.SecretDigits), EnrolmentCode.SecretDigits);

    /// <summary>PBKDF2 with HMAC-SHA256 under the city's fingerprint as salt: the same secret of another city is another hash.</summary>
    public static byte[] Hash(string secret, string fingerprint) =>
        Rfc2898DeriveBytes.Pbkdf2(secret, Encoding.ASCII.GetBytes(fingerprint), Iterations, HashAlgorithmName.SHA256, HashBytes);
}
