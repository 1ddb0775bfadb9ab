using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.IotHub.Access;
using CleanStreets.Edge.Publish;
using CleanStreets.Mqtt.Client;

namespace CleanStreets.Edge.IotHub;

/// <summary>How a truck speaks to an IoT hub.</summary>
internal sealed record HubOptions
{
    /// <summary>Largest message the hub takes: 256 KB less one, body alone.</summary>
    public const int MaxMessageBytes = 0x3ffff;

    /// <summary>The hub counts messages in pieces of this size.</summary>
    public const int MeteredBytes = 4096;

    /// <summary>The hub's MQTT and HTTPS; the name of an assigned hub replaces the one here.</summary>
    public required HubEndpoint Endpoint { get; init; }

    /// <summary>What the device proves itself with.</summary>
    public required DeviceSecret Secret { get; init; }

    /// <summary>How long a token holds. Default: one hour.</summary>
    public TimeSpan TokenLife { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Whether the hub's PUBACK counts as stored; otherwise marks arrive as messages to the device. Default: it does.</summary>
    public bool AcceptedIsStored { get; init; } = true;

    /// <summary>The commands behind direct methods.</summary>
    public required TruckCommands Commands { get; init; }

    /// <summary>The settings in force, for saying back. Any thread.</summary>
    public required Func<TruckSettings> InForce { get; init; }

    /// <summary>Longest silence before a ping. The hub takes up to 1,177 s; mobile networks forget a silent link sooner. Default: 2 minutes.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>First wait before a reconnect, before jitter: a hub takes about a hundred new links a second. Default: 1 s.</summary>
    public TimeSpan ReconnectMinDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait before a reconnect. Default: 1 minute.</summary>
    public TimeSpan ReconnectMaxDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Wait after the hub refused who we are, give or take a quarter. Default: 2 minutes.</summary>
    public TimeSpan RefusedPause { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Longest wait for the answer to a twin request, and for a wished reconnect. Default: 30 s. A PUBACK is waited for as long as the link lives: a throttled hub gives it late.</summary>
    public TimeSpan AnswerPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The MQTT connection of one identity.</summary>
    public MqttClientOptions Connection(HubIdentity identity) => (Endpoint with { Host = identity.Host }).Connection(Secret) with
    {
        ClientId = identity.DeviceId,
        CleanStart = false, // Keeps subscriptions and messages of the city over the links.
        KeepAlive = KeepAlive,
        ReconnectMinDelay = ReconnectMinDelay,
        ReconnectMaxDelay = ReconnectMaxDelay,
        RefusedPause = RefusedPause,
    };
}
