using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace CleanStreets.Edge.IotHub.Access;

/// <summary>Tokens that a device proves itself with: HMAC-SHA256 over what they give the right to and when they end.</summary>
/// <remarks>Azure IoT Hub, "Control access with shared access signatures". Both <c>sr</c> and <c>sig</c> are URL-encoded; what is signed is the encoded <c>sr</c>.</remarks>
internal static class SharedAccessSignature
{
    /// <summary>Makes a token.</summary>
    /// <param name="resource">What it gives the right to, not encoded.</param>
    /// <param name="key">The key.</param>
    /// <param name="ends">When it ends; whole seconds.</param>
    /// <param name="policy">Name of the policy the key belongs to; null for a device's own key.</param>
    public static string Create(string resource, byte[] key, DateTimeOffset ends, string? policy = null)
    {
        var encoded = WebUtility.UrlEncode(resource);
        var seconds = ends.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{encoded}\n{seconds}")));
        return $"SharedAccessSignature sr={encoded}&sig={WebUtility.UrlEncode(signature)}&se={seconds}{(policy is null ? "" : $"&skn={policy}")}";
    }

    /// <summary>A device's key out of an enrollment group's: HMAC-SHA256 of the registration id under the group's key.</summary>
    public static byte[] DeriveDeviceKey(byte[] groupKey, string registrationId) => HMACSHA256.HashData(groupKey, Encoding.UTF8.GetBytes(registrationId));

    /// <summary>Reads a key as Azure shows it.</summary>
    /// <exception cref="FormatException">It is not base64, or empty; the sentence does not repeat it.</exception>
    public static byte[] ReadKey(string base64)
    {
        var key = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, key, out var length) && length > 0 ? key[..length] : throw new FormatException("the key is not base64");
    }
}
