using System.Text.Json;
using System.Text.Unicode;

namespace CleanStreets.Contracts.Readings;

/// <summary>The JSON form of a batch: the envelope. <see cref="JsonReadingDecoder"/> reads the readings.</summary>
internal sealed class JsonBatchDecoder(ReadingTexts texts)
{
    private readonly JsonReadingDecoder _readings = new(texts);

    public QuarantineReason Decode(ReadOnlySpan<byte> payload, ReadingBuffer into, ref EnvelopeDraft envelope)
    {
        if (!Utf8.IsValid(payload)) // Checked once and fast, so that no text of it need be checked again.
        {
            return QuarantineReason.MalformedJson;
        }

        var start = (into.Count, into.DetectionCount, into.SensorCount);
        var reader = new JsonCursor(payload);
        reader.Read();
        while (reader.ReadField(out var name))
        {
            ReadField(ref reader, name, into, ref envelope, start);
            if (!reader.Failed && into.Count - start.Count > ReadingLimits.MaxReadingsPerBatch)
            {
                return QuarantineReason.TooManyReadings;
            }
        }

        return reader.Read() || reader.Failed ? QuarantineReason.MalformedJson : QuarantineReason.None;
    }

    private void ReadField(
        ref JsonCursor reader, ReadOnlySpan<byte> name, ReadingBuffer into, ref EnvelopeDraft envelope, (int Readings, int Detections, int Sensors) start)
    {
        if (name.SequenceEqual("readings"u8))
        {
            into.Truncate(start.Readings, start.Detections, start.Sensors);
            ReadReadings(ref reader, into, start.Readings);
        }
        else if (name.SequenceEqual("truckId"u8))
        {
            envelope.TruckId = texts.TruckId(JsonText.TextOf(ref reader));
        }
        else if (name.SequenceEqual("sessionId"u8))
        {
            envelope.SessionId = texts.SessionId(JsonText.TextOf(ref reader));
        }
        else if (name.SequenceEqual("firstSequence"u8))
        {
            envelope.FirstSequence = WholeOf(ref reader);
        }
        else if (name.SequenceEqual("oldestSequence"u8))
        {
            envelope.OldestSequence = WholeOf(ref reader);
        }
        else if (name.SequenceEqual("sentAt"u8))
        {
            envelope.SentAtMs = IsoTime.TryParse(JsonText.TextOf(ref reader), out var ms) ? ms : 0;
        }
        else if (name.SequenceEqual("deviceId"u8))
        {
            envelope.DeviceId = texts.About(JsonText.TextOf(ref reader));
        }
        else if (name.SequenceEqual("cameraId"u8))
        {
            envelope.CameraId = texts.About(JsonText.TextOf(ref reader));
        }
        else if (name.SequenceEqual("modelVersion"u8))
        {
            envelope.ModelVersion = texts.About(JsonText.TextOf(ref reader));
        }
        else if (name.SequenceEqual("calibrationId"u8))
        {
            envelope.CalibrationId = texts.About(JsonText.TextOf(ref reader));
        }
        else if (name.SequenceEqual("trial"u8))
        {
            envelope.IsTrial = reader.TokenType == JsonTokenType.True;
        }

        reader.Skip(); // Does something only where an object or a list stands unread.
    }

    private void ReadReadings(ref JsonCursor reader, ReadingBuffer into, int start)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return;
        }

        // One more than allowed is enough to know that there are too many.
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray && into.Count - start <= ReadingLimits.MaxReadingsPerBatch)
        {
            _readings.Decode(ref reader, into);
        }
    }

    private static long WholeOf(ref JsonCursor reader) =>
        reader.TokenType == JsonTokenType.Number && JsonNumber.TryWhole(in reader, ReadingLimits.MaxSequence, out var value) ? value : 0;
}
