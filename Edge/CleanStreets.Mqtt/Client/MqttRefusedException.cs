namespace CleanStreets.Mqtt.Client;

/// <summary>The server refused a subscription.</summary>
public sealed class MqttRefusedException : Exception
{
    /// <summary>Creates the exception for a reason code of the server.</summary>
    public MqttRefusedException(string what, MqttReasonCode reason) : base($"{what}: {reason.Sentence()}") => Reason = reason;

    /// <summary>Creates the exception without a particular reason.</summary>
    public MqttRefusedException() : this("Refused", MqttReasonCode.UnspecifiedError) { }

    /// <summary>Creates the exception with a sentence.</summary>
    public MqttRefusedException(string message) : base(message) => Reason = MqttReasonCode.UnspecifiedError;

    /// <summary>Creates the exception with a sentence and its cause.</summary>
    public MqttRefusedException(string message, Exception innerException) : base(message, innerException) => Reason = MqttReasonCode.UnspecifiedError;

    /// <summary>The server's reason.</summary>
    public MqttReasonCode Reason { get; }
}
