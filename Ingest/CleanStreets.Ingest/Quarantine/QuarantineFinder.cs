using System.Runtime.InteropServices;
using System.Text;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>Finds what is quarantined, and decisions about it, in a batch that is on disk or in a record of the journal: both see the same.</summary>
internal static class QuarantineFinder
{
    public static void Find(IngestBatch batch, List<QuarantineEntry> found)
    {
        foreach (ref var message in batch.Messages)
        {
            if (message.Position < 0 || (message.Reason == QuarantineReason.None && !message.HasVerdicts && message.Release is null))
            {
                continue;
            }

            Find(
                new JournalRecord
                {
                    Type = message.Reason != QuarantineReason.None ? JournalRecordType.QuarantinedMessage : JournalRecordType.Readings,
                    Flags = message.Release is null ? JournalRecordFlags.None : JournalRecordFlags.Released,
                    Reason = message.Reason,
                    ReceivedAtMs = message.ReceivedAtMs,
                    FirstSequence = message.Envelope.FirstSequence,
                    Id = batch.TopicId(in message),
                    Session = Encoding.ASCII.GetBytes(message.Envelope.SessionId.Value ?? string.Empty),
                    Verdicts = message.HasVerdicts ? MemoryMarshal.AsBytes(batch.VerdictsOf(in message)) : [],
                    Payload = batch.Payload(in message),
                    Position = message.Position,
                },
                found);
        }
    }

    public static void Find(in JournalRecord record, List<QuarantineEntry> found)
    {
        if (record.Type == JournalRecordType.QuarantinedMessage)
        {
            found.Add(Entry(in record, sequence: 0, record.Reason));
            return;
        }

        if (record.Flags.HasFlag(JournalRecordFlags.Released) && ReleaseHead.Read(record.Payload) is { } head)
        {
            found.Add(Entry(in record, sequence: 0, QuarantineReason.None) with { Release = head });
        }

        for (var i = 0; i < record.Verdicts.Length; i++)
        {
            var verdict = new Verdict(record.Verdicts[i]);
            if (verdict.IsQuarantined)
            {
                found.Add(Entry(in record, record.FirstSequence + i, verdict.Reason));
            }
        }
    }

    private static QuarantineEntry Entry(in JournalRecord record, long sequence, QuarantineReason reason) => new(
        new QuarantineId(record.Position, sequence),
        record.ReceivedAtMs,
        reason,
        record.Id.IsEmpty ? null : record.IdText,
        record.Session.IsEmpty ? null : record.SessionText,
        record.Payload.Length);
}
