namespace CleanStreets.Mqtt.Client;

/// <summary>The link was not there, or went away before the answer came. The message may or may not have arrived: send it again.</summary>
public sealed class MqttLinkLostException : Exception
{
    /// <summary>Creates the exception with a sentence that says why the link is gone.</summary>
    public MqttLinkLostException(string message, MqttReasonCode reason = MqttReasonCode.UnspecifiedError, Exception? cause = null)
        : base(message, cause) => Reason = reason;

    /// <summary>Creates the exception without a particular reason.</summary>
    public MqttLinkLostException() : this("The MQTT link is gone.") { }

    /// <summary>Creates the exception with a sentence.</summary>
    public MqttLinkLostException(string message) : this(message, MqttReasonCode.UnspecifiedError) { }

    /// <summary>Creates the exception with a sentence and its cause.</summary>
    public MqttLinkLostException(string message, Exception innerException) : this(message, MqttReasonCode.UnspecifiedError, innerException) { }

    /// <summary>Why the link ended, as far as a reason code can say.</summary>
    public MqttReasonCode Reason { get; }

    /// <summary>The server to use instead, where a 5.0 server named one (with 0x9C or 0x9D); otherwise null.</summary>
    public string? ServerReference { get; init; }
}
