using System.Globalization;
using System.Net;

namespace CleanStreets.Dashboard;

/// <summary>What the dashboard was told on its command line, checked before anything starts.</summary>
internal sealed record DashboardOptions
{
    /// <summary>The dashboard's own folder; nobody else opens it.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Where browsers and phones connect. Port 0 takes any free one.</summary>
    public HostPort Http { get; init; } = new("127.0.0.1", 8080);

    /// <summary>The broker, or ingest's own listener.</summary>
    public HostPort Mqtt { get; init; } = new("127.0.0.1", 1883);

    /// <summary>Ingest's read API.</summary>
    public Uri ReadApi { get; init; } = new("http://127.0.0.1:8090");

    /// <summary>How long an answer of ingest is waited for that somebody wants to see. Default: 10 s, longer than a machine stands still now and then; what takes longer yet is better shown as missing.</summary>
    public TimeSpan ReadApiPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Work orders a day over all crews, until a dispatcher sets another number.</summary>
    public int Capacity { get; init; } = 12;

    /// <summary>Days that evidence pictures are kept.</summary>
    public int EvidenceDays { get; init; } = 30;

    /// <summary>Most bytes of evidence pictures; the oldest go first. Default: 2 GiB, some fifty thousand pictures.</summary>
    public long EvidenceBytes { get; init; } = 2L << 30;

    /// <summary>Makes the well-known demo log-ins. Never on by itself.</summary>
    public bool DemoUsers { get; init; }

    /// <summary>The built pages; null looks beside the program.</summary>
    public string? WebFolder { get; init; }

    /// <summary>The door for boxes; null: there is none.</summary>
    public Fleet.FleetOptions? Fleet { get; init; }

    /// <summary>How often changes go out to browsers. Default: 1 s, what an eye asks for and a phone affords.</summary>
    public TimeSpan LiveInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Silence between keep-alives. Default: 15 s, below the 30–60 s after which proxies cut idle connections.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often ingest is asked how it does. Default: 5 s.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often candidates are ranked and rechecks looked for. Default: 2 s.</summary>
    public TimeSpan DeskInterval { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>HOST:PORT of a command line.</summary>
/// <param name="Host">Host name or address.</param>
/// <param name="Port">0–65535.</param>
internal sealed record HostPort(string Host, int Port)
{
    public static bool TryParse(string? text, out HostPort result)
    {
        result = new HostPort(string.Empty, 0);
        var colon = text?.LastIndexOf(':') ?? -1;
        if (colon <= 0 || !IsHost(text![..colon]) || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return false;
        }

        result = new HostPort(text[..colon].Trim('[', ']'), port);
        return true;
    }

    /// <summary>An IPv6 address stands in brackets, or nobody could tell where its port begins.</summary>
    private static bool IsHost(string host) => host.StartsWith('[') ? host.EndsWith(']') : !host.Contains(':', StringComparison.Ordinal);

    /// <summary>The address to listen on; null when the host is a name we would have to look up.</summary>
    public IPEndPoint? ToEndpoint() => Host switch
    {
        "localhost" => new IPEndPoint(IPAddress.Loopback, Port),
        "*" => new IPEndPoint(IPAddress.Any, Port),
        _ => IPAddress.TryParse(Host, out var address) ? new IPEndPoint(address, Port) : null,
    };

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}

/// <summary>The program cannot start as it was told to; the message is the one sentence the operator sees.</summary>
internal sealed class DashboardStartException(string message, Exception? inner = null) : Exception(message, inner);
