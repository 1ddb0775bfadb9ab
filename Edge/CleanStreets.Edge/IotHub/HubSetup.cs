using System.Security.Cryptography;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.IotHub.Access;
using CleanStreets.Edge.IotHub.Provisioning;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Run;
using CleanStreets.Mqtt.Client.Transport;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.IotHub;

/// <summary>Makes of settings what speaks to the hub.</summary>
internal static class HubSetup
{
    // Names and properties of a message count as well.
    private const int PropertyBytes = 200;
    private const int LeftoverPieces = 16, LeftoverReadings = 400;

    private static readonly TimeSpan MarkPatience = TimeSpan.FromMinutes(1);

    /// <summary>Sends a truck's readings through the hub.</summary>
    /// <param name="publish">How it would be sent otherwise; its settings are said back.</param>
    /// <param name="truckId">The truck; the hub knows it as a device of the same name.</param>
    /// <param name="hub">The hub's settings.</param>
    /// <param name="data">Folder of the agent's data.</param>
    /// <param name="commands">The commands behind direct methods.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">For the log.</param>
    /// <exception cref="SettingsException">A file of credentials cannot be used.</exception>
    public static PublishOptions Through(
        PublishOptions publish, string truckId, IotHubSettings hub, string data, TruckCommands commands, TimeProvider time, ILoggerFactory loggers)
    {
        var (assignment, secret, endpoint) = Of(truckId, hub, data, time, loggers);
        var options = new HubOptions
        {
            Endpoint = endpoint,
            Secret = secret,
            TokenLife = TimeSpan.FromSeconds(hub.TokenSeconds),
            AcceptedIsStored = hub.Stored == "accepted",
            Commands = commands,
            InForce = publish.Settings ?? (() => new TruckSettings()),
        };
        return publish with
        {
            Server = endpoint.Host,
            Link = will => new HubLink(will, assignment, options, time, loggers),
            BatchAge = TimeSpan.FromSeconds(hub.BatchSeconds),
            BatchBytes = HubOptions.MeteredBytes - PropertyBytes,
            LeftoverBatchBytes = (LeftoverPieces * HubOptions.MeteredBytes) - PropertyBytes,
            LeftoverBatchReadings = LeftoverReadings,
            StatusInterval = TimeSpan.FromSeconds(hub.StatusSeconds),
            QuietStatusInterval = TimeSpan.FromSeconds(Math.Max(hub.StatusSeconds, publish.QuietStatusInterval.TotalSeconds)),
            MarkPatience = options.AcceptedIsStored ? publish.MarkPatience : MarkPatience,
        };
    }

    /// <summary>Who the device is, and where.</summary>
    /// <exception cref="SettingsException">A file of credentials cannot be used.</exception>
    public static (IHubAssignment Assignment, DeviceSecret Secret, HubEndpoint Endpoint) Of(string truckId, IotHubSettings hub, string data, TimeProvider time, ILoggerFactory loggers)
    {
        try
        {
            var endpoint = new HubEndpoint
            {
                Host = "(not known yet)",
                Address = hub.Address,
                Port = hub.Port,
                HttpsPort = hub.HttpsPort,
                IsWebSocket = hub.WebSocket,
                Roots = hub.RootsFile is { } roots ? CertificateFiles.Roots(roots) : null,
            };
            var certificate = new DeviceSecret { CertificateFile = hub.CertificateFile, KeyFile = hub.KeyFile };
            if (hub.Provisioning is not { } service)
            {
                var connection = ConnectionString.Parse(FirstLine(hub.ConnectionStringFile!));
                return (new FixedAssignment(connection.Identity), connection.Key is { } key ? new DeviceSecret { Key = key } : certificate, endpoint with { Host = connection.Identity.Host });
            }

            var registration = service.RegistrationId ?? truckId;
            var secret = service.DeviceKeyFile is { } own ? new DeviceSecret { Key = SharedAccessSignature.ReadKey(FirstLine(own)) }
                : service.GroupKeyFile is { } group ? new DeviceSecret { Key = SharedAccessSignature.DeriveDeviceKey(SharedAccessSignature.ReadKey(FirstLine(group)), registration) }
                : certificate;
            var provisioning = new ProvisioningOptions
            {
                Endpoint = endpoint with { Host = service.Host, Address = service.Address, Port = service.Port, HttpsPort = service.HttpsPort },
                IdScope = service.IdScope,
                RegistrationId = registration,
                Secret = secret,
                DeviceId = truckId,
                AssignmentFile = Path.Combine(data, "iot-hub.assignment"),
            };
            return (new ProvisionedAssignment(provisioning, time, loggers), secret, endpoint with { Host = $"the hub that {service.Host} names" });
        }
        catch (Exception ex) when (ex is FormatException or IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SettingsException($"The credentials of iotHub cannot be used: {ex.Message}", ex);
        }
    }

    /// <summary>The first line of a file of a secret.</summary>
    public static string FirstLine(string file) => File.ReadLines(file).FirstOrDefault()?.Trim() ?? "";
}
