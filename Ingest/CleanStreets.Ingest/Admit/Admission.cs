using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Admit;

/// <summary>Decides the fate of every reading by (truck, session, sequence), so that each counts exactly once.</summary>
/// <remarks>
/// Deciding reads, applying writes, and only what goes into the journal is applied. So replaying the journal through
/// <see cref="Restore"/> rebuilds exactly the state that live messages had left.
/// </remarks>
internal sealed class Admission(AdmissionOptions options)
{
    private const int FactsRemembered = 100_000;

    /// <summary>Trace start of a message whose readings are not admitted: Match opens no trace for it.</summary>
    private const long NoTrace = -1;

    private readonly Dictionary<TruckId, TruckAdmission> _trucks = [];
    private readonly FactMemory _facts = new(FactsRemembered);

    public IEnumerable<SessionAdmission> Sessions => _trucks.Values.SelectMany(truck => truck.Sessions);

    /// <summary>Decides one message; sets its verdicts and, where something new is in it, marks it for the journal.</summary>
    public void Admit(IngestBatch batch, ref IngestMessage message)
    {
        if (message.Reason != QuarantineReason.None || message.Kind == MessageKind.SessionClosed)
        {
            message.Journalled = true;
        }
        else if (message.Kind == MessageKind.Fact)
        {
            message.Journalled = !_facts.Contains(message.Fact!.FactId);
            _facts.Add(message.Fact.FactId);
        }
        else
        {
            AdmitReadings(batch.ReadingsOf(in message), batch.VerdictsOf(in message), ref message);
        }
    }

    /// <summary>Takes over a replayed message, whose verdicts and clock shift are those of its record.</summary>
    public void Restore(IngestBatch batch, ref IngestMessage message)
    {
        if (message.Reason != QuarantineReason.None)
        {
            return;
        }

        switch (message.Kind)
        {
            case MessageKind.Fact:
                _facts.Add(message.Fact!.FactId);
                break;
            case MessageKind.SessionClosed:
                Close(message.Envelope.TruckId, message.Envelope.SessionId);
                break;
            default:
                var verdicts = batch.VerdictsOf(in message);
                ShiftTimes(batch.ReadingsOf(in message), message.ClockShiftMs);
                if (verdicts.Contains(Verdict.Quarantined(QuarantineReason.WindowExceeded)))
                {
                    message.TraceStart = NoTrace;
                }
                else
                {
                    Apply(verdicts, ref message);
                }

                break;
        }
    }

    public void Close(TruckId truckId, SessionId sessionId)
    {
        if (_trucks.TryGetValue(truckId, out var truck) && truck.TryFind(sessionId, out var session))
        {
            session.Closed = true;
        }
    }

    private void AdmitReadings(Span<Reading> readings, Span<Verdict> verdicts, ref IngestMessage message)
    {
        var (session, mayOpen) = Find(in message.Envelope);
        message.ClockChecked = message.Envelope.SentAtMs != 0;
        message.ClockShiftMs = ClockSkewPolicy.Shift(message.ReceivedAtMs, message.Envelope.SentAtMs, session?.ClockShiftMs, options);
        ShiftTimes(readings, message.ClockShiftMs);

        var fresh = Decide(readings, verdicts, session, in message);
        if (fresh > 0 && !HasRoom(session, mayOpen, in message))
        {
            QuarantineFresh(verdicts);
            message.Journalled = true;
            message.TraceStart = NoTrace;
            message.StoredThrough = session?.StoredThrough ?? 0;
        }
        else if (fresh > 0 || message.Envelope.OldestSequence > session!.OldestSequence)
        {
            message.Journalled = true;
            Apply(verdicts, ref message);
        }
        else
        {
            message.StoredThrough = session.StoredThrough;
        }

        message.HasVerdicts = verdicts.ContainsAnyExcept(Verdict.Accepted);
    }

    /// <summary>One verdict a reading; answers how many are not repeats.</summary>
    private int Decide(Span<Reading> readings, Span<Verdict> verdicts, SessionAdmission? session, in IngestMessage message)
    {
        var latest = message.ReceivedAtMs + (long)options.MaximumAhead.TotalMilliseconds;
        var fresh = 0;
        for (var i = 0; i < readings.Length; i++)
        {
            ref readonly var reading = ref readings[i];
            if (session is not null && session.Settled.Contains(message.Envelope.FirstSequence + i))
            {
                verdicts[i] = Verdict.Duplicate;
                continue;
            }

            fresh++;
            verdicts[i] = reading.Fault != QuarantineReason.None ? Verdict.Quarantined(reading.Fault)
                : reading.CapturedAtMs > latest ? Verdict.Quarantined(QuarantineReason.CapturedAtInFuture)
                : Verdict.Accepted;
        }

        return fresh;
    }

    private (SessionAdmission? Session, bool MayOpen) Find(in BatchEnvelope envelope)
    {
        if (!_trucks.TryGetValue(envelope.TruckId, out var truck))
        {
            return (null, _trucks.Count < options.Trucks);
        }

        return truck.TryFind(envelope.SessionId, out var session) ? (session, true) : (null, truck.MayOpen(envelope.SessionId));
    }

    private bool HasRoom(SessionAdmission? session, bool mayOpen, in IngestMessage message)
    {
        if (session is null)
        {
            return mayOpen;
        }

        var first = message.Envelope.FirstSequence;
        return session.Settled.CountAfterAdd(first, first + message.ReadingCount - 1) <= options.RangesPerSession;
    }

    private void Apply(ReadOnlySpan<Verdict> verdicts, ref IngestMessage message)
    {
        ref readonly var envelope = ref message.Envelope;
        if (!_trucks.TryGetValue(envelope.TruckId, out var truck))
        {
            _trucks.Add(envelope.TruckId, truck = new TruckAdmission(envelope.TruckId, options));
        }

        if (truck.TryFind(envelope.SessionId, out var session))
        {
            message.TraceStart = envelope.FirstSequence;
        }
        else
        {
            session = truck.Open(envelope.SessionId);
            message.TraceStart = Math.Max(1, envelope.OldestSequence);
        }

        var settles = verdicts.ContainsAnyExcept(Verdict.Duplicate);
        session.Apply(
            envelope.FirstSequence,
            envelope.FirstSequence + verdicts.Length - 1,
            settles,
            envelope.OldestSequence,
            message.ReceivedAtMs,
            message.ClockChecked ? message.ClockShiftMs : null);
        if (session.Settled.Count > options.RangesPerSession / 2)
        {
            session.FoldBelowMark();
        }

        message.StoredThrough = session.StoredThrough;
    }

    private static void QuarantineFresh(Span<Verdict> verdicts)
    {
        foreach (ref var verdict in verdicts)
        {
            if (!verdict.IsDuplicate)
            {
                verdict = Verdict.Quarantined(QuarantineReason.WindowExceeded);
            }
        }
    }

    private static void ShiftTimes(Span<Reading> readings, long shiftMs)
    {
        if (shiftMs != 0)
        {
            foreach (ref var reading in readings)
            {
                reading = reading with { CapturedAtMs = reading.CapturedAtMs + shiftMs };
            }
        }
    }
}
