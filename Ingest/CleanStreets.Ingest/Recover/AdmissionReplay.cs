using System.Runtime.InteropServices;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Decode;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Quarantine;

namespace CleanStreets.Ingest.Recover;

/// <summary>Rebuilds admission and quarantine from the heads of the records: who, which sequences, which verdicts. No payload is decoded, but those of facts.</summary>
/// <remarks>That is all a start has to wait for before it may acknowledge: what was accepted before the stop is told from what is new.</remarks>
internal sealed class AdmissionReplay(JournalReader journal, Admission admission, QuarantineLog quarantine)
{
    private const int KnownTexts = 65_536;

    private static readonly byte[] AllAccepted = new byte[ReadingLimits.MaxReadingsPerBatch];

    private readonly TextCache _texts = new(KnownTexts);

    /// <summary>Records read.</summary>
    public long Records { get; private set; }

    /// <summary>Records that make no sense to this version; they were left out.</summary>
    public long Unreadable { get; private set; }

    public void Run(CancellationToken cancellationToken = default)
    {
        while (journal.TryReadNext(out var record))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Records++;
            if (record.Reason == QuarantineReason.None && record.Type != JournalRecordType.MappingChange && !TryRestore(in record))
            {
                Unreadable++;
            }

            quarantine.Note(in record);
        }

        quarantine.Show();
    }

    private bool TryRestore(in JournalRecord record)
    {
        var message = new IngestMessage { ReceivedAtMs = record.ReceivedAtMs };
        if (record.Type == JournalRecordType.Fact)
        {
            message.Kind = MessageKind.Fact;
            message.Fact = BatchDecoder.ReadFact(record.Payload, record.Id);
            if (message.Fact is null)
            {
                return false;
            }

            admission.Restore([], ref message);
            return true;
        }

        if (record.ReadingCount > ReadingLimits.MaxReadingsPerBatch ||
            !TruckId.TryCreate(_texts.Get(record.Id), out var truck) ||
            !SessionId.TryCreate(_texts.Get(record.Session), out var session))
        {
            return false;
        }

        message.Kind = record.Type == JournalRecordType.SessionClosed ? MessageKind.SessionClosed : MessageKind.Readings;
        message.Envelope = new BatchEnvelope
        {
            TruckId = truck,
            SessionId = session,
            FirstSequence = record.FirstSequence,
            OldestSequence = record.OldestSequence,
        };
        message.ClockChecked = record.Flags.HasFlag(JournalRecordFlags.ClockChecked);
        message.ClockShiftMs = record.ClockShiftMs;
        var verdicts = record.Verdicts.IsEmpty ? AllAccepted.AsSpan(0, record.ReadingCount) : record.Verdicts;
        admission.Restore(MemoryMarshal.Cast<byte, Verdict>(verdicts), ref message);
        return true;
    }
}
