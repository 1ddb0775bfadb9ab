namespace CleanStreets.Contracts.Readings;

/// <summary>One reading of the Protobuf form. Its length is known from outside, so whatever stands inside, the next reading is found.</summary>
internal sealed class ProtobufReadingDecoder(ReadingTexts texts)
{
    public void Decode(ReadOnlySpan<byte> message, ReadingBuffer into)
    {
        var draft = new ReadingDraft(into.DetectionCount, into.SensorCount);
        var reader = new ProtobufReader(message);
        while (!reader.AtEnd)
        {
            if (!reader.TryReadTag(out var field, out var type) || !ReadField(ref reader, field, type, into, ref draft))
            {
                draft.Fail(QuarantineReason.ReadingMalformed);
                break;
            }
        }

        draft.Commit(into);
    }

    private bool ReadField(ref ProtobufReader reader, int field, WireType type, ReadingBuffer into, ref ReadingDraft draft)
    {
        var expected = field switch
        {
            1 or 2 or 3 or 8 => WireType.Varint,
            4 or 5 or 6 or 7 or 9 or 10 => WireType.Fixed32,
            11 or 12 => WireType.Bytes,
            _ => type,
        };
        if (type != expected)
        {
            draft.Fail(QuarantineReason.WrongType);
        }
        else if (field <= 12)
        {
            return type switch
            {
                WireType.Varint => reader.TryReadVarint(out var number) && SetNumber(field, number, ref draft),
                WireType.Fixed32 => reader.TryReadFloat(out var value) && SetFloat(field, value, ref draft),
                _ => reader.TryReadBytes(out var bytes) && (field == 11 ? ReadDetection(bytes, into, ref draft) : ReadSensor(bytes, into, ref draft)),
            };
        }

        return reader.TrySkip(field, type);
    }

    private static bool SetNumber(int field, ulong number, ref ReadingDraft draft)
    {
        switch (field)
        {
            case 1:
                draft.SetCapturedAt((long)number);
                break;
            case 2:
                draft.SetLatitude(ProtobufReader.ZigZag32(number));
                break;
            case 3:
                draft.SetLongitude(ProtobufReader.ZigZag32(number));
                break;
            case 8:
                draft.Light = (int)number is var light and >= 0 and <= (int)Light.Wet ? (Light)light : Light.Unknown;
                break;
        }

        return true;
    }

    private static bool SetFloat(int field, float value, ref ReadingDraft draft)
    {
        switch (field)
        {
            case 4:
                draft.SetAccuracy(value);
                break;
            case 5:
                draft.SetHeading(value);
                break;
            case 6:
                draft.SetSpeed(value);
                break;
            case 7:
                draft.SetCoverage(value);
                break;
            case 9:
                draft.SetVisibleLeft(value);
                break;
            case 10:
                draft.SetVisibleRight(value);
                break;
        }

        return true;
    }

    private bool ReadSensor(ReadOnlySpan<byte> entry, ReadingBuffer into, ref ReadingDraft draft)
    {
        string? name = null;
        var value = 0.0;
        var reader = new ProtobufReader(entry);
        while (!reader.AtEnd)
        {
            if (!reader.TryReadTag(out var field, out var type))
            {
                return false;
            }

            var known = (field, type) switch
            {
                (1, WireType.Bytes) => reader.TryReadBytes(out var utf8) && (name = texts.Name(utf8) ?? string.Empty) is not null,
                (2, WireType.Fixed64) => reader.TryReadDouble(out value),
                _ => reader.TrySkip(field, type),
            };
            if (!known)
            {
                return false;
            }
        }

        draft.AddSensor(into, name ?? string.Empty, value);
        return true;
    }

    private bool ReadDetection(ReadOnlySpan<byte> message, ReadingBuffer into, ref ReadingDraft draft)
    {
        var detection = new DetectionDraft();
        var reader = new ProtobufReader(message);
        while (!reader.AtEnd)
        {
            if (!reader.TryReadTag(out var field, out var type) || !ReadDetectionField(ref reader, field, type, ref detection))
            {
                return false;
            }
        }

        draft.AddDetection(into, in detection);
        return true;
    }

    private bool ReadDetectionField(ref ProtobufReader reader, int field, WireType type, ref DetectionDraft detection)
    {
        switch (field, type)
        {
            case (1 or 7, WireType.Bytes):
                if (!reader.TryReadBytes(out var utf8))
                {
                    return false;
                }

                if (field == 1)
                {
                    detection.SetKind(texts.Name(utf8) ?? string.Empty);
                }
                else
                {
                    detection.EvidenceId = ReadingTexts.Evidence(utf8) is { Length: > 0 } id ? id : null;
                }

                return true;
            case (2 or 4 or 6, WireType.Varint):
                return reader.TryReadVarint(out var number) && SetDetectionNumber(field, number, ref detection);
            case (3 or 5, WireType.Fixed32):
                if (!reader.TryReadFloat(out var value))
                {
                    return false;
                }

                if (field == 3)
                {
                    detection.SetConfidence(value);
                }
                else
                {
                    detection.SetOffset(value);
                }

                return true;
            case (1 or 2 or 3 or 4 or 5 or 6 or 7, _):
                detection.Fail(QuarantineReason.WrongType);
                break;
        }

        return reader.TrySkip(field, type);
    }

    private static bool SetDetectionNumber(int field, ulong number, ref DetectionDraft detection)
    {
        switch (field)
        {
            case 2:
                detection.SetCount((long)Math.Min(number, long.MaxValue));
                break;
            case 4:
                detection.Side = (int)number is 1 ? Side.Left : (int)number is 2 ? Side.Right : Side.Unknown;
                break;
            case 6:
                detection.SetTrackId((long)number);
                break;
        }

        return true;
    }
}
