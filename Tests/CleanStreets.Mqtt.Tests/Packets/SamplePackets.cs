using System.Buffers;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Tests.Packets;

/// <summary>One valid packet of every kind that carries a body, of both versions: what fuzzing begins with.</summary>
internal static class SamplePackets
{
    /// <summary>Packets that a client sends once it is connected.</summary>
    public static IReadOnlyList<byte[]> FromClient(MqttProtocolVersion version)
    {
        (byte[], SubscriptionOptions)[] filters = [("a/+/c"u8.ToArray(), new SubscriptionOptions(1)), ("$share/g/b/#"u8.ToArray(), new SubscriptionOptions(2))];
        return
        [
            Bytes(to => PublishPacket.Write(to, version, "a/b/c"u8, "payload"u8, QualityOfService.AtLeastOnce, retain: true, duplicate: false, 7, Properties(version))),
            Bytes(to => PublishPacket.Write(to, version, "a/b"u8, default, QualityOfService.AtMostOnce, retain: true, duplicate: false, 0, default)),
            Bytes(to => PublishPacket.Write(to, version, "b/c/d"u8, "twice"u8, QualityOfService.ExactlyOnce, retain: false, duplicate: true, 8, default)),
            Bytes(to => AckPacket.Write(to, version, PacketType.PubAck, 9, MqttReasonCode.QuotaExceeded)),
            Bytes(to => AckPacket.Write(to, version, PacketType.PubRec, 10)),
            Bytes(to => AckPacket.Write(to, version, PacketType.PubRel, 8)),
            Bytes(to => AckPacket.Write(to, version, PacketType.PubComp, 11)),
            Bytes(to => SubscribePacket.Write(to, version, PacketType.Subscribe, 12, filters)),
            Bytes(to => SubscribePacket.Write(to, version, PacketType.Unsubscribe, 13, filters)),
            [0xC0, 0],
        ];
    }

    /// <summary>CONNECT with will, user name and password.</summary>
    public static byte[] Connect(MqttProtocolVersion version, string clientId)
    {
        var id = System.Text.Encoding.UTF8.GetBytes(clientId);
        byte[] none = version == MqttProtocolVersion.V500 ? [0] : [];
        byte[] body =
        [
            0, 4, .. "MQTT"u8, (byte)version, 0b1100_1110, 0, 60, .. none, 0, (byte)id.Length, .. id,
            .. none, 0, 4, .. "will"u8, 0, 4, .. "gone"u8, 0, 4, .. "user"u8, 0, 4, .. "pass"u8,
        ];
        return [0x10, (byte)body.Length, .. body];
    }

    /// <summary>Packets of both directions.</summary>
    public static IReadOnlyList<byte[]> All(MqttProtocolVersion version) =>
    [
        .. FromClient(version),
        Connect(version, "c-1"),
        Bytes(to => ConnAckPacket.Write(to, version, MqttReasonCode.Success, sessionPresent: true, default)),
        Bytes(to => SubAckPacket.Write(to, version, PacketType.SubAck, 12, [1, 0x80])),
        Bytes(to => DisconnectPacket.Write(to, version, MqttReasonCode.ServerShuttingDown)),
    ];

    private static byte[] Properties(MqttProtocolVersion version) => version == MqttProtocolVersion.V311 ? [] : new PropertyBuffer()
        .Add(PropertyId.ContentType, "application/json"u8).Add(PropertyId.MessageExpiryInterval, 60).AddUser("a"u8, "b"u8)
        .Add(PropertyId.ResponseTopic, "r/s"u8).Add(PropertyId.CorrelationData, new byte[] { 1, 2, 3 }).Written.ToArray();

    private static byte[] Bytes(Action<ArrayBufferWriter<byte>> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        write(buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
