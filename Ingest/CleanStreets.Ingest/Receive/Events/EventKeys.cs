using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using CleanStreets.Ingest.Pipeline;
using Microsoft.Extensions.Primitives;

namespace CleanStreets.Ingest.Receive.Events;

/// <summary>Who may send events: who has a key, or, where there is none, who is on this machine.</summary>
/// <remarks>Keys travel in a header and never in a query string, which proxies write into their logs.</remarks>
internal sealed class EventKeys
{
    /// <summary>For senders that cannot set <c>Authorization</c>.</summary>
    public const string KeyHeader = "X-CleanStreets-Key";

    private const string Bearer = "Bearer ";
    private const int ShortestKey = 16;

    /// <summary>Of a key's digest so much tells senders apart; of an IPv6 address its /64, in which a host chooses freely.</summary>
    private const int KeyBytes = 8;
    private const int NetworkBytes = 8;

    private readonly EventsOptions _options;
    private readonly FileValue<IReadOnlyList<byte[]>>? _ofFile;

    /// <exception cref="UsageException">The file of keys cannot be used.</exception>
    public EventKeys(EventsOptions options)
    {
        _options = options;
        if (options.Key is { Length: > 0 and < ShortestKey })
        {
            throw new UsageException($"Ingest:Events:Key is shorter than {ShortestKey} characters: anybody could guess it. Make one with: openssl rand -hex 32");
        }

        if (options.KeyFile is { } path)
        {
            _ofFile = new FileValue<IReadOnlyList<byte[]>>(path, () => ReadFile(path));
        }
    }

    public bool Any => !string.IsNullOrEmpty(_options.Key) || _options.KeyFile is not null;

    public bool Admits(HttpContext context)
    {
        if (!Any)
        {
            return IsOfThisMachine(context);
        }

        var said = Said(context.Request.Headers);
        return said.Length > 0 && IsKey(SHA256.HashData(Encoding.UTF8.GetBytes(said)));
    }

    /// <summary>Who sends, for its budget: a key at an address (IPv6: in a network). Null: a program of this machine.</summary>
    public static string? SenderOf(HttpContext context)
    {
        if (IsOfThisMachine(context))
        {
            return null;
        }

        var key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Said(context.Request.Headers))), 0, KeyBytes);
        return context.Connection.RemoteIpAddress switch
        {
            null => key,
            { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } network => $"{Convert.ToHexString(network.GetAddressBytes(), 0, NetworkBytes)} {key}",
            var address => $"{address.MapToIPv4()} {key}",
        };
    }

    // A proxy on this machine speaks for others, and says so.
    private static bool IsOfThisMachine(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address) &&
        !context.Request.Headers.ContainsKey("X-Forwarded-For") && !context.Request.Headers.ContainsKey("Forwarded");

    private static string Said(IHeaderDictionary headers)
    {
        if (headers.TryGetValue(KeyHeader, out var key) && key.Count == 1)
        {
            return key.ToString();
        }

        StringValues authorization = headers.Authorization;
        var text = authorization.ToString();
        return text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? text[Bearer.Length..].Trim() : string.Empty;
    }

    // Digests are compared, in constant time: neither length nor first difference of a key can be measured.
    private bool IsKey(byte[] digest)
    {
        var found = false;
        if (!string.IsNullOrEmpty(_options.Key))
        {
            found |= CryptographicOperations.FixedTimeEquals(digest, SHA256.HashData(Encoding.UTF8.GetBytes(_options.Key)));
        }

        foreach (var key in _ofFile?.Current ?? [])
        {
            found |= CryptographicOperations.FixedTimeEquals(digest, key);
        }

        return found;
    }

    /// <summary>Digests of the keys of a file.</summary>
    private static List<byte[]> ReadFile(string path)
    {
        try
        {
            var keys = File.ReadAllLines(path).Select(line => line.Trim()).Where(line => line.Length > 0).ToList();
            return keys.Count > 0 && keys.TrueForAll(key => key.Length >= ShortestKey)
                ? keys.ConvertAll(key => SHA256.HashData(Encoding.UTF8.GetBytes(key)))
                : throw new UsageException($"The file {path} of Ingest:Events:KeyFile holds no key, or one shorter than {ShortestKey} characters: one key a line.");
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The file {path} of Ingest:Events:KeyFile cannot be read ({ex.Message}).", ex);
        }
    }
}
