namespace CleanStreets.Edge.Simulate.Box;

/// <summary>The clock inside a simulated box: simulated time, and how wrong the box reads it. Set by the simulation's loop, read by any thread.</summary>
internal sealed class BoxTime : TimeProvider
{
    private long _nowMs;
    private long _aheadMs;

    /// <summary>Simulated time, ms since 1970 UTC. Never goes back.</summary>
    public long NowMs
    {
        get => Volatile.Read(ref _nowMs);
        set => Volatile.Write(ref _nowMs, value);
    }

    /// <summary>How far the box's own clock is ahead of it.</summary>
    public TimeSpan Ahead
    {
        get => TimeSpan.FromMilliseconds(Volatile.Read(ref _aheadMs));
        set => Volatile.Write(ref _aheadMs, (long)value.TotalMilliseconds);
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => 1000;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(NowMs + Volatile.Read(ref _aheadMs));

    /// <inheritdoc/>
    public override long GetTimestamp() => NowMs;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException("Nothing waits in simulated time.");
}

/// <summary>What a simulated truck's link takes for the time: the wall clock's, wrong by as much as the truck's clock is wrong.</summary>
/// <remarks>Simulated time may run hours behind the wall clock; to ingest that must look like old readings of a truck whose clock is right.</remarks>
internal sealed class LinkTime(TimeProvider wall, TimeProvider truckClock, BoxTime simulated) : TimeProvider
{
    /// <inheritdoc/>
    public override long TimestampFrequency => wall.TimestampFrequency;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => wall.LocalTimeZone;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        while (true)
        {
            var nowMs = simulated.NowMs;
            var truck = truckClock.GetUtcNow();
            if (simulated.NowMs == nowMs) // Else simulated time went on between the two.
            {
                return wall.GetUtcNow() + (truck - DateTimeOffset.FromUnixTimeMilliseconds(nowMs));
            }
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => wall.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => wall.CreateTimer(callback, state, dueTime, period);
}
