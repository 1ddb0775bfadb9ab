using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Clock;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Scoring.State;

namespace CleanStreets.Ingest.Admit;

/// <summary>Decides the fate of every reading by (truck, session, sequence), so that each counts exactly once.</summary>
/// <remarks>
/// Deciding reads, applying writes, and only what goes into the journal is applied. So replaying the journal through
/// <c>Restore</c> rebuilds exactly the state that live messages had left.
/// </remarks>
internal sealed class Admission(AdmissionOptions options)
{
    private const int FactsRemembered = 100_000;

    /// <summary>Trace start of a message whose readings are not admitted: Match opens no trace for it.</summary>
    private const long NoTrace = -1;

    private readonly TruckRoster _roster = new(options);

    /// <summary>Which box sat on which truck when; null: nobody asks, and any box may speak for any truck that its listener lets it.</summary>
    /// <remarks>Only live messages are judged by it: what was decided stands in the journal.</remarks>
    public AssignmentWatch? Assignments { get; set; }

    private long _droppedByLoad;

    /// <summary>Whether receipt is a measure of a truck's clock; null: always.</summary>
    /// <remarks>Only of live messages: what was shifted stands in the journal.</remarks>
    public BelievedClock? Clock { get; set; }

    private readonly FactMemory _facts = new(FactsRemembered);

    public IEnumerable<TruckAdmission> Trucks => _roster.Trucks;

    public IEnumerable<SessionAdmission> Sessions => _roster.Trucks.SelectMany(truck => truck.Sessions);

    /// <summary>So many trucks are known that those who are not established must not stay silent for long.</summary>
    public bool IsCrowded => _roster.IsCrowded;

    /// <summary>Trucks that have a place.</summary>
    public int TruckCount => _roster.Count;

    /// <summary>Trucks that gave up their place, and of which is still known what they sent; who left longest ago first within each class.</summary>
    public IEnumerable<TruckAdmission> ForgottenTrucks => _roster.Forgotten.Trucks;

    /// <summary>How many those are.</summary>
    public int ForgottenCount => _roster.Forgotten.Count;

    /// <summary>Times a truck gave up its place, the replay included.</summary>
    public long GivenUp => _roster.GivenUp;

    /// <summary>Trucks of which nothing is known any more though something of them was accepted.</summary>
    public long Dropped => _roster.Forgotten.Dropped;

    /// <summary>Readings quarantined because they may have been counted before.</summary>
    public long MayBeRepeats { get; private set; }

    /// <summary>What a start found that the settings would not allow any more, as a sentence; null when all fits.</summary>
    /// <remarks>Nothing of it is refused: forgetting a session would let its readings count twice.</remarks>
    public string? BeyondSettings
    {
        get
        {
            var crowded = _roster.Trucks.Count(truck => truck.IsAboveBound);
            var dropped = _droppedByLoad + _roster.MarksDropped;
            string[] beyond =
            [
                .. _roster.AboveBound + crowded > 0 ? [$"{_roster.AboveBound} trucks and the sessions of {crowded} trucks are beyond Trucks = {options.Trucks} and SessionsPerTruck = {options.SessionsPerTruck}, and are kept until they are closed and another needs the place"] : (string[])[],
                .. dropped > 0 ? [$"what {dropped} trucks or sessions long gone had sent is beyond ForgottenMarks = {options.ForgottenMarks} and was dropped"] : (string[])[],
            ];
            return beyond.Length == 0 ? null : string.Join("; ", beyond);
        }
    }

    public void Save(StateWriter state)
    {
        _roster.Save(state);
        _facts.Save(state, AdmissionItems.Facts);
    }

    /// <summary>Takes over one item of what was saved.</summary>
    /// <exception cref="StateException">The bytes are not what was saved; this admission is of no use any more.</exception>
    public void Load(ref StateReader state)
    {
        switch (state.Number())
        {
            case AdmissionItems.Truck:
                _roster.LoadTruck(ref state);
                break;
            case AdmissionItems.Facts:
                _facts.Load(ref state);
                break;
            case AdmissionItems.Marks:
                _roster.LoadMarks(ref state);
                break;
            case AdmissionItems.ForgottenTruck:
                _roster.LoadForgotten(ref state);
                _droppedByLoad = _roster.Forgotten.Dropped;
                break;
            case AdmissionItems.Unsure:
                _roster.Forgotten.LoadUnsure(ref state);
                break;
            case var unknown:
                throw new StateException($"Admission knows no item {unknown}.");
        }
    }

