using System.Buffers;
using System.Text;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>Makes the batches that take the place of a quarantined record: corrected, with true times, and with the decision at their head.</summary>
/// <remarks>
/// A message that was quarantined whole keeps its session and sequences: what the truck sends again meanwhile is a repeat, whichever comes first.
/// Single readings have their place in that session already, as quarantined; they come in a session of their own, made from the name of the
/// old one, so that they too can be accepted only once. Only what was beyond the window has no place there yet, and keeps session and sequence.
/// </remarks>
internal sealed class CorrectedBatch(AdmissionOptions admission, TimeProvider time)
{
    private const string ReleasedSession = "released-";

    private readonly ReadingDecoder _decoder = new();
    private readonly ReadingBuffer _readings = new();

    /// <summary>The batches, or a sentence why there are none.</summary>
    public List<ReleaseTicket> Make(in JournalRecord record, QuarantineFix fix, ReleaseHead head, out string? problem)
    {
        _readings.Clear();
        if (record.Flags.HasFlag(JournalRecordFlags.PayloadCut))
        {
            problem = "Only the beginning of the message was kept, so it cannot be replayed.";
            return [];
        }

        if (PayloadFix.TryApply(record.Payload.ToArray(), fix, out problem) is not { } payload)
        {
            return [];
        }

        var reason = _decoder.Decode(payload, contentType: [], _readings, out var envelope);
        if (reason != QuarantineReason.None)
        {
            problem = $"It is as it was: {reason.Message()}";
            return [];
        }

        return head.Sequences.Count == 0
            ? OfMessage(in record, in envelope, fix, head, out problem)
            : OfReadings(in record, in envelope, fix, head, out problem);
    }

    private List<ReleaseTicket> OfMessage(in JournalRecord record, in BatchEnvelope envelope, QuarantineFix fix, ReleaseHead head, out string? problem)
    {
        var shift = ClockSkewPolicy.Shift(record.ReceivedAtMs, envelope.SentAtMs, known: null, admission);
        var ticket = Ticket(envelope with { SentAtMs = 0 }, 0, _readings.Count, Shift(in record, fix, 0, _readings.Count, shift), head, out problem);
        return ticket is null ? [] : [ticket];
    }

    /// <summary>One batch for each run of neighbours.</summary>
    private List<ReleaseTicket> OfReadings(in JournalRecord record, in BatchEnvelope envelope, QuarantineFix fix, ReleaseHead head, out string? problem)
    {
        problem = null;
        var tickets = new List<ReleaseTicket>();
        var begin = record.FirstSequence;
        var places = head.Sequences.Select(sequence => sequence - begin).Order().ToList();
        if (places.Exists(place => place < 0 || place >= _readings.Count))
        {
            problem = "The corrected batch does not hold this reading any more.";
            return [];
        }

        for (var at = 0; at < places.Count;)
        {
            var count = 1;
            var keepsPlace = KeepsPlace(in record, places[at]);
            while (at + count < places.Count && places[at + count] == places[at] + count && KeepsPlace(in record, places[at + count]) == keepsPlace)
            {
                count++;
            }

            var first = (int)places[at];
            var shift = Shift(in record, fix, first, count, record.ClockShiftMs);
            if (Fault(first, count, shift) is { } fault)
            {
                problem = $"It is as it was: {fault.Message()}";
                return [];
            }

            var own = envelope with
            {
                SessionId = keepsPlace ? envelope.SessionId : SessionId.Parse(ReleasedSession + Hash(record.SessionText)),
                FirstSequence = record.FirstSequence + first,
                OldestSequence = 0,
                SentAtMs = 0,
            };
            var decided = head with { Sequences = [.. places.Skip(at).Take(count).Select(place => begin + place)] };
            if (Ticket(own, first, count, shift, decided, out problem) is not { } ticket)
            {
                return [];
            }

            tickets.Add(ticket);
            at += count;
        }

        return tickets;
    }

    // Admission had no room for it and did not settle its sequence: the truck sends it again, and whichever comes second is the repeat.
    private static bool KeepsPlace(in JournalRecord record, long place) =>
        place < record.Verdicts.Length && new Verdict(record.Verdicts[(int)place]).Reason == QuarantineReason.WindowExceeded;

    /// <summary>What admission would still find. Asked before: a reading that it quarantines again has used up its place in the released session.</summary>
    private QuarantineReason? Fault(int first, int count, long shiftMs)
    {
        var latest = (time.GetUtcNow() + admission.MaximumAhead).ToUnixTimeMilliseconds();
        foreach (ref readonly var reading in _readings.Readings.Slice(first, count))
        {
            if (reading.Fault != QuarantineReason.None)
            {
                return reading.Fault;
            }

            if (!ReadingLimits.IsTimeOfCapture(reading.CapturedAtMs + shiftMs))
            {
                return QuarantineReason.CapturedAtInvalid;
            }

            if (reading.CapturedAtMs + shiftMs > latest)
            {
                return QuarantineReason.CapturedAtInFuture;
            }
        }

        return null;
    }

    /// <summary>Milliseconds to add to the truck's times: what admission found, or so many that the newest reading was captured at receipt.</summary>
    private long Shift(in JournalRecord record, QuarantineFix fix, int first, int count, long found)
    {
        if (!fix.UseTimeOfReceipt)
        {
            return found;
        }

        var newest = long.MinValue;
        foreach (ref readonly var reading in _readings.Readings.Slice(first, count))
        {
            newest = reading.Fault == QuarantineReason.None ? Math.Max(newest, reading.CapturedAtMs) : newest;
        }

        return newest == long.MinValue ? found : record.ReceivedAtMs - newest;
    }

    private ReleaseTicket? Ticket(BatchEnvelope envelope, int first, int count, long shiftMs, ReleaseHead head, out string? problem)
    {
        var chosen = new ReadingBuffer();
        foreach (ref readonly var reading in _readings.Readings.Slice(first, count))
        {
            var shifted = reading.Fault == QuarantineReason.None ? reading with { CapturedAtMs = reading.CapturedAtMs + shiftMs } : reading;
            if (shifted.Fault == QuarantineReason.None && !ReadingLimits.IsTimeOfCapture(shifted.CapturedAtMs))
            {
                problem = $"It is as it was: {QuarantineReason.CapturedAtInvalid.Message()}";
                return null;
            }

            chosen.Add(in shifted, _readings.DetectionsOf(in reading), _readings.SensorsOf(in reading));
        }

        var output = new ArrayBufferWriter<byte>();
        ReadingEncoder.WriteBatch(output, ReadingFormat.Json, in envelope, chosen);
        var payload = head.PutBefore(output.WrittenSpan);
        problem = payload.Length > ReadingLimits.MaxPayloadBytes ? "Corrected, it is larger than a message may be." : null;
        return problem is null ? new ReleaseTicket(envelope.TruckId, envelope.SessionId, head, payload) : null;
    }

    // Two sessions of one truck must not share a hash: half of SHA-256 is plenty, and fits an identifier.
    private static string Hash(string session) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(session)).AsSpan(0, 16));
}
