using System.Text.Json;

namespace CleanStreets.Contracts.Readings;

/// <summary>The detections of one reading in the JSON form.</summary>
internal sealed class JsonDetectionDecoder(ReadingTexts texts)
{
    public void DecodeList(ref JsonCursor reader, ReadingBuffer into, ref ReadingDraft draft)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            draft.Fail(QuarantineReason.WrongType);
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var detection = new DetectionDraft();
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                while (reader.ReadField(out var name))
                {
                    ReadField(ref reader, name, ref detection);
                }
            }
            else
            {
                detection.Fail(QuarantineReason.DetectionInvalid);
                reader.Skip();
            }

            draft.AddDetection(into, in detection);
        }
    }

    private void ReadField(ref JsonCursor reader, ReadOnlySpan<byte> name, ref DetectionDraft detection)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (name.SequenceEqual("kind"u8))
        {
            if (Is(ref reader, JsonTokenType.String, ref detection))
            {
                detection.SetKind(texts.Name(JsonText.TextOf(ref reader)) ?? string.Empty);
            }
        }
        else if (name.SequenceEqual("count"u8))
        {
            if (Is(ref reader, JsonTokenType.Number, ref detection))
            {
                detection.SetCount(JsonNumber.TryWhole(in reader, long.MaxValue, out var count) ? count : 0);
            }
        }
        else if (name.SequenceEqual("confidence"u8))
        {
            if (Is(ref reader, JsonTokenType.Number, ref detection))
            {
                detection.SetConfidence(JsonNumber.ToDouble(in reader));
            }
        }
        else if (name.SequenceEqual("side"u8))
        {
            if (Is(ref reader, JsonTokenType.String, ref detection))
            {
                var word = JsonText.TextOf(ref reader);
                detection.Side = word.SequenceEqual("left"u8) ? Side.Left : word.SequenceEqual("right"u8) ? Side.Right : Side.Unknown;
            }
        }
        else if (name.SequenceEqual("offsetMetres"u8))
        {
            if (Is(ref reader, JsonTokenType.Number, ref detection))
            {
                detection.SetOffset(JsonNumber.ToDouble(in reader));
            }
        }
        else if (name.SequenceEqual("trackId"u8))
        {
            if (Is(ref reader, JsonTokenType.Number, ref detection))
            {
                detection.SetTrackId(JsonNumber.TryWhole(in reader, long.MaxValue, out var id) ? id : long.MaxValue);
            }
        }
        else if (name.SequenceEqual("evidenceId"u8) && Is(ref reader, JsonTokenType.String, ref detection))
        {
            detection.EvidenceId = ReadingTexts.Evidence(JsonText.TextOf(ref reader)) is { Length: > 0 } id ? id : null;
        }

        reader.Skip();
    }

    private static bool Is(ref JsonCursor reader, JsonTokenType type, ref DetectionDraft detection)
    {
        if (reader.TokenType == type)
        {
            return true;
        }

        detection.Fail(QuarantineReason.WrongType);
        return false;
    }
}
