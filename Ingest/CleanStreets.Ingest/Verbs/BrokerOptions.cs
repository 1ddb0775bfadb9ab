using System.CommandLine;
using System.Net;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Mqtt.Listener;

namespace CleanStreets.Ingest.Verbs;

/// <summary>The command line of <c>broker</c>.</summary>
internal sealed class BrokerOptions
{
    private const int DefaultPort = 1883;

    /// <summary>As often as Mosquitto says it.</summary>
    private const int DefaultSysIntervalSeconds = 10;

    private static readonly MqttListenerOptions Defaults = new();

    private readonly Option<IPEndPoint?> _listen = EndpointOption.CreateOptional("--listen", $"Clear text over TCP. Default: 127.0.0.1:{DefaultPort}, if no other endpoint is named.", "127.0.0.1:1883");
    private readonly Option<IPEndPoint?> _tls = EndpointOption.CreateOptional("--tls", "TLS over TCP.", "127.0.0.1:8883");
    private readonly Option<IPEndPoint?> _ws = EndpointOption.CreateOptional("--ws", "WebSocket in clear text, path /mqtt.", "127.0.0.1:9001");
    private readonly Option<IPEndPoint?> _wss = EndpointOption.CreateOptional("--wss", "WebSocket over TLS, path /mqtt.", "127.0.0.1:9443");
    private readonly Option<string[]> _origins = new("--ws-origin") { Description = "Origin whose web pages may connect, for example https://city.example; '*' for any. Default: pages of the same IP address or localhost.", HelpName = "ORIGIN" };
    private readonly AccessOptions _access = new(prefix: "");
    private readonly Option<string?> _data = new("--data") { Description = "Folder in which retained messages and sessions survive a restart. Default: in memory only.", HelpName = "DIR" };
    private readonly Option<bool> _anonymous = new("--allow-anonymous") { Description = "Serve clients that do not say who they are, also beyond loopback." };
    private readonly Option<bool> _clearText = new("--allow-clear-text") { Description = "Take passwords in clear text beyond loopback, for example behind a proxy or on a network of your own." };
    private readonly Option<int> _receiveMaximum = Number("--receive-maximum", "Most unacknowledged publishes of one client.", Defaults.ReceiveMaximum);
    private readonly Option<int> _topicAliases = Number("--topic-alias-maximum", "Highest topic alias accepted.", Defaults.TopicAliasMaximum);
    private readonly Option<int> _packetSize = Number("--max-packet-size", "Largest packet accepted, in bytes.", Defaults.MaximumPacketSize);
    private readonly Option<int> _keepAlive = Number("--server-keep-alive", "Longest keep-alive of a 5.0 client, in seconds.", (int)Defaults.MaximumKeepAlive.TotalSeconds);
    private readonly Option<int> _sysInterval = Number("--sys-interval", "Seconds between what $SYS/broker/… says; 0: nothing.", DefaultSysIntervalSeconds);

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _listen, _tls, _ws, _wss, _origins })
        {
            command.Add(option);
        }

        _access.AddTo(command);
        foreach (var option in new Option[] { _anonymous, _clearText, _data, _receiveMaximum, _topicAliases, _packetSize, _keepAlive, _sysInterval })
        {
            command.Add(option);
        }
    }

    /// <summary>What the listener is to do.</summary>
    /// <exception cref="UsageException">It must not do that, or not without more words.</exception>
    public MqttListenerOptions Read(ParseResult parsed)
    {
        var options = _access.Read(parsed, Endpoints(parsed)) with
        {
            WebSocketOrigins = parsed.GetValue(_origins) ?? [],
            DataFolder = parsed.GetValue(_data),
            AllowAnonymous = parsed.GetValue(_anonymous) ? true : null,
            ReceiveMaximum = parsed.GetValue(_receiveMaximum),
            TopicAliasMaximum = parsed.GetValue(_topicAliases),
            MaximumPacketSize = parsed.GetValue(_packetSize),
            SysInterval = TimeSpan.FromSeconds(parsed.GetValue(_sysInterval)),
            MaximumKeepAlive = TimeSpan.FromSeconds(parsed.GetValue(_keepAlive)),
        };
        return BeyondLoopback.Refusal(options, parsed.GetValue(_clearText)) is { } refusal ? throw new UsageException(refusal) : options;
    }

    private MqttEndpoint[] Endpoints(ParseResult parsed)
    {
        (Option<IPEndPoint?> Option, MqttTransport Transport)[] all =
            [(_listen, MqttTransport.Tcp), (_tls, MqttTransport.Tls), (_ws, MqttTransport.WebSocket), (_wss, MqttTransport.WebSocketOverTls)];
        var named = all.Where(item => parsed.GetValue(item.Option) is not null).Select(item => new MqttEndpoint(parsed.GetValue(item.Option)!, item.Transport)).ToArray();
        return named.Length > 0 ? named : [new MqttEndpoint(new IPEndPoint(IPAddress.Loopback, DefaultPort))];
    }

    private static Option<int> Number(string name, string description, int fallback) =>
        new(name) { Description = description, DefaultValueFactory = _ => fallback, HelpName = "N" };
}
