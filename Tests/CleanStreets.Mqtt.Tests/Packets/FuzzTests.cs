using System.Buffers;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Tests.Packets;

public sealed class FuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void Random_bytes_never_throw_and_every_refusal_has_a_code_and_a_reason()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 200_000; round++)
        {
            var bytes = new byte[random.Next(1, 64)];
            random.NextBytes(bytes);
            bytes[0] = (byte)(random.Next(1, 16) << 4 | (random.Next(4) == 0 ? random.Next(16) : 2));
            Decode(bytes, random.Next(2) == 0 ? MqttProtocolVersion.V311 : MqttProtocolVersion.V500);
        }
    }

    [Fact]
    public void Valid_packets_with_one_byte_changed_or_cut_never_throw()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var buffer = new ArrayBufferWriter<byte>();
        var properties = new PropertyBuffer().Add(PropertyId.ContentType, "application/json"u8).Add(PropertyId.MessageExpiryInterval, 60)
            .AddUser("a"u8, "b"u8).Add(PropertyId.CorrelationData, new byte[] { 1, 2, 3 });
        PublishPacket.Write(buffer, MqttProtocolVersion.V500, "a/b/c"u8, "payload"u8, QualityOfService.AtLeastOnce, true, false, 7, properties.Written);
        var valid = buffer.WrittenSpan.ToArray();
        Decode(valid, MqttProtocolVersion.V500).ShouldBe(WireFault.None);
        for (var round = 0; round < 100_000; round++)
        {
            var bytes = valid.ToArray();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            Decode(bytes.AsSpan(0, random.Next(2, bytes.Length + 1)), MqttProtocolVersion.V500);
        }
    }

    private static WireFault Decode(ReadOnlySpan<byte> bytes, MqttProtocolVersion version)
    {
        var status = Frame.Read(bytes, 1024, out var frame, out var fault);
        if (status == FrameStatus.Complete)
        {
            var body = bytes.Slice(frame.HeaderLength, frame.BodyLength);
            fault = DecodeBody(frame, body, version);
        }

        (status == FrameStatus.Faulty).ShouldBe(status == FrameStatus.Faulty && fault.IsFault);
        if (fault.IsFault)
        {
            fault.Code.IsFailure().ShouldBeTrue();
            fault.Because.ShouldNotBeNullOrEmpty();
        }

        return fault;
    }

    private static WireFault DecodeBody(Frame frame, ReadOnlySpan<byte> body, MqttProtocolVersion version)
    {
        switch (frame.Type)
        {
            case PacketType.Connect:
                return ConnectPacket.Read(0, body, out _);
            case PacketType.ConnAck:
                return ConnAckPacket.Read(version, body, out _);
            case PacketType.Publish:
                var fault = PublishPacket.Read(version, frame.Flags, body, out var publish);
                if (!fault.IsFault)
                {
                    MessageProperties.ToMessage(in publish).ShouldNotBeNull();
                }

                return fault;
            case PacketType.Subscribe or PacketType.Unsubscribe:
                fault = SubscribePacket.Read(version, frame.Type, body, out var subscribe);
                while (!fault.IsFault && subscribe.MoveNext())
                {
                    MqttText.IsTopicFilter(subscribe.Filter).ShouldBeTrue();
                }

                return fault;
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
}
