using System.Text.Json;

namespace CleanStreets.Contracts.Readings;

/// <summary>One reading of the JSON form.</summary>
internal sealed class JsonReadingDecoder(ReadingTexts texts)
{
    private readonly JsonDetectionDecoder _detections = new(texts);

    /// <summary>Reads the value the reader stands on and leaves the reader on its last token.</summary>
    public void Decode(ref JsonCursor reader, ReadingBuffer into)
    {
        var draft = new ReadingDraft(into.DetectionCount, into.SensorCount);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            draft.Fail(QuarantineReason.ReadingMalformed);
            reader.Skip();
        }
        else
        {
            while (reader.ReadField(out var name))
            {
                ReadField(ref reader, name, into, ref draft);
            }
        }

        draft.Commit(into);
    }

    private void ReadField(ref JsonCursor reader, ReadOnlySpan<byte> name, ReadingBuffer into, ref ReadingDraft draft)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return; // Null is "not sent".
        }

        switch (name.Length)
        {
            case 8 when name.SequenceEqual("latitude"u8):
                if (Number(ref reader, ref draft))
                {
                    draft.SetLatitude(JsonNumber.ToE7(in reader));
                }

                break;
            case 9 when name.SequenceEqual("longitude"u8):
                if (Number(ref reader, ref draft))
                {
                    draft.SetLongitude(JsonNumber.ToE7(in reader));
                }

                break;
            case 10 when name.SequenceEqual("capturedAt"u8):
                ReadCapturedAt(ref reader, ref draft);
                break;
            case 14 when name.SequenceEqual("accuracyMetres"u8):
                if (Number(ref reader, ref draft))
                {
                    draft.SetAccuracy(JsonNumber.ToDouble(in reader));
                }

                break;
            case 14 when name.SequenceEqual("headingDegrees"u8):
                if (Number(ref reader, ref draft))
                {
                    draft.SetHeading(JsonNumber.ToDouble(in reader));
                }

                break;
            case 20 when name.SequenceEqual("speedMetresPerSecond"u8):
                if (Number(ref reader, ref draft))
                {
                    draft.SetSpeed(JsonNumber.ToDouble(in reader));
                }

                break;
            case 8 when name.SequenceEqual("coverage"u8):
                if (Number(ref reader, ref draft))
                {
                    draft.SetCoverage(JsonNumber.ToDouble(in reader));
                }

                break;
            case 5 when name.SequenceEqual("light"u8):
                ReadLight(ref reader, ref draft);
                break;
            case 19 when name.SequenceEqual("visibleSquareMetres"u8):
                ReadVisible(ref reader, ref draft);
                break;
            case 10 when name.SequenceEqual("detections"u8):
                into.Truncate(into.Count, draft.DetectionStart, into.SensorCount);
                _detections.DecodeList(ref reader, into, ref draft);
                break;
            case 7 when name.SequenceEqual("sensors"u8):
                into.Truncate(into.Count, into.DetectionCount, draft.SensorStart);
                ReadSensors(ref reader, into, ref draft);
                break;
        }

        reader.Skip(); // Does something only where an object or a list stands unread.
    }

    private static void ReadCapturedAt(ref JsonCursor reader, ref ReadingDraft draft)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            draft.Fail(QuarantineReason.WrongType);
        }
        else if (IsoTime.TryParse(JsonText.TextOf(ref reader), out var ms))
        {
            draft.SetCapturedAt(ms);
        }
        else
        {
            draft.Fail(QuarantineReason.CapturedAtInvalid);
        }
    }

    private static void ReadLight(ref JsonCursor reader, ref ReadingDraft draft)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            draft.Fail(QuarantineReason.WrongType);
            return;
        }

        var word = JsonText.TextOf(ref reader);
        draft.Light = word.SequenceEqual("day"u8) ? Light.Day
            : word.SequenceEqual("dusk"u8) ? Light.Dusk
            : word.SequenceEqual("night"u8) ? Light.Night
            : word.SequenceEqual("wet"u8) ? Light.Wet
            : Light.Unknown;
    }

    private static void ReadVisible(ref JsonCursor reader, ref ReadingDraft draft)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            draft.Fail(QuarantineReason.WrongType);
            return;
        }

        while (reader.ReadField(out var name))
        {
            var left = name.SequenceEqual("left"u8);
            if (reader.TokenType != JsonTokenType.Null && (left || name.SequenceEqual("right"u8)) && Number(ref reader, ref draft))
            {
                var squareMetres = JsonNumber.ToDouble(in reader);
                if (left)
                {
                    draft.SetVisibleLeft(squareMetres);
                }
                else
                {
                    draft.SetVisibleRight(squareMetres);
                }
            }

            reader.Skip();
        }
    }

    private void ReadSensors(ref JsonCursor reader, ReadingBuffer into, ref ReadingDraft draft)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            draft.Fail(QuarantineReason.WrongType);
            return;
        }

        while (reader.ReadField(out var name))
        {
            if (reader.TokenType != JsonTokenType.Null && Number(ref reader, ref draft))
            {
                draft.AddSensor(into, texts.Name(name) ?? string.Empty, JsonNumber.ToDouble(in reader));
            }

            reader.Skip();
        }
    }

    private static bool Number(ref JsonCursor reader, ref ReadingDraft draft)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return true;
        }

        draft.Fail(QuarantineReason.WrongType);
        return false;
    }
}
