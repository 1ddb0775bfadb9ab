using CleanStreets.Contracts;
using CleanStreets.Scoring.State;

namespace CleanStreets.Ingest.Admit;

/// <summary>What admission knows of one session.</summary>
internal sealed class SessionAdmission(TruckId truck, SessionId id)
{
    public TruckId Truck { get; } = truck;

    public SessionId Id { get; } = id;

    public SequenceRanges Settled { get; } = new();

    /// <summary>Nothing up to here need be sent again. Never falls.</summary>
    public long StoredThrough { get; private set; }

    /// <summary>What lies below is gone from the truck.</summary>
    public long OldestSequence { get; private set; }

    /// <summary>The clock's shift as last measured; null before the first measure.</summary>
    public long? ClockShiftMs { get; private set; }

    public long LastReceivedAtMs { get; private set; }

    /// <summary>Closed for being idle; a later message opens it again.</summary>
    public bool Closed { get; set; }

    /// <summary>A session of which only the mark is still known: nothing up to it counts again.</summary>
    public static SessionAdmission Resumed(TruckId truck, SessionId id, long mark)
    {
        var session = new SessionAdmission(truck, id) { StoredThrough = mark };
        session.Settled.Add(1, mark);
        return session;
    }

    /// <summary>Takes over a journalled message. The only place that changes a session, for live messages and for replayed ones.</summary>
    public void Apply(long first, long last, bool settles, long oldestSequence, long receivedAtMs, long? clockShiftMs)
    {
        Closed = false;
        LastReceivedAtMs = receivedAtMs;
        ClockShiftMs = clockShiftMs ?? ClockShiftMs;
        OldestSequence = Math.Max(OldestSequence, oldestSequence);
        if (settles)
        {
            Settled.Add(first, last);
        }

        StoredThrough = Math.Max(StoredThrough, OldestSequence - 1);
        StoredThrough = Math.Max(StoredThrough, Settled.EndOfRunAt(StoredThrough + 1));
    }

    /// <summary>Gives up holes that the truck can no longer fill, when ranges run short.</summary>
    public void FoldBelowMark()
    {
        if (StoredThrough > 0)
        {
            Settled.Add(1, StoredThrough);
        }
    }

    public void Save(StateWriter state)
    {
        state.Text(Id.Value);
        state.Number(StoredThrough);
        state.Number(OldestSequence);
        state.Flag(ClockShiftMs is not null);
        state.Number(ClockShiftMs ?? 0);
        state.Number(LastReceivedAtMs);
        state.Flag(Closed);
        state.Number(Settled.Count);
        foreach (var (first, last) in Settled.Items)
        {
            state.Number(first);
            state.Number(last - first);
        }
    }

    public static SessionAdmission Load(ref StateReader state, TruckId truck)
    {
        var session = new SessionAdmission(truck, SavedId(ref state)) { StoredThrough = state.Number(), OldestSequence = state.Number() };
        var measured = state.Flag();
        var shift = state.Number();
        session.ClockShiftMs = measured ? shift : null;
        session.LastReceivedAtMs = state.Number();
        session.Closed = state.Flag();
        for (var left = state.Count(); left > 0; left--)
        {
            var first = state.Number();
            session.Settled.Add(first, first + state.Number());
        }

        return session;
    }

    private static SessionId SavedId(ref StateReader state) => SessionId.TryCreate(state.RequiredText(), out var id)
        ? id
        : throw new StateException("A session has no valid id.");
}
