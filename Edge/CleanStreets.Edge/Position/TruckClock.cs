namespace CleanStreets.Edge.Position;

/// <summary>The truck's time: the satellites' as soon as they have said it, until then the box's own if it can be true.</summary>
/// <remarks>
/// A box without a real-time clock starts in 1970, or years off. Capture times, send times and the status all come from this one clock: ingest corrects a batch by the
/// difference between its own time and the send time, so two clocks on one truck would move readings. Timers run on the box's monotonic clock. Any thread.
/// </remarks>
internal sealed class TruckClock(TimeProvider system) : TimeProvider
{
    // Before this program was written, or so far after it that only a broken clock says so.
    private static readonly DateTimeOffset Earliest = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2045, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private Anchor? _anchor;

    /// <summary>Whether satellites have said the time since the start.</summary>
    public bool IsFromGnss => Volatile.Read(ref _anchor) is not null;

    /// <summary>Whether the time can be true: readings are stamped with no other.</summary>
    public bool IsTrusted => IsFromGnss || IsPossible(system.GetUtcNow());

    /// <summary>How far the box's own clock is ahead of this one.</summary>
    public TimeSpan SystemAhead => system.GetUtcNow() - GetUtcNow();

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => system.LocalTimeZone;

    /// <inheritdoc/>
    public override long TimestampFrequency => system.TimestampFrequency;

    /// <summary>Whether a time can be true. A receiver whose week counter rolled over is 19.6 years off and is not believed.</summary>
    public static bool IsPossible(DateTimeOffset time) => time >= Earliest && time < Latest;

    /// <summary>Takes the satellites' time; one that cannot be true is ignored.</summary>
    /// <returns>Whether it was believed.</returns>
    public bool Take(DateTimeOffset gnss)
    {
        if (!IsPossible(gnss))
        {
            return false;
        }

        Volatile.Write(ref _anchor, new Anchor(gnss, system.GetTimestamp()));
        return true;
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() =>
        Volatile.Read(ref _anchor) is { } anchor ? anchor.Time + system.GetElapsedTime(anchor.Timestamp) : system.GetUtcNow();

    /// <inheritdoc/>
    public override long GetTimestamp() => system.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => system.CreateTimer(callback, state, dueTime, period);

    private sealed record Anchor(DateTimeOffset Time, long Timestamp);
}
