using System.Buffers;

namespace CleanStreets.Contracts.Readings;

/// <summary>Writes readings and batches in both wire forms.</summary>
/// <remarks>
/// A truck encodes each reading once, when it is spooled, and splices the encoded readings into batches later.
/// A reading with a fault is written without fields: it keeps its place and comes back as a reading without time.
/// </remarks>
public static class ReadingEncoder
{
    /// <summary>Writes one reading alone, as it stands in a batch.</summary>
    public static void WriteReading(
        IBufferWriter<byte> output, ReadingFormat format, in Reading reading, ReadOnlySpan<Detection> detections, ReadOnlySpan<SensorValue> sensors)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (format == ReadingFormat.Json)
        {
            JsonReadingWriter.WriteReading(output, in reading, detections, sensors);
        }
        else
        {
            ProtobufReadingWriter.WriteReading(output, in reading, detections, sensors);
        }
    }

    /// <summary>Writes a batch around readings that <see cref="WriteReading"/> wrote in the same format.</summary>
    public static void WriteBatch(IBufferWriter<byte> output, ReadingFormat format, in BatchEnvelope envelope, ReadOnlySpan<ReadOnlyMemory<byte>> encodedReadings)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (format == ReadingFormat.Json)
        {
            JsonBatchWriter.Write(output, in envelope, encodedReadings);
        }
        else
        {
            ProtobufBatchWriter.Write(output, in envelope, encodedReadings);
        }
    }

    /// <summary>Writes a batch of every reading in <paramref name="buffer"/>.</summary>
    public static void WriteBatch(IBufferWriter<byte> output, ReadingFormat format, in BatchEnvelope envelope, ReadingBuffer buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        var encoded = new ReadOnlyMemory<byte>[buffer.Count];
        for (var i = 0; i < encoded.Length; i++)
        {
            var one = new ArrayBufferWriter<byte>();
            ref readonly var reading = ref buffer.Readings[i];
            WriteReading(one, format, in reading, buffer.DetectionsOf(in reading), buffer.SensorsOf(in reading));
            encoded[i] = one.WrittenMemory;
        }

        WriteBatch(output, format, in envelope, encoded);
    }

    /// <summary>The MQTT 5 content type of <paramref name="format"/>.</summary>
    public static string ContentType(ReadingFormat format) =>
        format == ReadingFormat.Json ? ReadingLimits.JsonContentType : ReadingLimits.ProtobufContentType;
}
