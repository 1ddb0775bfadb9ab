using System.CommandLine;

namespace CleanStreets.Launcher.Commands;

/// <summary>How readings come from beyond this machine: trucks that connect, somebody else's broker, events over HTTP. Ingest has the same options and judges them; here they are only passed on.</summary>
internal sealed class TruckAccessOptions
{
    private readonly Option<string?>[] _options =
    [
        Option("--mqtt-tls", "HOST:PORT", "Where trucks connect with TLS, beside --mqtt."),
        Option("--mqtt-tls-cert", "FILE", "Certificate of that address (PEM), intermediate ones behind it."),
        Option("--mqtt-tls-key", "FILE", "Private key of that certificate (PEM)."),
        Option("--mqtt-tls-ca", "FILE", "Authorities of the trucks' certificates (PEM). The common name is the truck's id."),
        Option("--mqtt-tls-client-cert", "require|allow", "With a CA: require a certificate of every truck (default), or allow trucks without."),
        Option("--mqtt-crl", "FILE", "Revoked certificates of trucks (PEM)."),
        Option("--mqtt-acl", "FILE", "Who may publish and subscribe what, in Mosquitto's format: deploy/trucks.acl."),
        Option("--mqtt-assignments", "FILE", "Which box sat on which truck when, as the registry of boxes writes it: readings of others are quarantined."),
        Option("--mqtt-broker", "URL", "Somebody else's broker to receive from and publish on as well: mqtt(s)://[user@]HOST[:PORT]. Its password: Ingest__Broker__Password."),
        Option("--events", "HOST:PORT", "Where events (CloudEvents over HTTP) are taken; needs Ingest__Events__… for keys and certificate beyond loopback."),
        Option("--mqtt-password-file", "FILE", "User names and passwords as mosquitto_passwd writes them."),
    ];

    public void AddTo(Command command) => Array.ForEach(_options, command.Add);

    /// <summary>The arguments for ingest.</summary>
    public string[] Arguments(ParseResult parsed) =>
        [.. _options.SelectMany(option => parsed.GetValue(option) is { } value ? new[] { option.Name, value } : [])];

    private static Option<string?> Option(string name, string value, string description) => new(name) { HelpName = value, Description = description };
}
