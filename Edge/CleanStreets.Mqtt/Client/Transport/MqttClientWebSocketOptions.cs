namespace CleanStreets.Mqtt.Client.Transport;

/// <summary>How a link travels inside a WebSocket (sub-protocol <c>mqtt</c>, MQTT 5.0 §6).</summary>
public sealed record MqttClientWebSocketOptions
{
    /// <summary>Path and query of the upgrade request. Default: <c>/mqtt</c>. Azure IoT Hub: <c>/$iothub/websocket?iothub-no-client-cert=true</c>.</summary>
    public string PathAndQuery { get; init; } = "/mqtt";

    /// <summary>Further headers of the upgrade request, for example for a gateway's authorisation.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
