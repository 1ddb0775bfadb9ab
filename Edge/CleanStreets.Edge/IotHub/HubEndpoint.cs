using System.Security.Cryptography.X509Certificates;
using CleanStreets.Edge.IotHub.Access;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Mqtt.Client.Transport;

namespace CleanStreets.Edge.IotHub;

/// <summary>Where a hub, or the provisioning service, is reached.</summary>
internal sealed record HubEndpoint
{
    private const string WebSocketPath = "/$iothub/websocket", WithoutCertificate = "?iothub-no-client-cert=true";

    /// <summary>Its name: sent as SNI, and what its certificate must bear.</summary>
    public required string Host { get; init; }

    /// <summary>Where to connect instead: a private endpoint or a relay. Null: its name.</summary>
    public string? Address { get; init; }

    /// <summary>Port of MQTT.</summary>
    public int Port { get; init; } = 8883;

    /// <summary>Port of HTTPS.</summary>
    public int HttpsPort { get; init; } = 443;

    /// <summary>Whether MQTT travels in a WebSocket over the port of HTTPS, for networks that let nothing else through.</summary>
    public bool IsWebSocket { get; init; }

    /// <summary>Roots that are trusted instead of the system's.</summary>
    public X509Certificate2Collection? Roots { get; init; }

    /// <summary>How MQTT connects here: 3.1.1, always encrypted.</summary>
    public MqttClientOptions Connection(DeviceSecret secret) => new()
    {
        Host = Address ?? Host,
        Port = IsWebSocket ? HttpsPort : Port,
        ProtocolVersion = MqttProtocolVersion.V311,
        Tls = new MqttClientTlsOptions { ServerName = Host, TrustedRoots = Roots, ClientCertificate = secret.Certificate },
        WebSocket = IsWebSocket ? new MqttClientWebSocketOptions { PathAndQuery = WebSocketPath + (secret.Key is null ? "" : WithoutCertificate) } : null,
    };
}
