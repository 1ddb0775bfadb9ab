using System.Runtime.InteropServices;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Decode;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Recover;

/// <summary>Turns records of the journal into batches for Match, as if they were coming in now.</summary>
/// <remarks>
/// The same decoder and the same admission as live, so what comes out is what live had. Verdicts and clock shifts are taken from the records,
/// not decided again. The admission is one of its own, as it was where reading begins: live messages have moved the other one on.
/// </remarks>
internal sealed class JournalReplay(JournalReader journal, Admission admission, PipelineOptions options) : IDisposable
{
    private readonly BatchDecoder _decoder = new();
    private readonly List<byte> _verdicts = [];
    private readonly List<int> _readingCounts = [];

    /// <summary>Records read.</summary>
    public long Records { get; private set; }

    /// <summary>Records whose payload this version decodes differently than the one that wrote them; they were left out.</summary>
    public long Unreadable { get; private set; }

    /// <summary>Where reading begins.</summary>
    public long From => journal.From;

    /// <summary>The first position there is something to be read from: where reading begins, or the journal, when its beginning is deleted.</summary>
    public long Begin => Math.Max(journal.From, journal.Begin);

    /// <summary>Fills a batch with what follows; its <see cref="IngestBatch.ThroughPosition"/> says how far that is, at most to <paramref name="limit"/>.</summary>
    /// <param name="batch">An empty batch.</param>
    /// <param name="limit">Everything of the journal below is on disk.</param>
    public void Fill(IngestBatch batch, long limit)
    {
        journal.Limit = limit;
        batch.Replayed = true;
        batch.ThroughPosition = Read(batch, limit);
        Restore(batch);
    }

    public void Dispose() => journal.Dispose();

    private long Read(IngestBatch batch, long limit)
    {
        _verdicts.Clear();
        _readingCounts.Clear();
        var through = 0L;

        // Room for the longest record is asked for before one is read, so that none has to be kept for the next batch.
        while (batch.MessageCount < options.BatchMessages && batch.HasRoom(ReadingLimits.MaxPayloadBytes + (2 * IdentifierRule.MaxLength)))
        {
            if (!journal.TryReadNext(out var record))
            {
                return limit;
            }

            Records++;
            Add(batch, in record);
            through = record.End;
        }

        return through;
    }

    private void Add(IngestBatch batch, in JournalRecord record)
    {
        var message = new IngestMessage
        {
            Kind = record.Type switch
            {
                JournalRecordType.Fact => MessageKind.Fact,
                JournalRecordType.SessionClosed => MessageKind.SessionClosed,
                JournalRecordType.MappingChange => MessageKind.MappingChange,
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
    }
}
