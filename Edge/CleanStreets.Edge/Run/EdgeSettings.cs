using CleanStreets.Edge.IotHub;
using CleanStreets.Edge.Sensors;

namespace CleanStreets.Edge.Run;

/// <summary>The settings of one truck's box, as its settings file says them.</summary>
internal sealed record EdgeSettings
{
    /// <summary>The truck that the box sits on. With <see cref="City"/> the city says it, and this holds until then; empty: none.</summary>
    public string TruckId { get; set; } = "";

    /// <summary>The city's door for boxes, written by <c>edge enroll</c>: certificates are renewed there, and the city says where the box sits. Absent: neither.</summary>
    public Uri? City { get; set; }

    /// <summary>The box; stands in every batch. Absent: not said.</summary>
    public string? DeviceId { get; set; }

    /// <summary>Folder of the agent's data. Default: <c>data/edge</c>.</summary>
    public string Data { get; set; } = "data/edge";

    /// <summary>The city's MQTT server; or <see cref="IotHub"/>.</summary>
    public MqttSettings? Mqtt { get; set; }

    /// <summary>The city's Azure IoT hub; or <see cref="Mqtt"/>.</summary>
    public IotHubSettings? IotHub { get; set; }

    /// <summary>Where the place comes from.</summary>
    public required PositionSettings Position { get; set; }

    /// <summary>How much is taken and sent; the city may change it while the agent runs.</summary>
    public RateSettings Rate { get; set; } = new();

    /// <summary>The disk store.</summary>
    public SpoolSettings Spool { get; set; } = new();

    /// <summary>Sensors.</summary>
    public IReadOnlyList<SensorOptions> Sensors { get; set; } = [];

    /// <summary>The camera's file (see <see cref="Vision.CameraFile"/>); absent: positions and sensors only, nothing is claimed to be seen.</summary>
    public string? Camera { get; set; }

    /// <summary>Upgrades from the city; absent: none are taken.</summary>
    public UpgradeSettings? Upgrade { get; set; }

    /// <summary>Wire form of readings: <c>protobuf</c> or <c>json</c>. Default: Protobuf, and JSON through an IoT hub, whose routes look inside it.</summary>
    public string? Format { get; set; }
}

/// <summary>The city's MQTT server and who we are to it.</summary>
internal sealed record MqttSettings
{
    /// <summary>Name or address.</summary>
    public required string Host { get; set; }

    /// <summary>Port. Default: 8883 with TLS, else 1883.</summary>
    public int? Port { get; set; }

    /// <summary>MQTT version: <c>5.0</c> or <c>3.1.1</c>.</summary>
    public string Version { get; set; } = "5.0";

    /// <summary>First levels of every topic.</summary>
    public string Root { get; set; } = "cleanstreets";

    /// <summary>User name.</summary>
    public string? User { get; set; }

    /// <summary>File whose first line is the password.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Encryption; absent: clear text.</summary>
    public TlsSettings? Tls { get; set; }
}

/// <summary>Encryption of the link.</summary>
internal sealed record TlsSettings
{
    /// <summary>PEM file of the roots that are trusted instead of the system's.</summary>
    public string? RootsFile { get; set; }

    /// <summary>PEM file of the box's certificate.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>PEM file of its key; absent: in the certificate's file.</summary>
    public string? KeyFile { get; set; }

    /// <summary>Name that the server's certificate must bear; absent: the host.</summary>
    public string? ServerName { get; set; }
}

/// <summary>Where the place comes from.</summary>
internal sealed record PositionSettings
{
    /// <summary><c>gpsd</c>, <c>nmea</c> or <c>replay</c>.</summary>
    public required string Source { get; set; }

    /// <summary>gpsd's host.</summary>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>gpsd's port.</summary>
    public int Port { get; set; } = 2947;

    /// <summary>The serial device, pipe or recording.</summary>
    public string? Path { get; set; }

    /// <summary>Speed of the serial device.</summary>
    public int Baud { get; set; } = 9600;

    /// <summary>A place older than this is no longer the place of now.</summary>
    public double StaleSeconds { get; set; } = 3;
}

/// <summary>How much is taken and sent.</summary>
internal sealed record RateSettings
{
    /// <summary>Readings a second.</summary>
    public double ReadingsASecond { get; set; } = 1;

    /// <summary>Most bytes a second of backlog; 0: no cap.</summary>
    public long BacklogBytesASecond { get; set; }

    /// <summary>Bytes a UTC day after which backlog waits for the next; live readings always go. 0: no budget.</summary>
    public long DailyBytes { get; set; }
}

/// <summary>The disk store.</summary>
internal sealed record SpoolSettings
{
    /// <summary>Most bytes on disk; beyond it the oldest readings go.</summary>
    public long CapBytes { get; set; } = 1L << 30;

    /// <summary>
    /// The file of the key that seals the spool, made when it is not there. Absent: the credential <c>spool-key</c> that systemd hands over, else <c>spool.key</c> in the folder of data.
    /// </summary>
    public string? KeyFile { get; set; }
}

/// <summary>Upgrades of program and model.</summary>
internal sealed record UpgradeSettings
{
    /// <summary>The ring whose releases the box takes; the city may put it into another.</summary>
    public string Ring { get; set; } = "all";

    /// <summary>Folder of the public keys of releases, PEM.</summary>
    public string Keys { get; set; } = "/etc/cleanstreets-edge/release-keys";

    /// <summary>Where <c>deploy/edge/install</c> put the program.</summary>
    public string Install { get; set; } = "/opt/cleanstreets-edge";

    /// <summary>Most bytes a second to fetch; 0: no cap.</summary>
    public long BytesASecond { get; set; }
}
