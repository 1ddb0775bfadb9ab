namespace CleanStreets.Testing;

/// <summary>A clock that stands still until a test moves it, with the timers that are set on it: however long the machine stalls, no time-out runs out by itself.</summary>
/// <remarks>Any thread may read it and set timers. They fire on the thread that moves it.</remarks>
public sealed class StandingClock : TimeProvider
{
    private readonly Lock _changing = new();
    private readonly List<StandingTimer> _timers = [];
    private DateTimeOffset _now = System.GetUtcNow();

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers are set.</summary>
    public int Timers
    {
        get
        {
            lock (_changing)
            {
                return _timers.Count;
            }
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_changing)
        {
            return _now;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new StandingTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves it, and fires what has become due, each timer once.</summary>
    public void Advance(TimeSpan by)
    {
        StandingTimer[] due;
        lock (_changing)
        {
            _now += by;
            due = [.. _timers.Where(timer => timer.Due <= _now).OrderBy(timer => timer.Due)];
            foreach (var timer in due)
            {
                timer.SetNext(_now);
            }

            _timers.RemoveAll(timer => timer.Due is null);
        }

        Array.ForEach(due, timer => timer.Fire());
    }

    private sealed class StandingTimer(StandingClock clock, Action fire) : ITimer
    {
        private TimeSpan _period;

        /// <summary>When it fires next; null: not before it is set again.</summary>
        public DateTimeOffset? Due { get; private set; }

        public void SetNext(DateTimeOffset now) => Due = _period > TimeSpan.Zero ? now + _period : null;

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._changing)
            {
                _period = period;
                Due = dueTime < TimeSpan.Zero ? null : clock._now + dueTime;
                clock._timers.Remove(this);
                if (Due is not null)
                {
                    clock._timers.Add(this);
                }
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
