using System.CommandLine;

namespace CleanStreets.Launcher.Commands;

/// <summary>The door for boxes of <c>up</c>: enrolment beside the dashboard, and ingest held to what the registry of boxes says.</summary>
internal sealed class FleetOptions
{
    private readonly Option<string?> _fleet = new("--fleet") { HelpName = "HOST:PORT", Description = "Where boxes enrol and renew their certificates over HTTPS. With it trucks connect to --mqtt-tls by the certificates of the registry." };

    private readonly Option<string[]> _names = new("--fleet-name") { HelpName = "NAME", Description = "Name or address under which boxes reach this city; may be given several times.", DefaultValueFactory = _ => ["localhost"] };

    public void AddTo(Command command)
    {
        command.Add(_fleet);
        command.Add(_names);
    }

    /// <summary>The door that was asked for; null: none.</summary>
    /// <exception cref="WrongUseException">There is no address for trucks to connect to with TLS.</exception>
    public FleetDoor? Read(ParseResult parsed, IReadOnlyList<string> truckAccess)
    {
        if (parsed.GetValue(_fleet) is not { } address)
        {
            return null;
        }

        return truckAccess.Contains("--mqtt-tls", StringComparer.Ordinal)
            ? new FleetDoor(address, parsed.GetRequiredValue(_names))
            : throw new WrongUseException("--fleet gives boxes certificates, and there is nowhere to use them: say where trucks connect with --mqtt-tls HOST:PORT, for example 0.0.0.0:8883.");
    }
}

/// <summary>Where boxes enrol, and under which names they reach the city.</summary>
internal sealed record FleetDoor(string Address, IReadOnlyList<string> Names)
{
    /// <summary>The options by which ingest reads the registry's files; those that were given stay.</summary>
    public static IEnumerable<string> IngestArguments(string published, IReadOnlyList<string> given)
    {
        (string Option, string File)[] files =
        [
            ("--mqtt-tls-cert", "door.pem"), ("--mqtt-tls-key", "door.key"), ("--mqtt-tls-ca", "authority.pem"), ("--mqtt-crl", "revoked.pem"), ("--mqtt-acl", "trucks.acl"), ("--mqtt-assignments", "assignments.csv"),
        ];
        return files.Where(file => !given.Contains(file.Option, StringComparer.Ordinal)).SelectMany(file => new[] { file.Option, Path.Combine(published, file.File) });
    }

    /// <summary>The dashboard's options.</summary>
    public IEnumerable<string> DashboardArguments(string mqttTls) =>
        ["--fleet", Address, .. Names.SelectMany(name => new[] { "--fleet-name", name }), "--fleet-mqtt-port", mqttTls[(mqttTls.LastIndexOf(':') + 1)..]];
}
