using System.Runtime.InteropServices;
using System.Threading.Channels;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Decode;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Quarantine;

namespace CleanStreets.Ingest.Recover;

/// <summary>Reads the journal from its beginning and feeds it to the stages that hold state, as if it were coming in now.</summary>
/// <remarks>
/// The same decoder, the same admission and the same Match loop as live, so what comes out is what live had. Verdicts and clock
/// shifts are taken from the records, not decided again. When <see cref="RunAsync"/> returns admission is complete and receiving
/// may begin; Match and Score are still catching up and will say so when the end marker reaches them.
/// </remarks>
internal sealed class JournalReplay(
    JournalReader journal, BatchPool pool, ChannelWriter<IngestBatch> toMatch, Admission admission, QuarantineLog quarantine, PipelineOptions options)
{
    private readonly BatchDecoder _decoder = new();
    private readonly List<byte> _verdicts = [];
    private readonly List<int> _readingCounts = [];

    /// <summary>Records read.</summary>
    public long Records { get; private set; }

    /// <summary>Records whose payload this version decodes differently than the one that wrote them; they were left out.</summary>
    public long Unreadable { get; private set; }

    public async Task RunAsync()
    {
        var more = true;
        while (more)
        {
            var batch = await pool.RentAsync();
            batch.Replayed = true;
            more = Fill(batch);
            batch.Marker = more ? BatchMarker.None : BatchMarker.ReplayEnd;
            Restore(batch);
            await toMatch.PassOnAsync(batch);
        }
    }

    private bool Fill(IngestBatch batch)
    {
        _verdicts.Clear();
        _readingCounts.Clear();

        // Room for the longest record is asked for before one is read, so that none has to be kept for the next batch.
        while (batch.MessageCount < options.BatchMessages && batch.HasRoom(ReadingLimits.MaxPayloadBytes + (2 * IdentifierRule.MaxLength)))
        {
            if (!journal.TryReadNext(out var record))
            {
                return false;
            }

            Records++;
            Add(batch, in record);
            batch.ThroughPosition = record.End;
        }

        return true;
    }

    private void Add(IngestBatch batch, in JournalRecord record)
    {
        var message = new IngestMessage
        {
            Kind = record.Type switch
            {
                JournalRecordType.Fact => MessageKind.Fact,
                JournalRecordType.SessionClosed => MessageKind.SessionClosed,
                _ => MessageKind.Readings,
            },
            ReceivedAtMs = record.ReceivedAtMs,
            PayloadCut = record.Flags.HasFlag(JournalRecordFlags.PayloadCut),
            Reason = record.Reason,
            Journalled = true,
            HasVerdicts = record.Flags.HasFlag(JournalRecordFlags.HasVerdicts),
            ClockChecked = record.Flags.HasFlag(JournalRecordFlags.ClockChecked),
            ClockShiftMs = record.ClockShiftMs,
        };
        if (record.Type == JournalRecordType.SessionClosed &&
            TruckId.TryCreate(record.IdText, out var truck) &&
            SessionId.TryCreate(record.SessionText, out var session))
        {
            message.Envelope = new BatchEnvelope { TruckId = truck, SessionId = session, FirstSequence = 0 };
        }

        batch.Add(message, record.Id, contentType: [], record.Payload);
        batch.Messages[^1].Position = record.Position;
        _readingCounts.Add(record.ReadingCount);
        _verdicts.AddRange(record.Verdicts);
    }

    private void Restore(IngestBatch batch)
    {
        var written = (ReadOnlySpan<byte>)CollectionsMarshal.AsSpan(_verdicts);
        _decoder.Decode(batch);
        var messages = batch.Messages;
        for (var i = 0; i < messages.Length; i++)
        {
            ref var message = ref messages[i];
            var verdicts = message.HasVerdicts ? written[.._readingCounts[i]] : [];
            written = written[verdicts.Length..];
            if (message.ReadingCount != _readingCounts[i])
            {
                Unreadable++;
                message.Position = -1;
                continue;
            }

            verdicts.CopyTo(MemoryMarshal.AsBytes(batch.VerdictsOf(in message)));
            admission.Restore(batch, ref message);
        }

        quarantine.Note(batch);
    }
}
