namespace CleanStreets.Mqtt.Listener;

/// <summary>The listener cannot start; the message is one sentence that a user can act on.</summary>
public sealed class MqttListenerException : Exception
{
    /// <summary>Creates the exception without a particular reason.</summary>
    public MqttListenerException() : base("The MQTT listener cannot start.") { }

    /// <summary>Creates the exception with its sentence.</summary>
    public MqttListenerException(string message) : base(message) { }

    /// <summary>Creates the exception with its sentence and cause.</summary>
    public MqttListenerException(string message, Exception innerException) : base(message, innerException) { }
}
