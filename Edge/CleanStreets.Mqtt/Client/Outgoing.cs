using System.Buffers;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Client;

/// <summary>Something to send that is no publish; encoded by the writing loop, which owns the buffer.</summary>
internal abstract record Outgoing
{
    /// <summary>Completed when the packet has been given to the stream; null when nobody waits for that.</summary>
    public TaskCompletionSource? Written { get; init; }

    public abstract void Write(IBufferWriter<byte> output, MqttProtocolVersion version);
}

internal sealed record OutgoingAck(PacketType Type, ushort PacketId, MqttReasonCode Code) : Outgoing
{
    public override void Write(IBufferWriter<byte> output, MqttProtocolVersion version) => AckPacket.Write(output, version, Type, PacketId, Code);
}

internal sealed record OutgoingSubscribe(PacketType Type, ushort PacketId, (byte[] Filter, SubscriptionOptions Options)[] Filters) : Outgoing
{
    public override void Write(IBufferWriter<byte> output, MqttProtocolVersion version) => SubscribePacket.Write(output, version, Type, PacketId, Filters);
}

internal sealed record OutgoingPing : Outgoing
{
    public override void Write(IBufferWriter<byte> output, MqttProtocolVersion version) => Wire.End(output, Wire.Begin(output, PacketType.PingReq, 0, 0));
}

internal sealed record OutgoingDisconnect(MqttReasonCode Code, TimeSpan? SessionExpiry = null) : Outgoing
{
    public override void Write(IBufferWriter<byte> output, MqttProtocolVersion version)
    {
        var properties = new PropertyBuffer();
        if (SessionExpiry is { } expiry)
        {
            properties.Add(PropertyId.SessionExpiryInterval, MessageProperties.WholeSeconds(expiry));
        }

        DisconnectPacket.Write(output, version, Code, properties.Written);
    }
}
