using System.Collections.Concurrent;

namespace CleanStreets.Ingest.Journal;

/// <summary>How far the journal is, and how old the oldest reading is that is journalled and not yet in the store log.</summary>
/// <remarks>Written by the Journal stage and by the StoreLog stage, each its own half; read by anybody.</remarks>
internal sealed class JournalProgress
{
    /// <summary>Commits remembered; beyond, the newest ones are taken as one, so that a long way to the store log costs no memory.</summary>
    private const int MostCommits = 4096;

    private readonly ConcurrentQueue<(long Position, long ReceivedAtMs)> _unlogged = [];
    private (long Position, long ReceivedAtMs)? _waiting;
    private long _journalled;
    private long _bytes;
    private long _caughtUp;

    /// <summary>Everything below is on disk in the journal.</summary>
    public long JournalledThrough => Volatile.Read(ref _journalled);

    /// <summary>Size of the journal.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Match has caught up to here; it says so only while it catches up after a start.</summary>
    public long CaughtUp => Volatile.Read(ref _caughtUp);

    public void CaughtUpTo(long position) => Volatile.Write(ref _caughtUp, position);

    /// <summary>Files were deleted.</summary>
    public void Deleted(long bytes) => Interlocked.Add(ref _bytes, -bytes);

    public void Opened(long position, long bytes)
    {
        Volatile.Write(ref _journalled, position);
        Volatile.Write(ref _bytes, bytes);
    }

    public void Committed(long position, long oldestReceivedAtMs, long bytes)
    {
        var commit = (position, _waiting?.ReceivedAtMs ?? oldestReceivedAtMs);
        if (_unlogged.Count < MostCommits)
        {
            _unlogged.Enqueue(commit);
            _waiting = null;
        }
        else
        {
            _waiting = commit;
        }

        Volatile.Write(ref _journalled, position);
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <summary>Receipt of the oldest reading below <paramref name="position"/> that is not in the store log; null when none is known.</summary>
    public long? OldestUnlogged(long position) =>
        _unlogged.TryPeek(out var group) && group.ReceivedAtMs > 0 && group.Position <= position ? group.ReceivedAtMs : null;

    public void Logged(long position)
    {
        while (_unlogged.TryPeek(out var group) && group.Position <= position)
        {
            _unlogged.TryDequeue(out _);
        }
    }

    /// <summary>Zero when everything journalled is in the store log.</summary>
    public TimeSpan OldestUnloggedAge(DateTimeOffset now) => _unlogged.TryPeek(out var group)
        ? now - DateTimeOffset.FromUnixTimeMilliseconds(group.ReceivedAtMs)
        : TimeSpan.Zero;
}
