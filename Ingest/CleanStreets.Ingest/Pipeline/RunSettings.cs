using System.Net;
using CleanStreets.Ingest.Receive.Broker;
using CleanStreets.Mqtt.Listener;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>What the command line of <c>run</c> says.</summary>
/// <param name="Data">Ingest's own folder.</param>
/// <param name="Mqtt">Where MQTT is listened for in clear text; port 0 takes any free one; null: nowhere.</param>
/// <param name="ReadApi">Where the read API answers; port 0 takes any free one.</param>
/// <param name="Streets">A GeoJSON file, <c>generated:SEED</c>, or null for what was used last.</param>
internal sealed record RunSettings(string Data, IPEndPoint? Mqtt, IPEndPoint ReadApi, string? Streets)
{
    /// <summary>Somebody else's broker to receive from and publish on; null: none.</summary>
    public BrokerAddress? Broker { get; init; }

    /// <summary>An address of its own for events over HTTP; null: they are taken on the read API's.</summary>
    public IPEndPoint? Events { get; init; }

    /// <summary>File that says which box sat on which truck when; null: nobody asks.</summary>
    public string? Assignments { get; init; }

    /// <summary>Whether others may send without showing who they are, or in clear text.</summary>
    public bool Insecure { get; init; }

    /// <summary>The stores, as <c>--store</c> names them; none: what the settings say, or else SQLite.</summary>
    public IReadOnlyList<string> Stores { get; init; } = [];

    /// <summary>A GeoJSON layer of areas, or <c>generated</c>; null: generated districts for a generated city, else none.</summary>
    public string? Areas { get; init; }

    /// <summary>The method by which streets are scored; null: what was used last, or the default of a new city.</summary>
    public string? Method { get; init; }

    /// <summary>What MQTT clients must show, and the encrypted endpoints beside <see cref="Mqtt"/>.</summary>
    public MqttListenerOptions Access { get; init; } = new() { Endpoints = [] };

    /// <summary>The MQTT listener of the city; null when nothing is listened for.</summary>
    /// <remarks>Programs of this machine need no password: they are ours, and the access rules hold for them too.</remarks>
    public MqttListenerOptions? Listener => Endpoints is [] ? null : Access with { Endpoints = Endpoints, RouteClaimed = true, RetainClaimed = false };

    private IReadOnlyList<MqttEndpoint> Endpoints =>
        Mqtt is { } mqtt ? [new MqttEndpoint(mqtt) { AllowAnonymous = IPAddress.IsLoopback(mqtt.Address) ? true : null }, .. Access.Endpoints] : Access.Endpoints;
}
