namespace CleanStreets.Ingest.Score;

/// <summary>Says when the next round of scores may begin.</summary>
/// <remarks>
/// An interval after the last one began; after a round that was much work, not before four times as long has passed again. So
/// scoring takes at most a fifth of one core however fast readings come, and a first change after a quiet time is scored at once.
/// Work is CPU time, so that a round that only waited for a core (another program had both) does not hold up the next one as well.
/// When a round happens never changes what it computes: every score is as of its segment's newest evidence.
/// </remarks>
internal sealed class RoundPacer(TimeSpan interval, TimeProvider time, Func<TimeSpan> threadCpu)
{
    private const int PauseByWork = 4;

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
    public void End()
    {
        var worked = threadCpu() - _cpuAtBegin;
        var pause = worked * PauseByWork;
        pause = pause < LongestPause ? pause : LongestPause;
        _distance = worked + pause > interval ? worked + pause : interval;
    }
}
