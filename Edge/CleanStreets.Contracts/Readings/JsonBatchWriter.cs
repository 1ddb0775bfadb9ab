using System.Buffers;
using System.Text.Json;

namespace CleanStreets.Contracts.Readings;

/// <summary>The JSON form of a batch around encoded readings.</summary>
internal static class JsonBatchWriter
{
    public static void Write(IBufferWriter<byte> output, in BatchEnvelope envelope, ReadOnlySpan<ReadOnlyMemory<byte>> readings)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteString("truckId"u8, envelope.TruckId.Value);
        json.WriteString("sessionId"u8, envelope.SessionId.Value);
        json.WriteNumber("firstSequence"u8, envelope.FirstSequence);
        if (envelope.OldestSequence > 0)
        {
            json.WriteNumber("oldestSequence"u8, envelope.OldestSequence);
        }

        if (envelope.SentAtMs > 0)
        {
            JsonReadingWriter.WriteTime(json, "sentAt"u8, envelope.SentAtMs);
        }

        WriteText(json, "deviceId"u8, envelope.DeviceId);
        WriteText(json, "cameraId"u8, envelope.CameraId);
        WriteText(json, "modelVersion"u8, envelope.ModelVersion);
        WriteText(json, "calibrationId"u8, envelope.CalibrationId);
        if (envelope.IsTrial)
        {
            json.WriteBoolean("trial"u8, value: true);
        }

        json.WriteStartArray("readings"u8);
        foreach (var reading in readings)
        {
            json.WriteRawValue(reading.Span, skipInputValidation: true);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }
}
