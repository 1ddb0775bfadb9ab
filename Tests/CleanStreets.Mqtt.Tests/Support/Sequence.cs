using System.Text;
using CleanStreets.Mqtt.Listener;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Support;

/// <summary>Plays a script of what peers say to a listener and must hear, byte by byte.</summary>
/// <remarks>
/// One line a step, a letter for the peer (also its client identifier):
/// <code>
/// a *5 2100 02      connects with clean start as 5.0 (or *4), with these properties
/// a ~5              connects without clean start; 5.0 with a session of an hour
/// a > C000          says bytes; the first time it opens the connection
/// a &lt; D000          hears one packet: ?? is any byte, .. at the end any more of them
/// a idle            hears nothing but the answer to a PINGREQ
/// a closed          the listener has closed without another word
/// a drop            breaks its connection, and the listener has noticed
/// </code>
/// Bytes are hex, "text", s"text" with its length in front, ( … ) with the length of what it encloses in front as MQTT writes lengths.
/// </remarks>
internal sealed class Sequence : IDisposable
{
    private const string OneHour = "1100000E10";

    private readonly Broker _broker;
    private readonly Dictionary<char, RawPeer> _peers = [];

    private Sequence(Broker broker) => _broker = broker;

    public static async Task PlayAsync(string script, MqttListenerOptions? options = null)
    {
        await using var broker = await Broker.StartAsync(options: options);
        await PlayAsync(broker, script);
    }

    public static async Task PlayAsync(Broker broker, string script)
    {
        using var sequence = new Sequence(broker);
        foreach (var line in script.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!line.StartsWith("//", StringComparison.Ordinal))
            {
                await sequence.StepAsync(line);
            }
        }
    }

    /// <summary>The bytes that a piece of script stands for; -1 is any byte.</summary>
    public static List<int> Bytes(string text)
    {
        var at = 0;
        return Bytes(text, ref at);
    }

    private async Task StepAsync(string line)
    {
        var (peer, verb, rest) = (line[0], line[2..].Split(' ')[0], line[2..].Split(' ', 2) is [_, var more] ? more : "");
        switch (verb)
        {
            case "*4" or "*5":
                Replace(peer, RawPeer.ConnectAs(_broker.Port, $"{peer}", verb[1] - '0', properties: rest.Replace(" ", "", StringComparison.Ordinal)));
                break;
            case "~4" or "~5":
                Replace(peer, RawPeer.Connect(_broker.Port));
                _peers[peer].SendConnect($"{peer}", verb[1] - '0', flags: 0, properties: verb[1] == '5' ? OneHour + rest : "");
                Expect("20 ?? ?? 00 ..", _peers[peer].ReadPacket(), line);
                break;
            case ">":
                if (!_peers.ContainsKey(peer))
                {
                    Replace(peer, RawPeer.Connect(_broker.Port));
                }

                _peers[peer].Send([.. Bytes(rest).Select(value => (byte)value)]);
                break;
            case "<":
                Expect(rest, _peers[peer].ReadPacket(), line);
                break;
            case "idle":
                _peers[peer].SendHex("C000");
                Expect("D000", _peers[peer].ReadPacket(), line);
                break;
            case "closed":
                Expect("", _peers[peer].ReadPacket(), line);
                Replace(peer, null);
                break;
            case "drop":
                _peers[peer].Reset();
                Replace(peer, null);
                await Eventually.TrueAsync("the listener notices", () => _broker.Listener.Counters.Connections <= _peers.Count);
                break;
            default:
                throw new FormatException(line);
        }
    }

    private static void Expect(string expected, byte[] heard, string line)
    {
        var open = expected.EndsWith("..", StringComparison.Ordinal);
        var bytes = Bytes(open ? expected[..^2] : expected);
        var fits = (open ? heard.Length >= bytes.Count : heard.Length == bytes.Count)
            && bytes.Zip(heard).All(pair => pair.First == -1 || pair.First == pair.Second);
        fits.ShouldBeTrue($"'{line}' heard {(heard.Length == 0 ? "the end" : Convert.ToHexString(heard))}");
    }

    private static List<int> Bytes(string text, ref int at)
    {
        var bytes = new List<int>();
        while (at < text.Length && text[at] != ')')
        {
            switch (text[at])
            {
                case ' ':
                    at++;
                    break;
                case '(':
                    at++;
                    var inside = Bytes(text, ref at);
                    at++;
                    bytes.AddRange(Length(inside.Count));
                    bytes.AddRange(inside);
                    break;
                case '?':
                    bytes.Add(-1);
                    at += 2;
                    break;
                case 's' or '"':
                    bytes.AddRange(Text(text, ref at));
                    break;
                default:
                    bytes.Add(Convert.ToByte(text.Substring(at, 2), 16));
                    at += 2;
                    break;
            }
        }

        return bytes;
    }

    private static IEnumerable<int> Text(string text, ref int at)
    {
        var prefixed = text[at] == 's';
        var start = at + (prefixed ? 2 : 1);
        at = text.IndexOf('"', start) + 1;
        var bytes = Encoding.UTF8.GetBytes(text[start..(at - 1)]);
        int[] prefix = prefixed ? [bytes.Length >> 8, bytes.Length & 0xFF] : [];
        return prefix.Concat(bytes.Select(value => (int)value));
    }

    private static int[] Length(int count)
    {
        var bytes = new byte[4];
        return bytes.Take(Mqtt.Packets.Wire.WriteVariable(bytes, count)).Select(value => (int)value).ToArray();
    }

    private void Replace(char name, RawPeer? peer)
    {
        if (_peers.Remove(name, out var earlier))
        {
            earlier.Dispose();
        }

        if (peer is not null)
        {
            _peers[name] = peer;
        }
    }

    public void Dispose()
    {
        foreach (var peer in _peers.Values)
        {
            peer.Dispose();
        }
    }
}
