using System.Security.Cryptography;
using System.Text;

namespace CleanStreets.Mqtt.Listener.Transport;

/// <summary>What a request for a WebSocket gets: 101 with an accept key, or a refusal with a sentence (RFC 6455 §4.2).</summary>
internal readonly record struct UpgradeAnswer(int Status, string Text)
{
    public bool IsAccepted => Status == 101;

    /// <summary>The bytes of the HTTP response.</summary>
    public byte[] ToBytes() => Encoding.ASCII.GetBytes(IsAccepted
        ? $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {Text}\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"
        : $"HTTP/1.1 {Status} {Phrase}\r\nConnection: close\r\nSec-WebSocket-Version: 13\r\nContent-Type: text/plain\r\nContent-Length: {Text.Length + 1}\r\n\r\n{Text}\n");

    private string Phrase => Status switch
    {
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        426 => "Upgrade Required",
        431 => "Request Header Fields Too Large",
        _ => "Bad Request",
    };
}

/// <summary>Judges the HTTP request that opens a WebSocket: small and strict, because nothing else is ever served here.</summary>
internal sealed class WebSocketUpgrade(MqttListenerOptions options, bool onLoopback)
{
    /// <summary>Longest request head; a browser's with cookies has one or two KB.</summary>
    public const int MaxBytes = 8 * 1024;

    /// <summary>Added to the client's key before hashing (RFC 6455 §1.3).</summary>
    private const string KeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>Reads one request and answers it.</summary>
    /// <exception cref="HandshakeRefusedException">It was refused, and the client has been told why.</exception>
    public async Task AnswerAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new byte[MaxBytes];
        var count = 0;
        int end;
        while ((end = head.AsSpan(0, count).IndexOf("\r\n\r\n"u8)) < 0 && count < head.Length)
        {
            var read = await stream.ReadAsync(head.AsMemory(count), cancellationToken);
            if (read == 0)
            {
                throw new EndOfStreamException("it ended before its request was whole");
            }

            count += read;
        }

        // A client waits for the answer before it sends frames (§4.1), so nothing may stand behind the head.
        var answer = end < 0 ? new UpgradeAnswer(431, $"The request is longer than {MaxBytes} bytes.")
            : end + 4 < count ? new UpgradeAnswer(400, "Something follows the request before it was answered.")
            : Judge(head.AsSpan(0, end));
        await stream.WriteAsync(answer.ToBytes(), cancellationToken);
        if (!answer.IsAccepted)
        {
            throw new HandshakeRefusedException(answer.Text);
        }
    }

    /// <summary>Judges a request head without its empty line.</summary>
    public UpgradeAnswer Judge(ReadOnlySpan<byte> head)
    {
        var lines = Encoding.Latin1.GetString(head).Split("\r\n");
        if (lines[0].Split(' ') is not [var method, var target, "HTTP/1.1"] || !TryReadFields(lines.AsSpan(1), out var fields))
        {
            return new UpgradeAnswer(400, "This is not an HTTP/1.1 request.");
        }

        if (method != "GET")
        {
            return new UpgradeAnswer(405, "Only GET opens a WebSocket.");
        }

        if (target != options.WebSocketPath)
        {
            return new UpgradeAnswer(404, $"MQTT is at {options.WebSocketPath}.");
        }

        if (!Lists(fields, "Upgrade", "websocket", StringComparison.OrdinalIgnoreCase)
            || !Lists(fields, "Connection", "Upgrade", StringComparison.OrdinalIgnoreCase)
            || fields.GetValueOrDefault("Sec-WebSocket-Version") != "13")
        {
            return new UpgradeAnswer(426, "This address speaks MQTT over WebSocket, version 13.");
        }

        if (!Lists(fields, "Sec-WebSocket-Protocol", "mqtt", StringComparison.Ordinal))
        {
            return new UpgradeAnswer(400, "[MQTT-6.0.0-3] The sub-protocol 'mqtt' is not among those offered.");
        }

        if (!fields.TryGetValue("Host", out var host) || !MayOpen(fields.GetValueOrDefault("Origin"), host))
        {
            return new UpgradeAnswer(403, "Pages of this origin may not connect here.");
        }

        return fields.TryGetValue("Sec-WebSocket-Key", out var key) && IsKey(key)
            ? new UpgradeAnswer(101, AcceptKey(key))
            : new UpgradeAnswer(400, "Sec-WebSocket-Key is not 16 bytes in base64.");
    }

    /// <summary>Whether a web page of this origin may open a link. Programs send no origin.</summary>
    private bool MayOpen(string? origin, string host)
    {
        if (origin is null || options.WebSocketOrigins.Any(allowed => allowed == "*" || allowed.Equals(origin, StringComparison.OrdinalIgnoreCase)))
        {
            return true;
        }

        // By name alone a stranger's page could claim to be of this host: its name may be made to mean an address that only its visitor reaches.
        return Uri.TryCreate(origin, UriKind.Absolute, out var page) && Uri.TryCreate($"http://{host}", UriKind.Absolute, out var here)
            && (onLoopback ? Loopback.Contains(page.Host) && Loopback.Contains(here.Host) : IsFixed(here) && page.Host.Equals(here.Host, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether nobody can make this host mean another one: an address, or localhost.</summary>
    private static bool IsFixed(Uri here) => here.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 || here.Host == "localhost";

    private static bool TryReadFields(ReadOnlySpan<string> lines, out Dictionary<string, string> fields)
    {
        fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var isSound = colon > 0 && !line.AsSpan(0, colon).ContainsAny(" \t") && !line.Any(letter => letter != '\t' && (letter < ' ' || letter == '\x7F'));
            if (!isSound || !Put(fields, line[..colon], line[(colon + 1)..].Trim(' ', '\t')))
            {
                return false;
            }
        }

        return !fields.ContainsKey("Transfer-Encoding") && fields.GetValueOrDefault("Content-Length", "0") == "0"; // A request with a body is no handshake.
    }

    /// <summary>Lists may be spread over several lines (RFC 9110 §5.3); anything else that stands twice is refused.</summary>
    private static bool Put(Dictionary<string, string> fields, string name, string value)
    {
        if (fields.TryAdd(name, value))
        {
            return true;
        }

        fields[name] = $"{fields[name]},{value}";
        var mayRepeat = !name.Equals("Host", StringComparison.OrdinalIgnoreCase) && !name.Equals("Origin", StringComparison.OrdinalIgnoreCase)
            && !name.Equals("Sec-WebSocket-Key", StringComparison.OrdinalIgnoreCase) && !name.Equals("Sec-WebSocket-Version", StringComparison.OrdinalIgnoreCase);
        return mayRepeat;
    }

    private static bool Lists(Dictionary<string, string> fields, string name, string wanted, StringComparison comparison) =>
        fields.GetValueOrDefault(name, "").Split(',', StringSplitOptions.TrimEntries).Any(item => item.Equals(wanted, comparison));

    private static bool IsKey(string key)
    {
        Span<byte> bytes = stackalloc byte[18];
        return key.Length == 24 && Convert.TryFromBase64String(key, bytes, out var count) && count == 16;
    }

    private static string AcceptKey(string key)
    {
#pragma warning disable CA5350 // The protocol says SHA-1; nothing secret depends on it.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + KeySuffix)));
#pragma warning restore CA5350
    }
}
