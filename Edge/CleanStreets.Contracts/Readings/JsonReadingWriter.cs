using System.Buffers;
using System.Text.Json;

namespace CleanStreets.Contracts.Readings;

/// <summary>One reading of the JSON form. Fields at their default are left out.</summary>
internal static class JsonReadingWriter
{
    private static readonly JsonWriterOptions Options = new() { SkipValidation = true };

    public static void WriteReading(IBufferWriter<byte> output, in Reading reading, ReadOnlySpan<Detection> detections, ReadOnlySpan<SensorValue> sensors)
    {
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        if (reading.Fault == QuarantineReason.None)
        {
            WriteTime(json, "capturedAt"u8, reading.CapturedAtMs);
            json.WriteNumber("latitude"u8, Degrees(reading.LatitudeE7));
            json.WriteNumber("longitude"u8, Degrees(reading.LongitudeE7));
            WriteFloat(json, "accuracyMetres"u8, reading.AccuracyMetres);
            WriteFloat(json, "headingDegrees"u8, reading.HeadingDegrees);
            WriteFloat(json, "speedMetresPerSecond"u8, reading.SpeedMetresPerSecond);
            if (reading.Coverage != 1)
            {
                WriteFloat(json, "coverage"u8, reading.Coverage);
            }

            WriteWord(json, "light"u8, Word(reading.Light));
            WriteVisible(json, in reading);
            WriteDetections(json, detections);
            WriteSensors(json, sensors);
        }

        json.WriteEndObject();
    }

    public static void WriteTime(Utf8JsonWriter json, ReadOnlySpan<byte> name, long ms)
    {
        Span<byte> text = stackalloc byte[IsoTime.Length];
        IsoTime.Write(ms, text);
        json.WriteString(name, text);
    }

    private static void WriteVisible(Utf8JsonWriter json, in Reading reading)
    {
        if (float.IsNaN(reading.VisibleLeftSquareMetres) && float.IsNaN(reading.VisibleRightSquareMetres))
        {
            return;
        }

        json.WriteStartObject("visibleSquareMetres"u8);
        WriteFloat(json, "left"u8, reading.VisibleLeftSquareMetres);
        WriteFloat(json, "right"u8, reading.VisibleRightSquareMetres);
        json.WriteEndObject();
    }

    private static void WriteDetections(Utf8JsonWriter json, ReadOnlySpan<Detection> detections)
    {
        if (detections.IsEmpty)
        {
            return;
        }

        json.WriteStartArray("detections"u8);
        foreach (ref readonly var detection in detections)
        {
            json.WriteStartObject();
            json.WriteString("kind"u8, detection.Kind);
            json.WriteNumber("count"u8, detection.Count);
            WriteFloat(json, "confidence"u8, detection.Confidence);
            WriteWord(json, "side"u8, detection.Side switch { Side.Left => "left"u8, Side.Right => "right"u8, _ => default });
            WriteFloat(json, "offsetMetres"u8, detection.OffsetMetres);
            if (detection.TrackId != 0)
            {
                json.WriteNumber("trackId"u8, detection.TrackId);
            }

            if (detection.EvidenceId is not null)
            {
                json.WriteString("evidenceId"u8, detection.EvidenceId);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSensors(Utf8JsonWriter json, ReadOnlySpan<SensorValue> sensors)
    {
        if (sensors.IsEmpty)
        {
            return;
        }

        json.WriteStartObject("sensors"u8);
        foreach (ref readonly var sensor in sensors)
        {
            json.WriteNumber(sensor.Name, sensor.Value);
        }

        json.WriteEndObject();
    }

    private static void WriteFloat(Utf8JsonWriter json, ReadOnlySpan<byte> name, float value)
    {
        if (!float.IsNaN(value))
        {
            json.WriteNumber(name, value);
        }
    }

    private static void WriteWord(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> word)
    {
        if (!word.IsEmpty)
        {
            json.WriteString(name, word);
        }
    }

    private static decimal Degrees(int e7) => new(Math.Abs(e7), 0, 0, e7 < 0, 7);

    private static ReadOnlySpan<byte> Word(Light light) => light switch
    {
        Light.Day => "day"u8,
        Light.Dusk => "dusk"u8,
        Light.Night => "night"u8,
        Light.Wet => "wet"u8,
        _ => default,
    };
}
