namespace CleanStreets.Mqtt.Packets;

/// <summary>The upper four bits of a packet's first byte (MQTT 5.0 §2.1.2); <see cref="Will"/> stands for the will's properties in CONNECT.</summary>
internal enum PacketType : byte
{
    Will = 0,
    Connect = 1,
    ConnAck = 2,
    Publish = 3,
    PubAck = 4,
    PubRec = 5,
    PubRel = 6,
    PubComp = 7,
    Subscribe = 8,
    SubAck = 9,
    Unsubscribe = 10,
    UnsubAck = 11,
    PingReq = 12,
    PingResp = 13,
    Disconnect = 14,
    Auth = 15,
}
