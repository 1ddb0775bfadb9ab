namespace CleanStreets.Mqtt.Client;

/// <summary>The link came up or went away.</summary>
/// <param name="Connected">Whether the link is up now, with all subscriptions in place.</param>
/// <param name="Reason">Why it went away, as far as a reason code can say; Success when it came up, or went because the client wished it.</param>
/// <param name="Detail">The same in words, for logs and people.</param>
public readonly record struct MqttConnectionChange(bool Connected, MqttReasonCode Reason, string Detail)
{
    /// <summary>
    /// Whether the server went on with the session of an earlier link. When it did not, messages meant for this client meanwhile are gone,
    /// the subscriptions have been made again, and kept publishes go anew: those of QoS 2 too, so one may arrive twice.
    /// </summary>
    public bool SessionPresent { get; init; }

    /// <summary>The server to use instead, where the server named one; the client itself does not follow it.</summary>
    public string? ServerReference { get; init; }
}
