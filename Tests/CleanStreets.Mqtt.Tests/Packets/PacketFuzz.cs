using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Tests.Packets;

/// <summary>Gives the decoder random and mutated packets; the same seed gives the same packets.</summary>
internal sealed class PacketFuzz(int seed)
{
    private const int MaximumPacketSize = 1024;

    private static readonly IReadOnlyList<byte[]> _samples311 = SamplePackets.All(MqttProtocolVersion.V311);
    private static readonly IReadOnlyList<byte[]> _samples500 = SamplePackets.All(MqttProtocolVersion.V500);

    /// <exception cref="InvalidOperationException">The decoder threw, or refused without code and reason; the message holds seed and packet.</exception>
    public void Run(int packets)
    {
        var random = new Random(seed);
        for (var i = 0; i < packets; i++)
        {
            var version = random.Next(2) == 0 ? MqttProtocolVersion.V311 : MqttProtocolVersion.V500;
            var bytes = random.Next(3) == 0 ? RandomPacket(random) : Mutation.Of(version == MqttProtocolVersion.V311 ? _samples311 : _samples500, random);
            try
            {
                var fault = Decode(bytes, version);
                if (fault.IsFault && (!fault.Code.IsFailure() || string.IsNullOrEmpty(fault.Because)))
                {
                    throw new InvalidOperationException($"refused with {fault.Code} and '{fault.Because}'");
                }
            }
            catch (Exception broken)
            {
                throw new InvalidOperationException($"seed {seed}, packet {i}, {version}: {Convert.ToHexString(bytes)}: {broken.Message}", broken);
            }
        }
    }

    public static WireFault Decode(ReadOnlySpan<byte> bytes, MqttProtocolVersion version)
    {
        var status = Frame.Read(bytes, MaximumPacketSize, out var frame, out var fault);
        return status == FrameStatus.Complete ? DecodeBody(frame, bytes.Slice(frame.HeaderLength, frame.BodyLength), version) : fault;
    }

    private static byte[] RandomPacket(Random random)
    {
        var bytes = new byte[random.Next(1, 64)];
        random.NextBytes(bytes);
        bytes[0] = (byte)(random.Next(1, 16) << 4 | (random.Next(4) == 0 ? random.Next(16) : 2));
        return bytes;
    }

    private static WireFault DecodeBody(Frame frame, ReadOnlySpan<byte> body, MqttProtocolVersion version)
    {
        switch (frame.Type)
        {
            case PacketType.Connect:
                return ConnectPacket.Read(frame.Flags, body, out _);
            case PacketType.ConnAck:
                return ConnAckPacket.Read(version, body, out _);
            case PacketType.Publish:
                var fault = PublishPacket.ReadForwarded(version, frame.Flags, body, out var forwarded);
                _ = fault.IsFault || MessageProperties.ToMessage(in forwarded).Topic is not null ? fault : throw new InvalidOperationException("a forwarded publish without a topic");
                fault = PublishPacket.Read(version, frame.Flags, body, out var publish);
                return fault.IsFault || MessageProperties.ToMessage(in publish).Topic is not null ? fault : throw new InvalidOperationException("a publish without a topic");
            case PacketType.Subscribe or PacketType.Unsubscribe:
                return DecodeSubscribe(frame.Type, body, version);
            case PacketType.SubAck or PacketType.UnsubAck:
                return SubAckPacket.Read(version, frame.Type, body, out _);
            case PacketType.Disconnect or PacketType.Auth:
                return DisconnectPacket.Read(version, frame.Type, body, out _);
            case PacketType.PingReq or PacketType.PingResp:
                return default;
            default:
                return AckPacket.Read(version, frame.Type, body, out _);
        }
    }

    private static WireFault DecodeSubscribe(PacketType type, ReadOnlySpan<byte> body, MqttProtocolVersion version)
    {
        var fault = SubscribePacket.Read(version, type, body, out var subscribe);
        while (!fault.IsFault && subscribe.MoveNext())
        {
            if (!MqttText.IsTopicFilter(subscribe.Filter))
            {
                throw new InvalidOperationException("a filter that is none was taken");
            }
        }

        return fault;
    }
}
