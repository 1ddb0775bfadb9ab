using System.Text;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Quarantine;

namespace CleanStreets.Ingest.Decode;

/// <summary>Turns payloads into readings and facts. What cannot be decoded is a value with a reason, never an exception. Recover uses the same code, so replay sees what live saw.</summary>
/// <param name="standing">Mends what would be quarantined; null where nothing new comes in: what was mended stands in the journal so.</param>
internal sealed class BatchDecoder(StandingMappings? standing = null)
{
    private readonly ReadingDecoder _readings = new();

    public void Decode(IngestBatch batch)
    {
        foreach (ref var message in batch.Messages)
        {
            message.ReadingStart = batch.Readings.Count;
            if (message.Reason == QuarantineReason.None)
            {
                switch (message.Kind)
                {
                    case MessageKind.Readings:
                        DecodeReadings(batch, ref message);
                        break;
                    case MessageKind.MappingChange when standing is not null:
                        message.Mapping?.Decide(standing);
                        break;
                    case MessageKind.Fact:
                        message.Fact = ReadFact(batch.Payload(in message), batch.TopicId(in message));
                        message.Reason = message.Fact is null ? QuarantineReason.MalformedFact : QuarantineReason.None;
                        break;
                    default:
                        break;
                }
            }
        }

        batch.ResetVerdicts();
    }

    private void DecodeReadings(IngestBatch batch, ref IngestMessage message)
    {
        var (readings, detections, sensors) = (batch.Readings.Count, batch.Readings.DetectionCount, batch.Readings.SensorCount);
        message.Reason = _readings.Decode(batch.Payload(in message), batch.ContentType(in message), batch.Readings, out message.Envelope);
        if (message.Reason == QuarantineReason.None &&
            !Ascii.Equals(batch.TopicId(in message), message.Envelope.TruckId.Value))
        {
            batch.Readings.Truncate(readings, detections, sensors);
            message.Reason = QuarantineReason.TruckIdNotTopic;
        }

        message.ReadingCount = batch.Readings.Count - readings;

        // Tried again, as the standing mappings for it say. What a person released has been decided on already.
        if (standing is { IsEmpty: false } && message.Mended is null && message.Release is null && IsFaulty(batch, in message) &&
            standing.TryMend(batch, in message) is { } mended)
        {
            batch.Readings.Truncate(readings, detections, sensors);
            message.Mended = mended;
            DecodeReadings(batch, ref message);
        }
    }

    private static bool IsFaulty(IngestBatch batch, in IngestMessage message)
    {
        if (message.Reason != QuarantineReason.None)
        {
            return true;
        }

        foreach (ref readonly var reading in batch.ReadingsOf(in message))
        {
            if (reading.Fault != QuarantineReason.None)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The fact; null when it is not well-formed.</summary>
    public static Fact? ReadFact(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> topicId)
    {
        try
        {
            var fact = JsonSerializer.Deserialize(payload, ContractJson.Default.Fact);
            return fact is { FactId.Length: > 0 and <= IdentifierRule.MaxLength } &&
                Enum.IsDefined(fact.Kind) &&
                Ascii.Equals(topicId, fact.SegmentId.Value)
                ? fact
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
