namespace CleanStreets.Mqtt.Client;

/// <summary>Where and how a client connects. Values are checked by the constructor of <see cref="MqttClient"/>.</summary>
public sealed record MqttClientOptions
{
    /// <summary>Name or address of the server. Default: loopback.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>TCP port of the server. Default: 1883, the registered one.</summary>
    public int Port { get; init; } = 1883;

    /// <summary>The client identifier; empty lets a 5.0 server (and a 3.1.1 server with a clean start) choose one.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>User name, or null for none.</summary>
    public string? UserName { get; init; }

    /// <summary>Password as UTF-8, or null for none.</summary>
    public string? Password { get; init; }

    /// <summary>The version spoken. Default: 5.0.</summary>
    public MqttProtocolVersion ProtocolVersion { get; init; } = MqttProtocolVersion.V500;

    /// <summary>Whether the server forgets an earlier session. Default: true.</summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>How long a 5.0 server keeps the session after the link ended; whole seconds. Default: not at all.</summary>
    public TimeSpan SessionExpiry { get; init; }

    /// <summary>Longest silence on the link; a half-open link is noticed within about this time. Default: 30 s. Zero: never.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What the server publishes when this client is gone without DISCONNECT, or null.</summary>
    public MqttMessage? Will { get; init; }

    /// <summary>How long a 5.0 server waits before it publishes the will; whole seconds. Default: not at all.</summary>
    public TimeSpan WillDelay { get; init; }

    /// <summary>Longest wait for the TCP connection and the server's CONNACK together. Default: 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>First wait before a reconnect, before jitter. Default: 500 ms.</summary>
    public TimeSpan ReconnectMinDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait before a reconnect. Default: 30 s.</summary>
    public TimeSpan ReconnectMaxDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most QoS 1 publishes without PUBACK; the server's own Receive Maximum may lower it. Default: 64.</summary>
    public int MaxInFlight { get; init; } = 64;

    /// <summary>Most messages received and not yet handled; told to a 5.0 server as Receive Maximum. Default: 256.</summary>
    public int ReceiveMaximum { get; init; } = 256;

    /// <summary>Largest packet accepted from the server, in bytes. Default: 4 MiB.</summary>
    public int MaximumPacketSize { get; init; } = 4 * 1024 * 1024;

    /// <summary>A source of numbers in [0, 1) that spreads reconnects; null takes one of the client's own.</summary>
    public Func<double>? Jitter { get; init; }
}
