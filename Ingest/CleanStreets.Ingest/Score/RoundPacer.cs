namespace CleanStreets.Ingest.Score;

/// <summary>Says when the next round of scores may begin.</summary>
/// <remarks>
/// An interval after the last one began. After a round of many scores later, so that they stay below a number a second: what changes
/// faster is computed, published and stored once for several passes. After a round that was much work not before four times as long has
/// passed again: scoring takes at most a fifth of one core (<see cref="ScoreStageOptions.MostOfOneCore"/>) however fast readings come. A first change after a quiet time is scored at once.
/// Work is CPU time, so that a round that only waited for a core (another program had both) does not hold up the next one as well.
/// When a round happens never changes what it computes: every score is as of its segment's newest evidence.
/// </remarks>
internal sealed class RoundPacer(ScoreStageOptions options, TimeProvider time, Func<TimeSpan> threadCpu)
{
    /// <summary>However long a round took, scores are never older than this; the map promises two seconds.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private long? _begun;
    private TimeSpan _cpuAtBegin;
    private TimeSpan _distance;

    /// <summary>Completes when the next round may begin.</summary>
    public Task Pause()
    {
        var left = _begun is { } begun ? _distance - time.GetElapsedTime(begun) : TimeSpan.Zero;
        return left > TimeSpan.Zero ? Task.Delay(left, time) : Task.CompletedTask;
    }

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

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
