using System.Net;

namespace CleanStreets.Mqtt.Listener;

/// <summary>Where the listener listens and the bounds it keeps. Values are checked by the constructor of <see cref="MqttListener"/>.</summary>
public sealed record MqttListenerOptions
{
    /// <summary>Where to listen, and how. Default: clear text on loopback, port 1883.</summary>
    public IReadOnlyList<MqttEndpoint> Endpoints { get; init; } = [new(new IPEndPoint(IPAddress.Loopback, 1883))];

    /// <summary>Certificate, key and client authorities of the encrypted endpoints; they need it. Default: null.</summary>
    public MqttTlsOptions? Tls { get; init; }

    /// <summary>Path that a WebSocket client must ask for. Default: /mqtt.</summary>
    public string WebSocketPath { get; init; } = "/mqtt";

    /// <summary>Origins (<c>https://city.example</c>) whose web pages may open a WebSocket, "*" for any. Default: none but pages of the IP address or localhost that is connected to.</summary>
    /// <remarks>A browser sends a page's origin by itself, so a stranger's page cannot use a broker that only its visitor can reach.</remarks>
    public IReadOnlyList<string> WebSocketOrigins { get; init; } = [];

    /// <summary>Most TLS and WebSocket handshakes at once on one endpoint; further connections wait in the kernel. Default: 256.</summary>
    public int MaxHandshakes { get; init; } = 256;

    /// <summary>How often the files named here are looked at for changes; zero: only <see cref="MqttListener.Reload"/> reads them again. Default: 2 s.</summary>
    public TimeSpan FileCheckInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Largest packet accepted, in bytes; beyond it: DISCONNECT 0x95 (3.1.1: close). Default: 1 MiB.</summary>
    public int MaximumPacketSize { get; init; } = 1024 * 1024;

    /// <summary>Bytes of the server's own publishes that may wait for the listener's thread; beyond it <see cref="MqttListener.TryPublish"/> refuses and
    /// <see cref="MqttListener.PublishAsync"/> waits. Default: 8 MiB.</summary>
    public int MaxPublishBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Most QoS 1 and 2 publishes of a 5.0 client without acknowledgement; beyond it: DISCONNECT 0x93. Default: 1,000.</summary>
    public int ReceiveMaximum { get; init; } = 1000;

    /// <summary>Bytes taken by the hook and not yet acknowledged at which a connection is no longer read. Default: 1 MiB.</summary>
    public int MaxUnacknowledgedBytes { get; init; } = 1024 * 1024;

    /// <summary>What each device may send before it is read more slowly; null: as much as it can. Default: null.</summary>
    public MqttSendingBudget? Budget { get; init; }

    /// <summary>Bytes waiting for one subscriber at which QoS 0 is dropped and a QoS 1 subscriber is cut with 0x97; of a client that is away,
    /// the newest messages are dropped and counted from there on. Default: 4 MiB.</summary>
    /// <remarks>Retained messages sent after SUBSCRIBE do not count: they are shared with the retained store and sent as the subscriber reads.</remarks>
    public int MaxOutgoingBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Bytes of all messages kept, retained, wills and waiting ones together; beyond seven eighths of it retained messages and wills of clients are
    /// refused with 0x97 (the last eighth is the host's), and beyond three quarters of it no more wait for subscribers. Default: 1 GiB.</summary>
    public long MaxStoredBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>How long a packet may take from its first byte to its last, while it is read at all; beyond it: DISCONNECT 0x8D. Default: 2 min.</summary>
    /// <remarks>
    /// A full batch of 256 KB then needs two kilobytes a second, and nobody holds memory with a packet that never ends. A peer for whom
    /// output waits, much or little, and who takes none of it for this long, or for one and a half times its keep-alive if that is longer, is cut too.
    /// When all of it lies in the kernel and the peer's machine takes no more, that is twice as long.
    /// </remarks>
    public TimeSpan PacketTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a connection may take to send CONNECT, and as long again before that for its TLS and WebSocket handshake. Default: 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most clients whose password is being checked or waits for it; a further one is refused with 0x89 (3.1.1: 3). Default: 4,096.</summary>
    /// <remarks>Few are checked at a time, beside the loop; who has no answer within <see cref="ConnectTimeout"/> is refused in the same way.</remarks>
    public int MaxPasswordChecks { get; init; } = 4096;

    /// <summary>Most connections at once; further ones are closed at once. Default: 20,000.</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>Most connections at once from one address (IPv6: one /64), on all endpoints together; further ones are closed at once, before any handshake. Default: 15,000, so that no address takes every place.</summary>
    /// <remarks>Trucks of one mobile network share few addresses: lower it only where clients have their own.</remarks>
    public int MaxConnectionsPerAddress { get; init; } = 15_000;

    /// <summary>Most retained messages; beyond seven eighths of them a client's further topic is refused with 0x97, beyond all of them the host's is not kept. Default: 1,000,000.</summary>
    public int MaxRetainedMessages { get; init; } = 1_000_000;

    /// <summary>Most subscriptions of one client; a further one is refused with 0x97. Default: 1,000.</summary>
    public int MaxSubscriptionsPerClient { get; init; } = 1000;

    /// <summary>Longest keep-alive a 5.0 client may choose; longer or none gets this one as Server Keep Alive. Default: 5 minutes.</summary>
    public TimeSpan MaximumKeepAlive { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest a session outlives its connection; longer wishes, and 3.1.1 sessions, which cannot say, get this. Default: 30 days. Zero: none does.</summary>
    public TimeSpan MaximumSessionExpiry { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Most sessions, with and without their clients; a further one is refused with 0x97. Default: 100,000.</summary>
    public int MaxSessions { get; init; } = 100_000;

    /// <summary>Most publishes without acknowledgement towards one subscriber, if it accepts that many. Default: 1,000.</summary>
    public int MaxInFlight { get; init; } = 1000;

    /// <summary>Highest topic alias accepted from a 5.0 client; 0: none. Default: 32.</summary>
    public int TopicAliasMaximum { get; init; } = 32;

    /// <summary>How often what has changed under <c>$SYS/broker/</c> is said again; zero: never. Default: zero.</summary>
    public TimeSpan SysInterval { get; init; }

    /// <summary>Folder in which retained messages and lasting sessions survive a restart; null: they are in memory only. Default: null.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Length that the state file must have before it is begun anew with what is alive; tests reach a smaller one sooner.</summary>
    internal long LeastStateFileBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>File of rules in the format of Mosquitto's acl_file; null: everybody may do everything. Default: null.</summary>
    public string? AclFile { get; init; }

    /// <summary>File of user names and passwords as mosquitto_passwd writes it; null: names are not checked. Default: null.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Whether clients may connect whose user name nobody checks, or who give none. Default (null): if there is no <see cref="PasswordFile"/>.</summary>
    public bool? AllowAnonymous { get; init; }

    /// <summary>Whether a 3.1.1 client that publishes without the right is cut; otherwise its message is acknowledged and dropped. Default: false.</summary>
    public bool CutUnauthorizedPublishers { get; init; }

    /// <summary>Whether every client that asks to connect is refused with Server busy (0x89; 3.1.1: code 3), for a host that cannot take anything yet. Default: false.</summary>
    public bool ServerBusy { get; init; }

    /// <summary>Whether publishes that the hook claims also go to subscribers. Default: false.</summary>
    public bool RouteClaimed { get; init; }

    /// <summary>Whether a claimed publish that asks for it is also retained. Default: true; false where the hook keeps what it takes.</summary>
    public bool RetainClaimed { get; init; } = true;
}
