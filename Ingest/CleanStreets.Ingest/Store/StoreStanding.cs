namespace CleanStreets.Ingest.Store;

/// <summary>How one store is doing. Written by its loop; read by anybody.</summary>
internal sealed class StoreStanding
{
    private long _storedLogPosition;
    private long _oldestReceivedAtMs;
    private long _rows;
    private string? _failure;

    /// <summary>Position in the store log below which it has everything.</summary>
    public long StoredLogPosition => Volatile.Read(ref _storedLogPosition);

    /// <summary>Rows stored since the start, those that came again included.</summary>
    public long Rows => Volatile.Read(ref _rows);

    /// <summary>Why it does not take rows at the moment; null when it does.</summary>
    public string? Failure => Volatile.Read(ref _failure);

    /// <summary>Age of the oldest reading that is in the store log and not in the store; zero without one.</summary>
    public TimeSpan OldestUnstoredAge(DateTimeOffset now)
    {
        var oldest = Volatile.Read(ref _oldestReceivedAtMs);
        var age = now - DateTimeOffset.FromUnixTimeMilliseconds(oldest);
        return oldest == 0 || age < TimeSpan.Zero ? TimeSpan.Zero : age;
    }

    public void Begin(StoreRows rows) => Volatile.Write(ref _oldestReceivedAtMs, rows.OldestReceivedAtMs);

    /// <summary>It can be written now, and says itself what it has got.</summary>
    public void Opened() => Volatile.Write(ref _oldestReceivedAtMs, 0);

    /// <param name="rows">What has its fate now.</param>
    /// <param name="refused">So many of them the store refused for good.</param>
    public void Stored(StoreRows rows, long refused)
    {
        Volatile.Write(ref _failure, null);
        Volatile.Write(ref _rows, _rows + rows.Count - refused);
        Volatile.Write(ref _oldestReceivedAtMs, 0);
        Reached(rows.LogPosition);
    }

    public void Reached(long logPosition) => Volatile.Write(ref _storedLogPosition, logPosition);

    /// <summary>True when it was well before.</summary>
    public bool Fails(string reason) => Interlocked.Exchange(ref _failure, reason) is null;
}
