using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Receive.Broker;

/// <summary>How ingestion is a client of somebody else's broker; where that is, <c>--mqtt-broker</c> says.</summary>
public sealed class BrokerOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "Ingest:Broker";

    /// <summary>Password of the user in <c>--mqtt-broker</c>; environment <c>Ingest__Broker__Password</c>. Default: none.</summary>
    public string? Password { get; set; }

    /// <summary>File that holds the password, read again at each connection. Default: none.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>PEM file of the roots that are trusted instead of the system's. Default: the system's.</summary>
    public string? TrustedRootsFile { get; set; }

    /// <summary>PEM file of the certificate that we show, read again at each connection. Default: none.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>PEM file of its private key; default: it stands in <see cref="CertificateFile"/>.</summary>
    public string? CertificateKeyFile { get; set; }

    /// <summary>Client identifiers begin with it; two services on one broker need two. Default: <c>cleanstreets-ingest</c>.</summary>
    [RegularExpression("^[A-Za-z0-9._-]{1,48}$")]
    public string ClientId { get; set; } = "cleanstreets-ingest";

    /// <summary>Connections that share what the broker delivers. Default: 2. With MQTT 3.1.1, which has no shared subscriptions, there is one.</summary>
    [Range(1, 64)]
    public int Connections { get; set; } = 2;

    /// <summary>The version of MQTT: <c>5.0</c>, or <c>3.1.1</c> for brokers that know no other (RabbitMQ before 3.13). Default: 5.0.</summary>
    [RegularExpression(@"^(5\.0|3\.1\.1)$")]
    public string Version { get; set; } = "5.0";

    /// <summary>How long the broker keeps what came while we were away. Default: 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan SessionExpiry { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Most messages of a connection that are received and not yet on disk. Default: 512.</summary>
    [Range(1, 65_535)]
    public int ReceiveMaximum { get; set; } = 512;

    /// <summary>Pause before marks and scores that the broker refused are published again, and subscriptions that it refused asked for again. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "1.00:00:00")]
    public TimeSpan RefusedPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Topics of trucks long gone whose clearing is kept, the newest: to be sent when the broker is back, and again after each connection. Default: 65,536, as many as admission remembers.</summary>
    [Range(1, 10_000_000)]
    public int Clears { get; set; } = 65_536;

    /// <summary>Longest wait before a reconnect. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan ReconnectMaxDelay { get; set; } = TimeSpan.FromSeconds(30);
}

[OptionsValidator]
internal sealed partial class BrokerOptionsValidator : IValidateOptions<BrokerOptions>;
