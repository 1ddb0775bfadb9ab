using System.Collections.Concurrent;

namespace CleanStreets.Ingest.Journal;

/// <summary>How far the journal and the store are, and how old the oldest reading is that is not in the store yet.</summary>
/// <remarks>Written by the Journal stage and by the Store stage, each its own half; read by anybody.</remarks>
internal sealed class JournalProgress
{
    private readonly ConcurrentQueue<(long Position, long ReceivedAtMs)> _unstored = [];
    private long _journalled;
    private long _stored;
    private long _bytes;

    /// <summary>Everything below is on disk in the journal.</summary>
    public long JournalledThrough => Volatile.Read(ref _journalled);

    /// <summary>Everything below has reached the store.</summary>
    public long StoredThrough => Volatile.Read(ref _stored);

    /// <summary>Size of the journal.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public void Opened(long position, long bytes)
    {
        Volatile.Write(ref _journalled, position);
        Volatile.Write(ref _bytes, bytes);
    }

    public void Committed(long position, long oldestReceivedAtMs, long bytes)
    {
        _unstored.Enqueue((position, oldestReceivedAtMs));
        Volatile.Write(ref _journalled, position);
        Interlocked.Add(ref _bytes, bytes);
    }

    public void Stored(long position)
    {
        Volatile.Write(ref _stored, position);
        while (_unstored.TryPeek(out var group) && group.Position <= position)
        {
            _unstored.TryDequeue(out _);
        }
    }

    /// <summary>Zero when everything journalled is stored.</summary>
    public TimeSpan OldestUnstoredAge(DateTimeOffset now) => _unstored.TryPeek(out var group)
        ? now - DateTimeOffset.FromUnixTimeMilliseconds(group.ReceivedAtMs)
        : TimeSpan.Zero;
}
