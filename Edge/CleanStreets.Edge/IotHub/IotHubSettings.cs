namespace CleanStreets.Edge.IotHub;

/// <summary>The city's Azure IoT hub and who we are to it.</summary>
internal sealed record IotHubSettings
{
    /// <summary>File whose first line is the device's connection string; or <see cref="Provisioning"/>.</summary>
    public string? ConnectionStringFile { get; set; }

    /// <summary>The provisioning service that names the hub; or <see cref="ConnectionStringFile"/>.</summary>
    public ProvisioningSettings? Provisioning { get; set; }

    /// <summary>PEM file of the device's certificate, instead of a key.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>PEM file of its key; absent: in the certificate's file.</summary>
    public string? KeyFile { get; set; }

    /// <summary>PEM file of the roots that are trusted instead of the system's.</summary>
    public string? RootsFile { get; set; }

    /// <summary>Where to connect instead of the hub's name: a private endpoint or a relay. The name stays what is asked for and checked.</summary>
    public string? Address { get; set; }

    /// <summary>Port of MQTT.</summary>
    public int Port { get; set; } = 8883;

    /// <summary>Port of HTTPS.</summary>
    public int HttpsPort { get; set; } = 443;

    /// <summary>MQTT inside a WebSocket over the port of HTTPS.</summary>
    public bool WebSocket { get; set; }

    /// <summary>How long a token holds.</summary>
    public int TokenSeconds { get; set; } = 3600;

    /// <summary>What makes a reading leave the spool: <c>accepted</c>, the hub's PUBACK, or <c>marked</c>, a mark that the city sends as a message to the device.</summary>
    public string Stored { get; set; } = "accepted";

    /// <summary>Longest a live reading waits for its message to fill: the hub counts messages in pieces of 4 KB.</summary>
    public double BatchSeconds { get; set; } = 10;

    /// <summary>How often a moving truck reports how it is: a hub takes fifty changes of twins a second.</summary>
    public double StatusSeconds { get; set; } = 60;
}

/// <summary>The Device Provisioning Service and who we are to it.</summary>
internal sealed record ProvisioningSettings
{
    /// <summary>Which of its instances: <c>0ne…</c>.</summary>
    public required string IdScope { get; set; }

    /// <summary>The box's name there; absent: the truck's. With a certificate it must be the certificate's common name.</summary>
    public string? RegistrationId { get; set; }

    /// <summary>File whose first line is the box's own key.</summary>
    public string? DeviceKeyFile { get; set; }

    /// <summary>File whose first line is the enrollment group's key, of which the box's is made. Whoever has it can be any box: better make the box's key beforehand.</summary>
    public string? GroupKeyFile { get; set; }

    /// <summary>Name of the service.</summary>
    public string Host { get; set; } = IotHub.Provisioning.ProvisioningOptions.GlobalHost;

    /// <summary>Where to connect instead of its name.</summary>
    public string? Address { get; set; }

    /// <summary>Port of MQTT.</summary>
    public int Port { get; set; } = 8883;

    /// <summary>Port of HTTPS.</summary>
    public int HttpsPort { get; set; } = 443;
}
