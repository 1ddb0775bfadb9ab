using System.Text;

namespace CleanStreets.Mqtt.Client;

/// <summary>Refuses messages that cannot be written, before they are queued.</summary>
internal static class MessageCheck
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ArgumentException">The sentence says what is wrong.</exception>
    public static void ThrowIfWrong(MqttMessage message)
    {
        ThrowIfNoTopicName(message.Topic, nameof(message));
        if (message.ResponseTopic is { } responseTopic)
        {
            ThrowIfNoTopicName(responseTopic, nameof(message));
        }

        Require(message.QualityOfService <= QualityOfService.ExactlyOnce, $"{message.QualityOfService} is no quality of service.");
        Require(IsText(message.ContentType ?? ""), "The content type is not an MQTT string.");
        Require(message.CorrelationData.Length <= ushort.MaxValue, "The correlation data is above 65,535 bytes.");
        foreach (var (name, value) in message.UserProperties)
        {
            Require(IsText(name) && IsText(value), $"The user property '{name}' is not a pair of MQTT strings.");
        }
    }

    private static void ThrowIfNoTopicName(string topic, string parameter)
    {
        if (topic.Length == 0 || topic.AsSpan().ContainsAny('+', '#') || !IsText(topic))
        {
            throw new ArgumentException($"'{topic}' is not a topic name.", parameter);
        }
    }

    /// <summary>Well-formed, without U+0000 and at most 65,535 bytes [MQTT-1.5.4-1] [MQTT-1.5.4-2].</summary>
    public static bool IsText(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return false;
        }

        try
        {
            return Strict.GetByteCount(text) <= ushort.MaxValue;
        }
        catch (EncoderFallbackException)
        {
            return false; // A surrogate without its other half.
        }
    }

    /// <exception cref="ArgumentException">It does not hold; the sentence says what is wrong.</exception>
    public static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
#pragma warning disable MA0015 // The sentence names the property or option, which is no parameter.
            throw new ArgumentException(otherwise);
#pragma warning restore MA0015
        }
    }
}
