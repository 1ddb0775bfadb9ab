namespace CleanStreets.Mqtt.Client;

/// <summary>The link came up or went away.</summary>
/// <param name="Connected">Whether the link is up now, with all subscriptions in place.</param>
/// <param name="Reason">Why it went away, as far as a reason code can say; Success when it came up.</param>
/// <param name="Detail">The same in words, for logs and people.</param>
public readonly record struct MqttConnectionChange(bool Connected, MqttReasonCode Reason, string Detail);
