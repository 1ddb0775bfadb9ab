using System.Text;
using CleanStreets.Contracts;
using CleanStreets.Edge.IotHub;
using CleanStreets.Edge.Sensors;

namespace CleanStreets.Edge.Run;

/// <summary>Says what in settings cannot be, in sentences for people.</summary>
internal static class SettingsCheck
{
    /// <summary>Slowest and fastest rate of readings.</summary>
    public const double MinReadingsASecond = 0.1, MaxReadingsASecond = 10;

    private const int MaxPort = 65535;
    private const int MinSpoolBytes = 4 * 1024 * 1024;
    private const int MaxRootBytes = 64;
    private static readonly int[] Bauds = [1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600];

    /// <summary>Every fault; none when the settings can be used.</summary>
    public static IReadOnlyList<string> Faults(EdgeSettings settings)
    {
        var faults = new List<string>();
        Want(IdentifierRule.IsValid(settings.TruckId) || (settings.TruckId.Length == 0 && settings.City is not null), $"truckId '{settings.TruckId}' is 1 to 64 of letters, digits, '.', '_' and '-'");
        Want(settings.DeviceId is null or { Length: > 0 and <= 64 }, "deviceId is 1 to 64 characters");
        Want(settings.City is null || (settings.City.IsAbsoluteUri && settings.City.Scheme == Uri.UriSchemeHttps), $"city '{settings.City}' is an address like https://city.example:8443");
        Want(settings.City is null || settings.Mqtt?.Tls is { CertificateFile: not null, RootsFile: not null }, "city goes with mqtt.tls.certificateFile and mqtt.tls.rootsFile: run 'edge enroll'");
        Want(settings.Data.Length > 0, "data names a folder");
        Want(settings.Format is null or "protobuf" or "json", $"format '{settings.Format}' is protobuf or json");
        Want(settings.Mqtt is null != settings.IotHub is null, "either mqtt or iotHub says where readings go");
        if (settings.Mqtt is { } server)
        {
            Mqtt(server);
        }

        if (settings.IotHub is { } hub)
        {
            faults.AddRange(IotHubSettingsCheck.Faults(hub, settings.TruckId));
        }

        Position(settings.Position);
        faults.AddRange(Faults(settings.Rate.ReadingsASecond, settings.Rate.BacklogBytesASecond, settings.Rate.DailyBytes).Select(fault => "rate." + fault));
        Want(settings.Spool.CapBytes is >= MinSpoolBytes and <= 1L << 40, $"spool.capBytes is {MinSpoolBytes} (4 MiB) to {1L << 40} (1 TiB)");
        Want(settings.Spool.KeyFile is null or { Length: > 0 }, "spool.keyFile names a file");
        for (var i = 0; i < settings.Sensors.Count; i++)
        {
            Sensor(settings.Sensors[i], $"sensors[{i}]");
        }

        There(settings.Camera, "camera");
        if (settings.Upgrade is { } upgrade)
        {
            faults.AddRange(Faults(upgrade.Ring).Select(fault => "upgrade." + fault));
            Want(upgrade.Keys.Length > 0 && upgrade.Install.Length > 0, "upgrade.keys and upgrade.install name folders");
            Want(upgrade.BytesASecond is 0 or >= 128, "upgrade.bytesASecond is at least 128, or 0 for no cap");
        }

        return faults;

        void Want(bool isTrue, string rule)
        {
            if (!isTrue)
            {
                faults.Add(rule);
            }
        }

        void Mqtt(MqttSettings mqtt)
        {
            Want(mqtt.Host.Length > 0 && !mqtt.Host.Contains("://", StringComparison.Ordinal), "mqtt.host is a name or an address, without a scheme");
            Want(mqtt.Port is null or (>= 1 and <= MaxPort), "mqtt.port is 1 to 65535");
            Want(mqtt.Version is "5.0" or "3.1.1", $"mqtt.version '{mqtt.Version}' is 5.0 or 3.1.1");
            Want(mqtt.Root.Length > 0 && Encoding.UTF8.GetByteCount(mqtt.Root) <= MaxRootBytes && mqtt.Root.IndexOfAny(['+', '#', '\0']) < 0 && mqtt.Root[0] != '$' && mqtt.Root[^1] != '/', "mqtt.root is the beginning of a topic, without + and #");
            Want(mqtt.PasswordFile is null || mqtt.User is not null, "mqtt.passwordFile needs mqtt.user");
            There(mqtt.PasswordFile, "mqtt.passwordFile");
            There(mqtt.Tls?.RootsFile, "mqtt.tls.rootsFile");
            There(mqtt.Tls?.CertificateFile, "mqtt.tls.certificateFile");
            There(mqtt.Tls?.KeyFile, "mqtt.tls.keyFile");
            Want(mqtt.Tls?.KeyFile is null || mqtt.Tls.CertificateFile is not null, "mqtt.tls.keyFile needs mqtt.tls.certificateFile");
        }

        void Position(PositionSettings position)
        {
            Want(position.Source is "gpsd" or "nmea" or "replay", $"position.source '{position.Source}' is gpsd, nmea or replay");
            Want(position.Source == "gpsd" || position.Path is { Length: > 0 }, $"position.path names the {(position.Source == "nmea" ? "serial device or pipe" : "recording")}");
            Want(position.Port is >= 1 and <= MaxPort, "position.port is 1 to 65535");
            Want(Bauds.Contains(position.Baud), $"position.baud is one of {string.Join(", ", Bauds)}");
            Want(position.StaleSeconds is >= 0.5 and <= 60, "position.staleSeconds is 0.5 to 60");
            if (position.Source == "replay")
            {
                There(position.Path, "position.path");
            }
        }

        void Sensor(SensorOptions sensor, string at)
        {
            Want(sensor.Kind is "serial" or "file" or "http" or "mqtt", $"{at}.kind '{sensor.Kind}' is serial, file, http or mqtt");
            Want(sensor.Source.Length > 0, $"{at}.source says where the sensor is");
            Want(sensor.Kind != "http" || (Uri.TryCreate(sensor.Source, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"), $"{at}.source '{Credentials.Without(sensor.Source)}' is a URL of http or https");
            Want(
                sensor.Kind != "mqtt" || (Uri.TryCreate(sensor.Source, UriKind.Absolute, out var topic) && topic is { Scheme: "mqtt", IdnHost.Length: > 0, AbsolutePath.Length: > 1 }),
                $"{at}.source '{Credentials.Without(sensor.Source)}' is mqtt://HOST:PORT/TOPIC");
            Want(sensor.Name is null || SensorUnits.IsName(sensor.Name), $"{at}.name '{sensor.Name}' is lower case and ends in its unit, one of: {SensorUnits.Known}");
            foreach (var (theirs, ours) in sensor.Names)
            {
                Want(SensorUnits.IsName(ours), $"{at}.names.{theirs} '{ours}' is lower case and ends in its unit, one of: {SensorUnits.Known}");
            }

            Want(Bauds.Contains(sensor.Baud), $"{at}.baud is one of {string.Join(", ", Bauds)}");
            Want(sensor.EverySeconds is >= 0.1 and <= 3600, $"{at}.everySeconds is 0.1 to 3600");
            Want(sensor.StaleSeconds is >= 0.1 and <= 86_400, $"{at}.staleSeconds is 0.1 to 86400");
        }

        void There(string? file, string name) => Want(file is null || File.Exists(file), $"{name} '{file}' is not there");
    }

    /// <summary>Faults of the name of a ring; none: absent.</summary>
    public static IReadOnlyList<string> Faults(string? ring) =>
        ring is null || IdentifierRule.IsValid(ring) ? [] : [$"ring '{ring}' is 1 to 64 of letters, digits, '.', '_' and '-'"];

    /// <summary>Faults of what the city may change.</summary>
    public static IReadOnlyList<string> Faults(double readingsASecond, long backlogBytesASecond, long dailyBytes)
    {
        var faults = new List<string>();
        if (!(readingsASecond is >= MinReadingsASecond and <= MaxReadingsASecond))
        {
            faults.Add("readingsASecond is 0.1 to 10");
        }

        if (backlogBytesASecond is < 0 or (> 0 and < 128))
        {
            faults.Add("backlogBytesASecond is at least 128, or 0 for no cap");
        }

        if (dailyBytes < 0)
        {
            faults.Add("dailyBytes is a number of bytes, or 0 for no budget");
        }

        return faults;
    }
}
