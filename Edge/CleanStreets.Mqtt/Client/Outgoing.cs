using System.Buffers;
using System.Text;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Client;

/// <summary>Something to send; encoded by the writing loop, which owns the buffer.</summary>
internal abstract record Outgoing
{
    /// <summary>Completed when the packet has been given to the stream; null when nobody waits for that.</summary>
    public TaskCompletionSource? Written { get; init; }

    public abstract void Write(IBufferWriter<byte> output, MqttProtocolVersion version, PropertyBuffer properties);
}

internal sealed record OutgoingPublish(MqttMessage Message, ushort PacketId) : Outgoing
{
    public override void Write(IBufferWriter<byte> output, MqttProtocolVersion version, PropertyBuffer properties)
    {
        properties.Clear();
        if (version == MqttProtocolVersion.V500)
        {
            MessageProperties.AddForwarded(properties, Message);
            if (Message.Expiry is { } expiry)
            {
                properties.Add(PropertyId.MessageExpiryInterval, MessageProperties.WholeSeconds(expiry));
            }
        }

        var topic = Message.Topic;
        Span<byte> bytes = stackalloc byte[256];
        var utf8 = Encoding.UTF8.TryGetBytes(topic, bytes, out var length) ? bytes[..length] : Encoding.UTF8.GetBytes(topic);
        PublishPacket.Write(
            output, version, utf8, Message.Payload.Span, Message.QualityOfService, Message.Retain, duplicate: false, PacketId, properties.Written);
    }
}

internal sealed record OutgoingAck(PacketType Type, ushort PacketId, MqttReasonCode Code) : Outgoing
{
    public override void Write(IBufferWriter<byte> output, MqttProtocolVersion version, PropertyBuffer properties) =>
        AckPacket.Write(output, version, Type, PacketId, Code);
}

internal sealed record OutgoingSubscribe(PacketType Type, ushort PacketId, (byte[] Filter, SubscriptionOptions Options)[] Filters) : Outgoing
{
    public override void Write(IBufferWriter<byte> output, MqttProtocolVersion version, PropertyBuffer properties) =>
        SubscribePacket.Write(output, version, Type, PacketId, Filters);
}

internal sealed record OutgoingPing : Outgoing
{
    public override void Write(IBufferWriter<byte> output, MqttProtocolVersion version, PropertyBuffer properties) =>
        Wire.End(output, Wire.Begin(output, PacketType.PingReq, 0, 0));
}

internal sealed record OutgoingDisconnect(MqttReasonCode Code) : Outgoing
{
    public override void Write(IBufferWriter<byte> output, MqttProtocolVersion version, PropertyBuffer properties) =>
        DisconnectPacket.Write(output, version, Code);
}
