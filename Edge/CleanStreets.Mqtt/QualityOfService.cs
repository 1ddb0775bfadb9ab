namespace CleanStreets.Mqtt;

/// <summary>How hard both sides try to deliver one message (MQTT 5.0 §4.3).</summary>
public enum QualityOfService : byte
{
    /// <summary>Sent once, never acknowledged; lost with the link.</summary>
    AtMostOnce = 0,

    /// <summary>Acknowledged with PUBACK; may arrive more than once.</summary>
    AtLeastOnce = 1,

    /// <summary>Acknowledged in four steps; arrives once as long as both sides keep the session.</summary>
    ExactlyOnce = 2,
}
