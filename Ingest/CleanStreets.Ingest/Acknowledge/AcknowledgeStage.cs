using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Ingest.Observe;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Quarantine;
using CleanStreets.Ingest.Receive;
using CleanStreets.Ingest.Snapshot;
using CleanStreets.Mqtt;
using CleanStreets.Scoring.State;

namespace CleanStreets.Ingest.Acknowledge;

/// <summary>Acknowledges what is on disk: to whoever sent it, and by the marks on <c>acks/{truckId}</c>, which hold with any broker in between.</summary>
internal sealed class AcknowledgeStage(
    Receivers receivers,
    MarkBoard marks,
    Fates fates,
    QuarantineLog quarantine,
    QuarantineStage listed,
    Topics topics,
    TimeProvider time,
    StageDurations durations)
{
    private readonly StateWriter _state = new();
    private readonly MarksJson _json = new();

    /// <summary>Acknowledges the batches of one commit, in order.</summary>
    public void Acknowledge(IReadOnlyList<IngestBatch> committed)
    {
        var began = durations.Acknowledge.Begin();
        foreach (var batch in committed)
        {
            // Count first: who hears the PUBACK may ask for the counters at once.
            Settle(batch);
        }

        receivers.Acknowledge(committed);
        foreach (var batch in committed)
        {
            Mark(batch);
        }

        marks.TakeDue(time.GetUtcNow(), Tell);
        durations.Acknowledge.Record(began);
    }

    private void Settle(IngestBatch batch)
    {
        fates.CountSettled(batch);
        quarantine.Note(batch);
        listed.Note(batch);
        TellReleases(batch);
        if (batch.Snapshot is { } ticket)
        {
            ticket.Position = batch.ThroughPosition;
            ticket.Save(SnapshotPart.Quarantine, _state, quarantine.Save);
        }

        if (batch.MessageCount > 0 && batch.BeganAt != 0)
        {
            durations.Latency.Record(batch.BeganAt);
        }
    }

    private void Mark(IngestBatch batch)
    {
        foreach (ref var message in batch.Messages)
        {
            foreach (var leaver in message.Leavers ?? [])
            {
                marks.Forget(leaver);
            }

            if (message.Kind == MessageKind.Readings && message.Reason == QuarantineReason.None && message.StoredThrough > 0)
            {
                if (message.HasPlace)
                {
                    marks.Set(message.Envelope.TruckId, message.Envelope.SessionId, message.StoredThrough);
                }
                else
                {
                    marks.SetOnce(message.Envelope.TruckId, message.Envelope.SessionId, message.StoredThrough);
                }

                if (message.Mended is { SentAs: { } sender })
                {
                    // The box that sent it listens under its own name. A mapping names it, so there are not more of them than mappings.
                    marks.Set(sender, message.Envelope.SessionId, message.StoredThrough);
                }
            }
        }
    }

    private static void TellReleases(IngestBatch batch)
    {
        foreach (ref var message in batch.Messages)
        {
            message.Release?.Report(batch, in message);
        }
    }

    private bool Tell(TruckId truck, StoredMarks? stored) => receivers.TryPublish(new MqttMessage
    {
        Topic = topics.Acks(truck),
        Payload = stored is null ? ReadOnlyMemory<byte>.Empty : _json.Write(stored),
        QualityOfService = QualityOfService.AtLeastOnce,
        Retain = true,
        ContentType = stored is null ? null : ReadingLimits.JsonContentType,
    });
}
