using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Spool;

namespace CleanStreets.Edge.Publish;

/// <summary>Where the readings of now go: a session of the truck, and a new one after an outage, so that what waited drains beside it as backlog.</summary>
/// <remarks>One loop appends; the link asks for a new lane from its own.</remarks>
internal sealed class LiveLane
{
    private readonly FleetSpool _spool;
    private readonly Func<SessionId> _newSession;
    private readonly SessionAbout? _about;
    private SpoolSession _current;
    private int _isNewWanted;
    private bool _hasReadings;

    /// <summary>Begins the first session.</summary>
    /// <param name="spool">The spool.</param>
    /// <param name="truck">The truck.</param>
    /// <param name="newSession">Gives an id that no session of this truck ever had.</param>
    /// <param name="about">What is true of all readings; absent: nothing is said.</param>
    public LiveLane(FleetSpool spool, TruckId truck, Func<SessionId> newSession, SessionAbout? about = null)
    {
        (_spool, TruckId, _newSession, _about) = (spool, truck, newSession, about);
        _current = spool.Begin(truck, newSession(), about);
    }

    public TruckId TruckId { get; }

    /// <summary>The session of now. Any thread.</summary>
    public SpoolSession Current => Volatile.Read(ref _current);

    /// <summary>Called on the appender's loop when a new session has become the live one.</summary>
    public Action<SpoolSession>? Opened { get; set; }

    /// <summary>The next reading opens a new session. Any thread.</summary>
    public void WantNew() => Volatile.Write(ref _isNewWanted, 1);

    /// <summary>Takes a reading and the pictures that it names first; waits when the disk is behind.</summary>
    /// <param name="format">How it is encoded.</param>
    /// <param name="capturedAtMs">When it was taken.</param>
    /// <param name="encoded">The reading.</param>
    /// <param name="pictures">The pictures that it names first.</param>
    /// <param name="clockAhead">How far the clock that stamped it is ahead of the truck's; a session has one such clock. Null: the truck's own.</param>
    public async ValueTask AppendAsync(
        ReadingFormat format, long capturedAtMs, ReadOnlyMemory<byte> encoded, IReadOnlyList<EvidencePicture>? pictures = null, Func<TimeSpan>? clockAhead = null)
    {
        if (!_hasReadings)
        {
            _current.ClockAhead = clockAhead;
        }

        _hasReadings = true;
        if (Interlocked.Exchange(ref _isNewWanted, 0) == 0 && _current.ClockAhead == clockAhead)
        {
            await _spool.AppendAsync(_current, format, capturedAtMs, encoded, pictures);
            return;
        }

        var before = _current;
        if (before.ClockAhead is { } ahead && clockAhead is null)
        {
            // The satellites have said the time: from now on it is known how wrong the earlier readings are, also to the next start.
            _spool.Keep(before, (_about ?? new SessionAbout()) with { ClockAheadMs = (long)ahead().TotalMilliseconds });
        }

        var next = _spool.Begin(TruckId, _newSession(), _about);
        next.ClockAhead = clockAhead;
        await _spool.AppendAsync(next, format, capturedAtMs, encoded, pictures);
        before.Retire(next);
        Volatile.Write(ref _current, next);
        Opened?.Invoke(next);
    }
}
