using System.Buffers;

namespace CleanStreets.Contracts.Readings;

/// <summary>One reading of the Protobuf form, see <c>readings.proto</c>.</summary>
internal static class ProtobufReadingWriter
{
    public static void WriteReading(IBufferWriter<byte> output, in Reading reading, ReadOnlySpan<Detection> detections, ReadOnlySpan<SensorValue> sensors)
    {
        if (reading.Fault != QuarantineReason.None)
        {
            return;
        }

        var writer = new ProtobufWriter(output);
        writer.Varint(1, (ulong)reading.CapturedAtMs);
        writer.SInt32(2, reading.LatitudeE7);
        writer.SInt32(3, reading.LongitudeE7);
        writer.Float(4, reading.AccuracyMetres);
        writer.Float(5, reading.HeadingDegrees);
        writer.Float(6, reading.SpeedMetresPerSecond);
        writer.Float(7, reading.Coverage == 1 ? float.NaN : reading.Coverage);
        if (reading.Light != Light.Unknown)
        {
            writer.Varint(8, (ulong)reading.Light);
        }

        writer.Float(9, reading.VisibleLeftSquareMetres);
        writer.Float(10, reading.VisibleRightSquareMetres);
        WriteParts(writer, detections, sensors);
    }

    private static void WriteParts(ProtobufWriter writer, ReadOnlySpan<Detection> detections, ReadOnlySpan<SensorValue> sensors)
    {
        if (detections.IsEmpty && sensors.IsEmpty)
        {
            return;
        }

        var part = new ArrayBufferWriter<byte>(64);
        foreach (ref readonly var detection in detections)
        {
            part.ResetWrittenCount();
            WriteDetection(new ProtobufWriter(part), in detection);
            writer.Bytes(11, part.WrittenSpan);
        }

        foreach (ref readonly var sensor in sensors)
        {
            part.ResetWrittenCount();
            var entry = new ProtobufWriter(part);
            entry.Text(1, sensor.Name);
            entry.Double(2, sensor.Value);
            writer.Bytes(12, part.WrittenSpan);
        }
    }

    private static void WriteDetection(ProtobufWriter writer, in Detection detection)
    {
        writer.Text(1, detection.Kind);
        writer.Varint(2, (uint)detection.Count);
        writer.Float(3, detection.Confidence);
        if (detection.Side != Side.Unknown)
        {
            writer.Varint(4, (ulong)detection.Side);
        }

        writer.Float(5, detection.OffsetMetres);
        if (detection.TrackId != 0)
        {
            writer.Varint(6, (ulong)(long)detection.TrackId); // A negative int32 is sign-extended to ten bytes.
        }

        writer.Text(7, detection.EvidenceId);
    }
}
