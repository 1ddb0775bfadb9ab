using System.Text;

namespace CleanStreets.Mqtt.Packets;

/// <summary>Carries the properties of a message between <see cref="MqttMessage"/> and the wire.</summary>
internal static class MessageProperties
{
    /// <summary>The block of the content type said last: who publishes much says the same again and again.</summary>
    private static ContentTypeBlock _lastContentType = new(string.Empty, []);

    /// <summary>The block of a message's properties without its expiry.</summary>
    public static byte[] Forwarded(MqttMessage message)
    {
        if (message is { ContentType: null, PayloadIsText: false, ResponseTopic: null, CorrelationData.IsEmpty: true, UserProperties.Count: 0 })
        {
            return [];
        }

        var known = Volatile.Read(ref _lastContentType);
        var isContentTypeAlone = message is { ContentType: not null, PayloadIsText: false, ResponseTopic: null, CorrelationData.IsEmpty: true, UserProperties.Count: 0 };
        if (isContentTypeAlone && message.ContentType == known.ContentType && known.Block.Length > 0)
        {
            return known.Block;
        }

        var block = new PropertyBuffer();
        AddForwarded(block, message);
        var written = block.Written.ToArray();
        if (isContentTypeAlone)
        {
            Volatile.Write(ref _lastContentType, new ContentTypeBlock(message.ContentType!, written));
        }

        return written;
    }

    public static void AddForwarded(PropertyBuffer block, MqttMessage message)
    {
        if (message.PayloadIsText)
        {
            block.Add(PropertyId.PayloadFormatIndicator, 1);
        }

        if (message.ContentType is { } contentType)
        {
            block.Add(PropertyId.ContentType, contentType);
        }

        if (message.ResponseTopic is { } responseTopic)
        {
            block.Add(PropertyId.ResponseTopic, responseTopic);
        }

        if (!message.CorrelationData.IsEmpty)
        {
            block.Add(PropertyId.CorrelationData, message.CorrelationData.Span);
        }

        foreach (var (name, value) in message.UserProperties)
        {
            block.AddUser(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
        }
    }

    /// <summary>Whole seconds, rounded up, as MQTT counts them.</summary>
    public static uint WholeSeconds(TimeSpan span) => (uint)Math.Clamp(Math.Ceiling(span.TotalSeconds), 0, uint.MaxValue - 1);

    /// <summary>A message of its own, copied out of the packet.</summary>
    public static MqttMessage ToMessage(in PublishPacket packet)
    {
        ref readonly var properties = ref packet.Properties;
        return new MqttMessage
        {
            Topic = Encoding.UTF8.GetString(packet.Topic),
            Payload = packet.Payload.ToArray(),
            QualityOfService = packet.QualityOfService,
            Retain = packet.Retain,
            ContentType = Text(in properties, PropertyId.ContentType),
            PayloadIsText = properties.Number(PropertyId.PayloadFormatIndicator) == 1,
            ResponseTopic = Text(in properties, PropertyId.ResponseTopic),
            CorrelationData = properties.Has(PropertyId.CorrelationData) ? properties.Bytes(PropertyId.CorrelationData).ToArray() : default,
            Expiry = properties.Has(PropertyId.MessageExpiryInterval)
                ? TimeSpan.FromSeconds(properties.Number(PropertyId.MessageExpiryInterval)) : null,
            UserProperties = properties.Has(PropertyId.UserProperty) ? UserProperties(in properties) : [],
        };
    }

    /// <summary>A text property, or null.</summary>
    public static string? Text(in PropertySet properties, PropertyId id) =>
        properties.Has(id) ? Encoding.UTF8.GetString(properties.Bytes(id)) : null;

    private static List<MqttUserProperty> UserProperties(in PropertySet properties)
    {
        List<MqttUserProperty> list = [];
        for (var reader = properties.UserProperties; reader.MoveNext();)
        {
            list.Add(new MqttUserProperty(Encoding.UTF8.GetString(reader.Name), Encoding.UTF8.GetString(reader.Value)));
        }

        return list;
    }

    private sealed record ContentTypeBlock(string ContentType, byte[] Block);
}
