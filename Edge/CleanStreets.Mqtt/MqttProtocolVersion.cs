namespace CleanStreets.Mqtt;

/// <summary>The protocol levels this library speaks; the value is the one on the wire.</summary>
public enum MqttProtocolVersion : byte
{
    /// <summary>MQTT 3.1.1 (OASIS standard of 2014).</summary>
    V311 = 4,

    /// <summary>MQTT 5.0 (OASIS standard of 2019).</summary>
    V500 = 5,
}
