using System.Text;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>The newest quarantined messages and readings, and how many there were of each reason since the journal began.</summary>
/// <remarks>
/// One writer at a time: Recover while it replays, then Acknowledge. Readers get whole reports; a report never changes. Payloads
/// are bytes from outside: the preview shows what is not printable as '·', and is text, never markup.
/// </remarks>
internal sealed partial class QuarantineLog(QuarantineOptions options)
{
    private readonly Queue<QuarantinedItem> _newest = new(options.Items);
    private readonly long[] _counts = new long[byte.MaxValue + 1];
    private QuarantineReport _report = new(new Dictionary<string, long>(), []);

    /// <summary>What was quarantined, as of the last batch; newest first.</summary>
    public QuarantineReport Report(int limit)
    {
        var report = Volatile.Read(ref _report);
        return limit >= report.Newest.Count ? report : report with { Newest = report.Newest.Take(limit).ToList() };
    }

    /// <summary>Takes note of a batch whose records are on disk.</summary>
    public void Note(IngestBatch batch)
    {
        NoteMappings(batch);
        var noted = false;
        foreach (ref var message in batch.Messages)
        {
            if (message.Reason != QuarantineReason.None)
            {
                Note(batch, in message, message.Reason, sequence: null);
                noted = true;
            }
            else if (message.HasVerdicts)
            {
                noted |= NoteReadings(batch, in message);
            }
        }

        if (noted)
        {
            Volatile.Write(ref _report, MakeReport());
        }
    }

    private bool NoteReadings(IngestBatch batch, in IngestMessage message)
    {
        var noted = false;
        var verdicts = batch.VerdictsOf(in message);
        for (var i = 0; i < verdicts.Length; i++)
        {
            if (verdicts[i].IsQuarantined)
            {
                Note(batch, in message, verdicts[i].Reason, message.Envelope.FirstSequence + i);
                noted = true;
            }
        }

        return noted;
    }

    private void Note(IngestBatch batch, in IngestMessage message, QuarantineReason reason, long? sequence)
    {
        var truck = message.Kind == MessageKind.Fact || message.TopicIdLength == 0 ? null : Encoding.ASCII.GetString(batch.TopicId(in message));
        Add(message.ReceivedAtMs, reason, truck, message.Envelope.SessionId.Value, sequence, batch.Payload(in message));
    }

    private void Add(long receivedAtMs, QuarantineReason reason, string? truck, string? session, long? sequence, ReadOnlySpan<byte> payload)
    {
        _counts[(byte)reason]++;
        Keep(new QuarantinedItem(
            DateTimeOffset.FromUnixTimeMilliseconds(receivedAtMs),
            reason.Tag(),
            reason.Message(),
            truck,
            session,
            sequence,
            Preview(payload[..Math.Min(payload.Length, options.PreviewBytes)])));
    }

    private void Keep(QuarantinedItem item)
    {
        if (_newest.Count == options.Items)
        {
            _newest.Dequeue();
        }

        _newest.Enqueue(item);
    }

    private QuarantineReport MakeReport() => new(
        Enum.GetValues<QuarantineReason>().Where(reason => _counts[(byte)reason] > 0)
            .ToDictionary(reason => reason.Tag(), reason => _counts[(byte)reason]),
        _newest.Reverse().ToList());

    private static string Preview(ReadOnlySpan<byte> payload) => string.Create(payload.Length, payload, static (text, bytes) =>
    {
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = bytes[i] is >= 0x20 and < 0x7F ? (char)bytes[i] : '·';
        }
    });
}