    /// <summary>Decides one message; sets its verdicts and, where something new is in it, marks it for the journal.</summary>
    public void Admit(IngestBatch batch, ref IngestMessage message)
    {
        if (message.Reason != QuarantineReason.None || message.Kind == MessageKind.SessionClosed)
        {
            message.Journalled = true;
        }
        else if (message.Kind == MessageKind.MappingChange)
        {
            message.Journalled = message.Mapping is { IsNews: true };
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
        ShiftTimes(batch.ReadingsOf(in message), message.ClockShiftMs);
        Restore(batch.VerdictsOf(in message), ref message);
    }

    /// <summary>Takes over a replayed message of which only the envelope was read.</summary>
    public void Restore(ReadOnlySpan<Verdict> verdicts, ref IngestMessage message)
    {
        if (message.Reason != QuarantineReason.None)
        {
            return;
        }

        _roster.Leavers.Clear();
        switch (message.Kind)
        {
            case MessageKind.Fact:
                _facts.Add(message.Fact!.FactId);
                break;
            case MessageKind.SessionClosed:
                Close(message.Envelope.TruckId, message.Envelope.SessionId);
                break;
            case MessageKind.MappingChange:
                break;
            default:
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
        if (_roster.TryFind(truckId, out var truck) && truck.TryFind(sessionId, out var session))
        {
            session.Closed = true;
        }
    }

    private void AdmitReadings(Span<Reading> readings, Span<Verdict> verdicts, ref IngestMessage message)
    {
        var isPlausible = Clock?.IsPlausible(message.ReceivedAtMs) != false;
        var (known, mayOpen, unsureThroughMs) = Find(in message, isPlausible);
        message.ClockChecked = message.Envelope.SentAtMs != 0 && isPlausible;
        message.ClockShiftMs = isPlausible
            ? ClockSkewPolicy.Shift(message.ReceivedAtMs, message.Envelope.SentAtMs, known?.ClockShiftMs, options)
            : message.Envelope.SentAtMs == 0 ? 0 : known?.ClockShiftMs ?? 0;
        ShiftTimes(readings, message.ClockShiftMs);

        var latest = isPlausible ? message.ReceivedAtMs + (long)options.MaximumAhead.TotalMilliseconds : long.MaxValue;
        var fresh = Decide(readings, verdicts, known, unsureThroughMs, latest, in message);
        var hasNews = fresh > 0 || message.Envelope.OldestSequence > known!.OldestSequence;
        var isApplied = hasNews && HasRoom(known, mayOpen, in message);
        if (isApplied)
        {
            message.Journalled = true;
            _roster.Leavers.Clear();
            Apply(verdicts, ref message);
            message.Leavers = _roster.Leavers.Count > 0 ? [.. _roster.Leavers] : null;
        }
        else if (fresh > 0)
        {
            QuarantineFresh(verdicts);
            message.Journalled = true;
            message.TraceStart = NoTrace;
            message.StoredThrough = known?.StoredThrough ?? 0;
        }
        else
        {
            message.StoredThrough = known!.StoredThrough;
        }

        message.HasPlace = isApplied || _roster.TryFind(message.Envelope.TruckId, out _);
        message.HasVerdicts = verdicts.ContainsAnyExcept(Verdict.Accepted);
        if (message.HasVerdicts)
        {
            MayBeRepeats += verdicts.Count(Verdict.Quarantined(QuarantineReason.MayBeRepeat));
        }
    }

    /// <summary>One verdict a reading; answers how many are not repeats.</summary>
    private int Decide(Span<Reading> readings, Span<Verdict> verdicts, SessionAdmission? session, long unsureThroughMs, long latest, in IngestMessage message)
    {
        var toleranceMs = (long)options.ClockTolerance.TotalMilliseconds;
        var fresh = 0;
        var isLookedAt = false;
        var assignments = message.Release is null ? Assignments : null; // What a person released is decided.
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
                : !ReadingLimits.IsTimeOfCapture(reading.CapturedAtMs) ? Verdict.Quarantined(QuarantineReason.CapturedAtInvalid)
                : reading.CapturedAtMs > latest ? Verdict.Quarantined(QuarantineReason.CapturedAtInFuture)
                : message.Release is null && RepeatPolicy.MayBeRepeat(session?.Unsure, message.Envelope.FirstSequence + i, unsureThroughMs, reading.CapturedAtMs - message.ClockShiftMs, message.ReceivedAtMs, toleranceMs) ? Verdict.Quarantined(QuarantineReason.MayBeRepeat)
                : assignments?.IsFrom(message.Sender, message.Envelope.DeviceId, message.Envelope.TruckId, reading.CapturedAtMs, ref isLookedAt) == false ? Verdict.Quarantined(QuarantineReason.BoxNotAssigned)
                : Verdict.Accepted;
        }

        return fresh;
    }

    /// <summary>What is known of the session, which may be from before its truck gave up its place; whether it may be opened; and up to when it may have counted under a name that is forgotten.</summary>
    private (SessionAdmission? Known, bool MayOpen, long UnsureThroughMs) Find(in IngestMessage message, bool isPlausible)
    {
        var (truckId, sessionId) = (message.Envelope.TruckId, message.Envelope.SessionId);
        var hasTruck = _roster.TryFind(truckId, out var truck);
        if (hasTruck && truck.TryFind(sessionId, out var session))
        {
            return (session, true, session.UnsureThroughMs);
        }

        var mayOpen = hasTruck ? truck.MayOpen(sessionId) : _roster.HasRoom(isPlausible ? message.ReceivedAtMs : null);
        var isRemembered = hasTruck || _roster.Forgotten.TryFind(truckId, out truck);
        if (!hasTruck && isRemembered && truck.TryFind(sessionId, out var left))
        {
            return (left, mayOpen, left.UnsureThroughMs);
        }

        return _roster.MarkOf(truckId, sessionId) is > 0 and var mark
            ? (SessionAdmission.Resumed(truckId, sessionId, mark), mayOpen, 0)
            : (null, mayOpen, isRemembered ? truck.UnsureThroughMs : _roster.Forgotten.UnsureThroughMs);
    }

    // More ranges than the settings allow are from before they were lowered: what adds none is taken, and so they shrink.
    private bool HasRoom(SessionAdmission? known, bool mayOpen, in IngestMessage message)
    {
        var first = message.Envelope.FirstSequence;
        return mayOpen &&
            (known is null || known.Settled.CountAfterAdd(first, first + message.ReadingCount - 1) <= Math.Max(options.RangesPerSession, known.Settled.Count));
    }

    private void Apply(ReadOnlySpan<Verdict> verdicts, ref IngestMessage message)
    {
        ref readonly var envelope = ref message.Envelope;
        if (!_roster.TryFind(envelope.TruckId, out var truck))
        {
            truck = _roster.Add(envelope.TruckId, message.ReceivedAtMs);
        }

        message.TraceStart = envelope.FirstSequence;
        if (!truck.TryFind(envelope.SessionId, out var session))
        {
            var mark = _roster.MarkOf(envelope.TruckId, envelope.SessionId);
            session = truck.Open(envelope.SessionId, mark);
            message.TraceStart = mark > 0 ? envelope.FirstSequence : Math.Max(1, envelope.OldestSequence);
        }

        var settled = verdicts.Length - verdicts.Count(Verdict.Duplicate);
        session.Apply(
            envelope.FirstSequence,
            envelope.FirstSequence + verdicts.Length - 1,
            settled > 0,
            envelope.OldestSequence,
            message.ReceivedAtMs,
            message.ClockChecked ? message.ClockShiftMs : null);
        _roster.Heard(truck, verdicts.Count(Verdict.Accepted), message.ReceivedAtMs);
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
