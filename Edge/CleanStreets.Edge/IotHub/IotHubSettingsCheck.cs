using CleanStreets.Edge.IotHub.Access;

namespace CleanStreets.Edge.IotHub;

/// <summary>Says what in the settings of a hub cannot be, in sentences for people.</summary>
internal static class IotHubSettingsCheck
{
    private const int MaxPort = 65535, MinTokenSeconds = 10, MaxTokenSeconds = 30 * 86_400, MaxIdScope = 64, MaxRegistrationId = 128;

    /// <summary>Every fault; none when the settings can be used.</summary>
    public static IReadOnlyList<string> Faults(IotHubSettings hub, string truckId)
    {
        var faults = new List<string>();
        Want(hub.ConnectionStringFile is null != hub.Provisioning is null, "iotHub has either connectionStringFile or provisioning");
        foreach (var (file, name) in new[] { (hub.ConnectionStringFile, "connectionStringFile"), (hub.CertificateFile, "certificateFile"), (hub.KeyFile, "keyFile"), (hub.RootsFile, "rootsFile") })
        {
            There(file, "iotHub." + name);
        }

        Want(hub.KeyFile is null || hub.CertificateFile is not null, "iotHub.keyFile needs iotHub.certificateFile");
        Ports(hub.Port, hub.HttpsPort, "iotHub");
        Want(hub.TokenSeconds is >= MinTokenSeconds and <= MaxTokenSeconds, $"iotHub.tokenSeconds is {MinTokenSeconds} to {MaxTokenSeconds}");
        Want(hub.Stored is "accepted" or "marked", $"iotHub.stored '{hub.Stored}' is accepted or marked");
        Want(hub.BatchSeconds is >= 0.1 and <= 300, "iotHub.batchSeconds is 0.1 to 300");
        Want(hub.StatusSeconds is >= 1 and <= 3600, "iotHub.statusSeconds is 1 to 3600");
        if (hub.ConnectionStringFile is { } file2 && File.Exists(file2))
        {
            Connection(file2);
        }

        if (hub.Provisioning is { } provisioning)
        {
            Provisioning(provisioning);
        }

        return faults;

        void Connection(string file)
        {
            try
            {
                var connection = ConnectionString.Parse(HubSetup.FirstLine(file));
                Want(connection.Identity.DeviceId == truckId, $"iotHub.connectionStringFile is of device '{connection.Identity.DeviceId}', and the truck is '{truckId}': register the device under the truck's id");
                Want(connection.Key is null == hub.CertificateFile is not null, "iotHub.certificateFile goes with x509=true, and with nothing else");
            }
            catch (Exception ex) when (ex is FormatException or IOException or UnauthorizedAccessException)
            {
                faults.Add($"iotHub.connectionStringFile '{file}' cannot be used: {ex.Message}");
            }
        }

        void Provisioning(ProvisioningSettings service)
        {
            const string At = "iotHub.provisioning";
            Want(service.IdScope.Length is > 0 and <= MaxIdScope && service.IdScope.All(char.IsAsciiLetterOrDigit), $"{At}.idScope is letters and digits");
            var registration = service.RegistrationId ?? truckId;
            Want(registration.Length is > 0 and <= MaxRegistrationId && registration.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or ':'), $"{At}.registrationId is 1 to {MaxRegistrationId} letters, digits, '-', '.', '_' and ':'");
            Want(
                new[] { service.DeviceKeyFile, service.GroupKeyFile, hub.CertificateFile }.Count(file => file is not null) == 1,
                $"{At} needs one of deviceKeyFile, groupKeyFile and iotHub.certificateFile");
            There(service.DeviceKeyFile, At + ".deviceKeyFile");
            There(service.GroupKeyFile, At + ".groupKeyFile");
            Ports(service.Port, service.HttpsPort, At);
        }

        void Ports(int port, int https, string at)
        {
            Want(port is >= 1 and <= MaxPort, at + ".port is 1 to 65535");
            Want(https is >= 1 and <= MaxPort, at + ".httpsPort is 1 to 65535");
        }

        void There(string? path, string name) => Want(path is null || File.Exists(path), $"{name} '{path}' is not there");

        void Want(bool isTrue, string rule)
        {
            if (!isTrue)
            {
                faults.Add(rule);
            }
        }
    }
}
