namespace CleanStreets.Mqtt.Packets;

/// <summary>Why bytes are refused: the specification's reason code and the statement they break. The default value is no fault.</summary>
internal readonly record struct WireFault(MqttReasonCode Code, string? Because)
{
    public static WireFault None => default;

    public bool IsFault => Because is not null;

    public static WireFault Malformed(string because) => new(MqttReasonCode.MalformedPacket, because);

    public static WireFault Protocol(string because) => new(MqttReasonCode.ProtocolError, because);
}
