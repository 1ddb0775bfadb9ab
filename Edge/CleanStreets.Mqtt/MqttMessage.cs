namespace CleanStreets.Mqtt;

/// <summary>One application message with what MQTT 5.0 may carry beside it; 3.1.1 carries the first four only.</summary>
public sealed record MqttMessage
{
    /// <summary>The topic: 1 to 65,535 bytes of UTF-8 without wildcards and without U+0000.</summary>
    public required string Topic { get; init; }

    /// <summary>The payload; opaque to MQTT. Empty with <see cref="Retain"/> clears the topic's retained message. Once published, its bytes must not change any more.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The quality of service wished for, or the one it was delivered with.</summary>
    public QualityOfService QualityOfService { get; init; }

    /// <summary>Whether the server keeps it for later subscribers; on delivery, whether it was kept (MQTT 5.0 §3.3.1.3).</summary>
    public bool Retain { get; init; }

    /// <summary>What the payload is, for example <c>application/json</c>. Null: not said.</summary>
    public string? ContentType { get; init; }

    /// <summary>Whether the sender says that the payload is UTF-8 text.</summary>
    public bool PayloadIsText { get; init; }

    /// <summary>How long the message is worth delivering, in whole seconds. Null: for ever.</summary>
    public TimeSpan? Expiry { get; init; }

    /// <summary>Where an answer is expected. Null: none.</summary>
    public string? ResponseTopic { get; init; }

    /// <summary>What the asker needs to recognise the answer. Empty: not said.</summary>
    public ReadOnlyMemory<byte> CorrelationData { get; init; }

    /// <summary>Name and value pairs of the application, in order; names may repeat.</summary>
    public IReadOnlyList<MqttUserProperty> UserProperties { get; init; } = [];
}

/// <summary>A name and a value that travel with a message and mean something to the application only.</summary>
/// <param name="Name">The name; may repeat within a message.</param>
/// <param name="Value">The value.</param>
public readonly record struct MqttUserProperty(string Name, string Value);
