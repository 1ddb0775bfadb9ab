using System.Net;

namespace CleanStreets.Mqtt.Listener;

/// <summary>How the bytes of MQTT travel on an endpoint.</summary>
public enum MqttTransport
{
    /// <summary>Clear text over TCP.</summary>
    Tcp,

    /// <summary>TLS over TCP.</summary>
    Tls,

    /// <summary>WebSocket over TCP, in clear text.</summary>
    WebSocket,

    /// <summary>WebSocket over TLS.</summary>
    WebSocketOverTls,
}

/// <summary>One address and TCP port the listener serves, and how. Port 0 takes any free one.</summary>
public sealed record MqttEndpoint(IPEndPoint Address, MqttTransport Transport = MqttTransport.Tcp)
{
    /// <summary>Whether clients that neither give a user name nor show a certificate may connect here. Default (null):
    /// <see cref="MqttListenerOptions.AllowAnonymous"/> decides.</summary>
    public bool? AllowAnonymous { get; init; }

    /// <summary>Whether what travels here is encrypted.</summary>
    public bool IsEncrypted => Transport is MqttTransport.Tls or MqttTransport.WebSocketOverTls;

    /// <summary>Whether MQTT travels in WebSocket frames here.</summary>
    public bool IsWebSocket => Transport is MqttTransport.WebSocket or MqttTransport.WebSocketOverTls;

    /// <summary>What URIs of such an endpoint begin with: <c>mqtt</c>, <c>mqtts</c>, <c>ws</c> or <c>wss</c>.</summary>
    public string Scheme => Transport switch
    {
        MqttTransport.Tls => "mqtts",
        MqttTransport.WebSocket => "ws",
        MqttTransport.WebSocketOverTls => "wss",
        _ => "mqtt",
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Scheme}://{Address}";
}
