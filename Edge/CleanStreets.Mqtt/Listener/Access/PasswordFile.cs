using System.Security.Cryptography;

namespace CleanStreets.Mqtt.Listener.Access;

/// <summary>User names and password hashes in the format of <c>mosquitto_passwd</c>.</summary>
/// <remarks>
/// <code>
/// name:$7$ITERATIONS$SALT$HASH   PBKDF2 with HMAC-SHA512
/// name:$6$SALT$HASH              SHA512 of the password followed by the salt (older files)
/// </code>
/// Salt and hash are base64. With the tool's 101 iterations a check takes about a tenth of a millisecond; a file may ask for any number.
/// </remarks>
internal sealed class PasswordFile
{
    private const int HashLength = 64;

    private readonly Dictionary<string, Entry> _users = new(StringComparer.Ordinal);

    /// <summary>Reads the lines of a file.</summary>
    /// <exception cref="FormatException">A line is not of the format; the message names its number only.</exception>
    public static PasswordFile Parse(IEnumerable<string> lines)
    {
        var file = new PasswordFile();
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            if (line.Trim().Length == 0 || line[0] == '#')
            {
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || ParseHash(line[(colon + 1)..].Trim()) is not { } entry)
            {
                throw new FormatException($"line {number} is not NAME:$7$… or NAME:$6$… as mosquitto_passwd writes it");
            }

            file._users[line[..colon]] = entry;
        }

        return file;
    }

    /// <summary>Whether this is the user's password.</summary>
    public bool Knows(string userName, ReadOnlySpan<byte> password)
    {
        if (_users.TryGetValue(userName, out var entry))
        {
            return entry.IsHashOf(password);
        }

        // Somebody unknown takes as long as somebody known, so that names cannot be found out by the clock.
        _ = _users.Values.FirstOrDefault()?.IsHashOf(password);
        return false;
    }

    private static Entry? ParseHash(string text)
    {
        var parts = text.Split('$');
        try
        {
            var entry = parts switch
            {
                ["", "7", var iterations, var salt, var hash] when int.TryParse(iterations, System.Globalization.CultureInfo.InvariantCulture, out var count) && count > 0
                    => new Entry(count, Convert.FromBase64String(salt), Convert.FromBase64String(hash)),
                ["", "6", var salt, var hash] => new Entry(0, Convert.FromBase64String(salt), Convert.FromBase64String(hash)),
                _ => null,
            };
            return entry?.Hash.Length == HashLength ? entry : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>A hash; 0 iterations: the older form.</summary>
    private sealed record Entry(int Iterations, byte[] Salt, byte[] Hash)
    {
        public bool IsHashOf(ReadOnlySpan<byte> password)
        {
            var hash = Iterations > 0
                ? Rfc2898DeriveBytes.Pbkdf2(password, Salt, Iterations, HashAlgorithmName.SHA512, HashLength)
                : SHA512.HashData([.. password, .. Salt]);
            return CryptographicOperations.FixedTimeEquals(hash, Hash);
        }
    }
}
