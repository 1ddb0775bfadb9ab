namespace CleanStreets.Mqtt.Packets;

/// <summary>Why bytes are refused: the specification's reason code and the statement they break. The default value is no fault.</summary>
/// <remarks>A silent one closes the connection without a word: what came may not be MQTT at all, or an answer would only help whoever guesses.</remarks>
internal readonly record struct WireFault(MqttReasonCode Code, string? Because, bool IsSilent = false)
{
    public static WireFault None => default;

    public bool IsFault => Because is not null;

    public static WireFault Malformed(string because) => new(MqttReasonCode.MalformedPacket, because);

    public static WireFault Silent(string because) => new(MqttReasonCode.MalformedPacket, because, IsSilent: true);

    public static WireFault Protocol(string because) => new(MqttReasonCode.ProtocolError, because);
}
