using System.Buffers;

namespace CleanStreets.Contracts.Readings;

/// <summary>The Protobuf form of a batch around encoded readings.</summary>
internal static class ProtobufBatchWriter
{
    public static void Write(IBufferWriter<byte> output, in BatchEnvelope envelope, ReadOnlySpan<ReadOnlyMemory<byte>> readings)
    {
        var writer = new ProtobufWriter(output);
        writer.Text(1, envelope.TruckId.Value);
        writer.Text(2, envelope.SessionId.Value);
        writer.Varint(3, (ulong)envelope.FirstSequence);
        if (envelope.OldestSequence > 0)
        {
            writer.Varint(4, (ulong)envelope.OldestSequence);
        }

        if (envelope.SentAtMs > 0)
        {
            writer.Varint(5, (ulong)envelope.SentAtMs);
        }

        writer.Text(6, envelope.DeviceId);
        writer.Text(7, envelope.CameraId);
        writer.Text(8, envelope.ModelVersion);
        writer.Text(9, envelope.CalibrationId);
        if (envelope.IsTrial)
        {
            writer.Varint(11, 1);
        }

        foreach (var reading in readings)
        {
            writer.Bytes(10, reading.Span);
        }
    }
}
