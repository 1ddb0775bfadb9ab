using CleanStreets.Contracts;
using CleanStreets.Scoring.State;

namespace CleanStreets.Ingest.Admit;

/// <summary>What admission knows of one session.</summary>
internal sealed class SessionAdmission(TruckId truck, SessionId id)
{
    /// <summary>Version of the saved bytes from which on they say what is unsure.</summary>
    public const int KnowsWhatIsUnsure = 2;

    // Nearly every session has one or two: a truck without a place loses nothing by it.
    private const int RangesWithoutPlace = 8;

    public TruckId Truck { get; } = truck;

    public SessionId Id { get; } = id;

    public SequenceRanges Settled { get; private init; } = new();

    /// <summary>Nothing up to here need be sent again. Never falls.</summary>
    public long StoredThrough { get; private set; }

    /// <summary>What lies below is gone from the truck.</summary>
    public long OldestSequence { get; private set; }

    /// <summary>The clock's shift as last measured; null before the first measure.</summary>
    public long? ClockShiftMs { get; private set; }

    public long LastReceivedAtMs { get; private set; }

    /// <summary>Closed for being idle; a later message opens it again.</summary>
    public bool Closed { get; set; }

    /// <summary>Sequences of which it is not known any more whether they were settled; none unless the truck has given up its place with many holes.</summary>
    public SequenceRange? Unsure { get; private set; }

    /// <summary>Readings taken up to then may have been counted in a session of this name that is forgotten, milliseconds since 1970 UTC; 0: there was none.</summary>
    public long UnsureThroughMs { get; init; }

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

    /// <summary>Keeps of the ranges as few as are kept of a truck without a place; what those beyond spanned is unsure from now on.</summary>
    public void Compact()
    {
        if (Settled.Count > RangesWithoutPlace)
        {
            FoldBelowMark();
        }

        if (Settled.Count > RangesWithoutPlace)
        {
            var spanned = Settled.ForgetBeyond(RangesWithoutPlace);
            Unsure = Unsure is { } before
                ? new SequenceRange(Math.Min(before.First, spanned.First), Math.Max(before.Last, spanned.Last))
                : spanned;
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

        state.Number(UnsureThroughMs);
        state.Number(Unsure?.First ?? 0);
        state.Number(Unsure is { } unsure ? unsure.Last - unsure.First : 0);
    }

    public static SessionAdmission Load(ref StateReader state, TruckId truck)
    {
        var (id, storedThrough, oldestSequence) = (SavedId(ref state), state.Number(), state.Number());
        var measured = state.Flag();
        var shift = state.Number();
        var (lastReceivedAtMs, closed) = (state.Number(), state.Flag());
        var settled = new SequenceRanges();
        for (var left = state.Count(); left > 0; left--)
        {
            var first = state.Number();
            settled.Add(first, first + state.Number());
        }

        var (unsureThroughMs, unsureFirst, unsureMore) = state.Version >= KnowsWhatIsUnsure ? (state.Number(), state.Number(), state.Number()) : default;
        return new SessionAdmission(truck, id)
        {
            StoredThrough = storedThrough,
            OldestSequence = oldestSequence,
            ClockShiftMs = measured ? shift : null,
            LastReceivedAtMs = lastReceivedAtMs,
            Closed = closed,
            Settled = settled,
            UnsureThroughMs = unsureThroughMs,
            Unsure = unsureFirst > 0 ? new SequenceRange(unsureFirst, unsureFirst + unsureMore) : null,
        };
    }

    private static SessionId SavedId(ref StateReader state) => SessionId.TryCreate(state.RequiredText(), out var id)
        ? id
        : throw new StateException("A session has no valid id.");
}
