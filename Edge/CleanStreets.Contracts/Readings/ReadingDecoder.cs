using System.Text;

namespace CleanStreets.Contracts.Readings;

/// <summary>Decodes batches of readings in both wire forms.</summary>
/// <remarks>
/// Never throws, whatever the bytes. Allocates nothing per reading once it has seen the names a fleet uses (evidence ids excepted:
/// each is new). Fields may come in any order, the envelope after the readings too; unknown fields are passed over; of a field
/// named twice the last counts. Not safe for concurrent use: one decoder per loop.
/// </remarks>
public sealed class ReadingDecoder
{
    private readonly JsonBatchDecoder _json;
    private readonly ProtobufBatchDecoder _protobuf;

    /// <summary>Makes a decoder with empty caches.</summary>
    public ReadingDecoder()
    {
        var texts = new ReadingTexts();
        _json = new JsonBatchDecoder(texts);
        _protobuf = new ProtobufBatchDecoder(texts);
    }

    /// <summary>Decodes one message and appends its readings to <paramref name="into"/>.</summary>
    /// <param name="payload">The message.</param>
    /// <param name="contentType">MQTT 5 content type; empty when absent.</param>
    /// <param name="into">Takes the readings; unchanged when the message as a whole is faulty.</param>
    /// <param name="envelope">What the batch says once; default when the message is faulty.</param>
    /// <returns><see cref="QuarantineReason.None"/> when the envelope is fine (single readings may still carry
    /// <see cref="Reading.Fault"/>), otherwise why the message as a whole must be quarantined.</returns>
    public QuarantineReason Decode(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> contentType, ReadingBuffer into, out BatchEnvelope envelope)
    {
        ArgumentNullException.ThrowIfNull(into);
        envelope = default;
        if (payload.IsEmpty)
        {
            return QuarantineReason.Empty;
        }

        if (payload.Length > ReadingLimits.MaxPayloadBytes)
        {
            return QuarantineReason.Oversized;
        }

        var json = payload[0] == (byte)'{';
        if (!Agrees(contentType, json))
        {
            return QuarantineReason.ContentTypeMismatch;
        }

        var (readings, detections, sensors) = (into.Count, into.DetectionCount, into.SensorCount);
        var draft = default(EnvelopeDraft);
        var reason = json ? _json.Decode(payload, into, ref draft) : _protobuf.Decode(payload, into, ref draft);
        if (reason == QuarantineReason.None)
        {
            reason = draft.Check(into.Count - readings);
        }

        if (reason == QuarantineReason.None)
        {
            envelope = draft.ToEnvelope();
        }
        else
        {
            into.Truncate(readings, detections, sensors);
        }

        return reason;
    }

    private static bool Agrees(ReadOnlySpan<byte> contentType, bool json)
    {
        if (contentType.IsEmpty)
        {
            return true;
        }

        var parameters = contentType.IndexOf((byte)';');
        var type = (parameters < 0 ? contentType : contentType[..parameters]).Trim((byte)' ');
        return type.IsEmpty || (json
            ? Ascii.EqualsIgnoreCase(type, "application/json"u8)
            : Ascii.EqualsIgnoreCase(type, "application/x-protobuf"u8) || Ascii.EqualsIgnoreCase(type, "application/protobuf"u8));
    }
}
