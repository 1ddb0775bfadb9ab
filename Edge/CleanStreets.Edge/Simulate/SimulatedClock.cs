namespace CleanStreets.Edge.Simulate;

/// <summary>Simulated time: begins in the past, runs faster than the wall clock until it meets it, then with it. Never ahead of it.</summary>
/// <param name="startMs">Where it begins, ms since 1970 UTC.</param>
/// <param name="speed">How many times faster than the wall clock.</param>
/// <param name="time">The wall clock.</param>
internal sealed class SimulatedClock(long startMs, double speed, TimeProvider time)
{
    private readonly long _began = time.GetTimestamp();
    private TimeSpan _held;

    /// <summary>Simulated time stood still for so long: what takes real time was waited for.</summary>
    public void Held(TimeSpan wall) => _held += wall;

    /// <summary>Simulated now, ms since 1970 UTC.</summary>
    public long NowMs
    {
        get
        {
            var ran = startMs + (long)Math.Min((time.GetElapsedTime(_began) - _held).TotalMilliseconds * speed, long.MaxValue / 4);
            return Math.Min(ran, Math.Max(startMs, time.GetUtcNow().ToUnixTimeMilliseconds()));
        }
    }
}
