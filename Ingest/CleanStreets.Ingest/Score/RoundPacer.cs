namespace CleanStreets.Ingest.Score;

/// <summary>Says when the next round of scores may begin.</summary>
/// <remarks>
/// An interval after the last one began. After a round of many scores later, so that they stay below a number a second: what changes
/// faster is computed, published and stored once for several passes. After a round that was much work not before four times as long has
/// passed again: scoring takes at most a fifth of one core (<see cref="ScoreStageOptions.MostOfOneCore"/>) however fast readings come. A first change after a quiet time is scored at once.
/// While readings have been waiting for longer than a hiccup (a fsync, a collection) lasts, rounds are half a second apart
/// (<see cref="ScoreStageOptions.IntervalBehind"/>), until none waits: the time goes to the readings, and a street is scored once for many passes.
/// Work is CPU time, so that a round that only waited for a core (another program had both) does not hold up the next one as well.
/// When a round happens never changes what it computes: every score is as of its segment's newest evidence.
/// </remarks>
/// <param name="options">How far apart rounds are.</param>
/// <param name="time">The clock.</param>
/// <param name="threadCpu">CPU time of the calling thread.</param>
/// <param name="isBehind">Whether more readings wait between Receive and Match than a pipeline that keeps up has there.</param>
internal sealed class RoundPacer(ScoreStageOptions options, TimeProvider time, Func<TimeSpan> threadCpu, Func<bool> isBehind)
{
    /// <summary>Shorter than this, readings wait because of a hiccup. Also how soon it is noticed that none waits any more.</summary>
    private static readonly TimeSpan Hiccup = TimeSpan.FromMilliseconds(100);

    /// <summary>However long a round took, scores are never older than this; the map promises two seconds.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private long? _begun;
    private TimeSpan _cpuAtBegin;
    private TimeSpan _distance;
    private long? _behindSince;

    /// <summary>Completes when the next round may begin.</summary>
    public Task Pause()
    {
        Look();
        var left = Left();
        return left <= TimeSpan.Zero ? Task.CompletedTask : IsBehind ? PauseBehindAsync() : Task.Delay(left, time);
    }

    /// <summary>Looks whether readings wait. To be called whenever some have come through.</summary>
    public void Look() => _behindSince = isBehind() ? _behindSince ?? time.GetTimestamp() : null;

    /// <summary>A round begins on this thread.</summary>
    public void Begin() => (_begun, _cpuAtBegin) = (time.GetTimestamp(), threadCpu());

    /// <summary>It ends, on the same thread.</summary>
    /// <param name="scores">How many scores it computed.</param>
    public void End(int scores)
    {
        var worked = threadCpu() - _cpuAtBegin;
        var pause = Longer(worked * ((1 / options.MostOfOneCore) - 1), TimeSpan.FromSeconds(scores / (double)options.MostPerSecond) - worked);
        _distance = Longer(worked + (pause < LongestPause ? pause : LongestPause), options.Interval);
    }

    private bool IsBehind => _behindSince is { } since && time.GetElapsedTime(since) >= Hiccup;

    private TimeSpan Left() => _begun is { } begun
        ? (IsBehind ? Longer(_distance, options.IntervalBehind) : _distance) - time.GetElapsedTime(begun)
        : TimeSpan.Zero;

    // Nothing may come through for a while, so it looks by itself.
    private async Task PauseBehindAsync()
    {
        for (var left = Left(); left > TimeSpan.Zero; left = Left())
        {
            await Task.Delay(left < Hiccup ? left : Hiccup, time);
            if (!isBehind())
            {
                return;
            }
        }
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
