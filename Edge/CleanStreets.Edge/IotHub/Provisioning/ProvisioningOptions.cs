using CleanStreets.Edge.IotHub.Access;

namespace CleanStreets.Edge.IotHub.Provisioning;

/// <summary>Who a device is to the Device Provisioning Service.</summary>
internal sealed record ProvisioningOptions
{
    /// <summary>The public endpoint of the service.</summary>
    public const string GlobalHost = "global.azure-devices-provisioning.net";

    /// <summary>Where the service is.</summary>
    public required HubEndpoint Endpoint { get; init; }

    /// <summary>Which of its instances: <c>0ne…</c>.</summary>
    public required string IdScope { get; init; }

    /// <summary>The device's name there; with a certificate, its common name.</summary>
    public required string RegistrationId { get; init; }

    /// <summary>The device's own key (out of a group's: <see cref="SharedAccessSignature.DeriveDeviceKey"/>) or certificate.</summary>
    public required DeviceSecret Secret { get; init; }

    /// <summary>The device that the hub must know us as: readings of another would be quarantined.</summary>
    public required string DeviceId { get; init; }

    /// <summary>File that keeps the assignment over restarts.</summary>
    public required string AssignmentFile { get; init; }

    /// <summary>Longest wait for the link and for each answer. Default: 30 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>First wait after a failure. Default: 5 s.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait after a failure. Default: 10 minutes.</summary>
    public TimeSpan LastRetry { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>The service did not assign a hub; the sentence says why.</summary>
internal sealed class ProvisioningException(string message, Exception? cause = null) : Exception(message, cause);
