namespace CleanStreets.Ingest.Receive.Events;

/// <summary>How many requests ended how, since the process started.</summary>
internal sealed class EventCounters
{
    private readonly long[] _ended = new long[Enum.GetValues<EventOutcome>().Length];

    public void Count(EventOutcome outcome) => Interlocked.Increment(ref _ended[(int)outcome]);

    public long this[EventOutcome outcome] => Volatile.Read(ref _ended[(int)outcome]);
}

/// <summary>How a request for <c>/ingest/events</c> ended.</summary>
internal enum EventOutcome
{
    /// <summary>200: everything in it is on disk.</summary>
    Stored,

    /// <summary>200: a handshake.</summary>
    Handshake,

    /// <summary>401: no key, or a wrong one.</summary>
    Unauthorized,

    /// <summary>400, 413, 415: it cannot be taken as it is, now or later.</summary>
    Refused,

    /// <summary>429: too many requests at once.</summary>
    TooMany,

    /// <summary>429: its sender has spent its budget.</summary>
    OverBudget,

    /// <summary>503: not ready, or the disk was not reached in time.</summary>
    Unavailable,
}
