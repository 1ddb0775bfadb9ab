namespace CleanStreets.Contracts.Readings;

/// <summary>The Protobuf form of a batch: the envelope. <see cref="ProtobufReadingDecoder"/> reads the readings.</summary>
internal sealed class ProtobufBatchDecoder(ReadingTexts texts)
{
    private readonly ProtobufReadingDecoder _readings = new(texts);

    public QuarantineReason Decode(ReadOnlySpan<byte> payload, ReadingBuffer into, ref EnvelopeDraft envelope)
    {
        var start = into.Count;
        var reader = new ProtobufReader(payload);
        while (!reader.AtEnd)
        {
            if (!reader.TryReadTag(out var field, out var type) || !ReadField(ref reader, field, type, into, ref envelope))
            {
                return QuarantineReason.MalformedProtobuf;
            }

            if (into.Count - start > ReadingLimits.MaxReadingsPerBatch)
            {
                return QuarantineReason.TooManyReadings;
            }
        }

        return QuarantineReason.None;
    }

    private bool ReadField(ref ProtobufReader reader, int field, WireType type, ReadingBuffer into, ref EnvelopeDraft envelope) => (field, type) switch
    {
        (1 or 2 or 6 or 7 or 8 or 9 or 10, WireType.Bytes) => reader.TryReadBytes(out var bytes) && SetText(field, bytes, into, ref envelope),
        (3 or 4 or 5 or 11, WireType.Varint) => reader.TryReadVarint(out var number) && SetNumber(field, (long)number, ref envelope),
        _ => reader.TrySkip(field, type),
    };

    private bool SetText(int field, ReadOnlySpan<byte> bytes, ReadingBuffer into, ref EnvelopeDraft envelope)
    {
        switch (field)
        {
            case 1:
                envelope.TruckId = texts.TruckId(bytes);
                break;
            case 2:
                envelope.SessionId = texts.SessionId(bytes);
                break;
            case 6:
                envelope.DeviceId = texts.About(bytes);
                break;
            case 7:
                envelope.CameraId = texts.About(bytes);
                break;
            case 8:
                envelope.ModelVersion = texts.About(bytes);
                break;
            case 9:
                envelope.CalibrationId = texts.About(bytes);
                break;
            case 10:
                _readings.Decode(bytes, into);
                break;
        }

        return true;
    }

    private static bool SetNumber(int field, long number, ref EnvelopeDraft envelope)
    {
        switch (field)
        {
            case 3:
                envelope.FirstSequence = number;
                break;
            case 4:
                envelope.OldestSequence = number;
                break;
            case 5:
                envelope.SentAtMs = number;
                break;
            case 11:
                envelope.IsTrial = number != 0;
                break;
        }

        return true;
    }
}
