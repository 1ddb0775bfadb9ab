using System.Buffers;
using CleanStreets.Benchmarks.Run;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Benchmarks.Mqtt;

/// <summary>The codec alone, in this process: PUBLISH with topic, properties and 350 bytes, read and written, and PUBACK.</summary>
internal sealed class CodecRow : Row
{
    private const int Rounds = 2_000_000;

    private readonly ArrayBufferWriter<byte> _output = new(1024);
    private readonly byte[] _payload = new byte[350];

    public override string Name => "codec";

    public override string About => "the codec alone: PUBLISH of 350 bytes and PUBACK";

    public override Task<IReadOnlyList<Line>> MeasureAsync(RunSettings settings)
    {
        var properties = new PropertyBuffer().Add(PropertyId.ContentType, "application/json"u8).Add(PropertyId.MessageExpiryInterval, 60).Written.ToArray();
        var packet311 = PublishBytes(MqttProtocolVersion.V311, default);
        var packet5 = PublishBytes(MqttProtocolVersion.V500, properties);
        var acknowledgement = new byte[] { 0x40, 2, 0, 7 };
        return Task.FromResult<IReadOnlyList<Line>>(
        [
            Measure("read PUBLISH, 3.1.1", settings.Runs, () => Read(packet311, MqttProtocolVersion.V311)),
            Measure("read PUBLISH, 5.0 with two properties", settings.Runs, () => Read(packet5, MqttProtocolVersion.V500)),
            Measure("write PUBLISH, 5.0 with two properties", settings.Runs, () => Write(MqttProtocolVersion.V500, properties)),
            Measure("read PUBACK", settings.Runs, () => ReadAcknowledgement(acknowledgement)),
            Measure("write PUBACK", settings.Runs, WriteAcknowledgement),
        ]);
    }

    private static Line Measure(string what, int runs, Action once)
    {
        var line = new Line(what, "CPU-ns");
        for (var round = -1; round < runs; round++)
        {
            var before = ThreadCpu.Seconds;
            for (var i = 0; i < Rounds; i++)
            {
                once();
            }

            if (round >= 0)
            {
                line.Ours.Add((ThreadCpu.Seconds - before) * 1e9 / Rounds);
            }
        }

        return line;
    }

    private static void Read(byte[] bytes, MqttProtocolVersion version)
    {
        Frame.Read(bytes, int.MaxValue, out var frame, out _);
        Expect(!PublishPacket.Read(version, frame.Flags, bytes.AsSpan(frame.HeaderLength), out _).IsFault);
    }

    private static void ReadAcknowledgement(byte[] bytes)
    {
        Frame.Read(bytes, int.MaxValue, out var frame, out _);
        Expect(!AckPacket.Read(MqttProtocolVersion.V311, frame.Type, bytes.AsSpan(frame.HeaderLength), out _).IsFault);
    }

    private static void Expect(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("the codec refuses what it wrote");
        }
    }

    private byte[] PublishBytes(MqttProtocolVersion version, ReadOnlySpan<byte> properties)
    {
        Write(version, properties);
        return _output.WrittenSpan.ToArray();
    }

    private void Write(MqttProtocolVersion version, ReadOnlySpan<byte> properties)
    {
        _output.ResetWrittenCount();
        PublishPacket.Write(
            _output, version, "cleanstreets/v1/readings/truck-017"u8, _payload, QualityOfService.AtLeastOnce, retain: false, duplicate: false, packetId: 7, properties);
    }

    private void WriteAcknowledgement()
    {
        _output.ResetWrittenCount();
        AckPacket.Write(_output, MqttProtocolVersion.V311, PacketType.PubAck, packetId: 7);
    }
}
