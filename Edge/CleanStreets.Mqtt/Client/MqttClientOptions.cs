using CleanStreets.Mqtt.Client.Transport;

namespace CleanStreets.Mqtt.Client;

/// <summary>Where and how a client connects. Values are checked by the constructor of <see cref="MqttClient"/>.</summary>
public sealed record MqttClientOptions
{
    /// <summary>Name or address of the server. Default: loopback.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>TCP port of the server. Default: 1883, the registered one; with TLS usually 8883, with WebSocket 80 or 443.</summary>
    public int Port { get; init; } = 1883;

    /// <summary>Encryption, or null for clear text.</summary>
    public MqttClientTlsOptions? Tls { get; init; }

    /// <summary>The WebSocket to travel in, or null for plain TCP or TLS.</summary>
    public MqttClientWebSocketOptions? WebSocket { get; init; }

    /// <summary>The client identifier; empty lets a 5.0 server (and a 3.1.1 server with a clean start) choose one.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>User name, or null for none. <see cref="Credentials"/> goes before.</summary>
    public string? UserName { get; init; }

    /// <summary>Password as UTF-8, or null for none. <see cref="Credentials"/> goes before.</summary>
    public string? Password { get; init; }

    /// <summary>Gives user name and password, asked at each connection within <see cref="ConnectTimeout"/>: for tokens that end. Null: the fixed ones.</summary>
    public Func<CancellationToken, ValueTask<MqttCredentials>>? Credentials { get; init; }

    /// <summary>The version spoken. Default: 5.0.</summary>
    public MqttProtocolVersion ProtocolVersion { get; init; } = MqttProtocolVersion.V500;

    /// <summary>Whether the server forgets an earlier session: 5.0 at the first connection of this client, 3.1.1 at each. Default: true.</summary>
    /// <remarks>False resumes the server's half after a restart of the program too; subscribe before the start then, so that every message finds its handler.</remarks>
    public bool CleanStart { get; init; } = true;

    /// <summary>How long a 5.0 server keeps the session after the link ended; whole seconds. Default: not at all. 3.1.1 keeps it without a clean start.</summary>
    public TimeSpan SessionExpiry { get; init; }

    /// <summary>
    /// Whether publishes outlive the link: while it is down they wait, and those without an acknowledgement go again in order. Default: false,
    /// a publish fails with <see cref="MqttLinkLostException"/> as soon as the link is down.
    /// </summary>
    public bool KeepPublishes { get; init; }

    /// <summary>Most publishes that wait to be sent; further callers await room. Default: 1,000.</summary>
    public int MaxQueued { get; init; } = 1000;

    /// <summary>Most publishes of QoS 1 and 2 without acknowledgement; the server's own Receive Maximum may lower it. Default: 64.</summary>
    public int MaxInFlight { get; init; } = 64;

    /// <summary>Most messages received and not yet acknowledged, and again as many waiting for their handler; told to a 5.0 server as Receive Maximum. Default: 256.</summary>
    public int ReceiveMaximum { get; init; } = 256;

    /// <summary>Largest packet accepted from the server, in bytes. Default: 4 MiB.</summary>
    public int MaximumPacketSize { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// Whether a larger PUBLISH is received all the same, its payload cut off at that size. Default: false, the link ends. A 3.1.1 server cannot be told
    /// a maximum, and in a session that lasts it sends the same message again on the next link, for ever.
    /// </summary>
    public bool CutsLargerPublishes { get; init; }

    /// <summary>Most topics sent as a number of two bytes after their first use, as far as a 5.0 server allows it. Default: none.</summary>
    public int TopicAliases { get; init; }

    /// <summary>Topic on which answers to <see cref="MqttClient.RequestAsync"/> arrive; null: <c>responses/</c> and the client identifier.</summary>
    public string? ResponseTopic { get; init; }

    /// <summary>Longest silence on the link; a half-open link is noticed within about this time. Default: 30 s. Zero: never.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What the server publishes when this client is gone without DISCONNECT, or null.</summary>
    public MqttMessage? Will { get; init; }

    /// <summary>How long a 5.0 server waits before it publishes the will; whole seconds. Default: not at all.</summary>
    public TimeSpan WillDelay { get; init; }

    /// <summary>Longest wait for connection, encryption and the server's CONNACK together. Default: 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>First wait before a reconnect, before jitter. Default: 500 ms.</summary>
    public TimeSpan ReconnectMinDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait before a reconnect. Default: 30 s.</summary>
    public TimeSpan ReconnectMaxDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Wait after a refusal that lasts (wrong password, not authorised, another server), give or take a quarter. Default: 2 minutes.</summary>
    public TimeSpan RefusedPause { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A source of numbers in [0, 1) that spreads reconnects; null takes one of the client's own.</summary>
    public Func<double>? Jitter { get; init; }
}
