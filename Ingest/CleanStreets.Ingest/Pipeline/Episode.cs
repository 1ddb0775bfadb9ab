namespace CleanStreets.Ingest.Pipeline;

/// <summary>Trouble that comes and goes, as one thing to tell: its beginning, and its end once it has been quiet for a while.</summary>
/// <remarks>Any thread may ask. Under load good and bad alternate by the millisecond; a line for each would be the next trouble.</remarks>
internal sealed class Episode(TimeProvider time, TimeSpan quiet)
{
    /// <summary>Timestamp of the last trouble; 0 outside an episode.</summary>
    private long _lastTrouble;

    /// <summary>There is trouble; true when it is the first of its episode.</summary>
    public bool Begins() => Interlocked.Exchange(ref _lastTrouble, Math.Max(1, time.GetTimestamp())) == 0;

    /// <summary>All is well; true when that ends an episode.</summary>
    public bool Ends()
    {
        var last = Volatile.Read(ref _lastTrouble);
        return last != 0 && time.GetElapsedTime(last) >= quiet && Interlocked.CompareExchange(ref _lastTrouble, 0, last) == last;
    }
}
