namespace CleanStreets.Mqtt.Listener;

/// <summary>Room for messages of the server itself on their way to the loop. Used by any thread, without locks.</summary>
internal sealed class PublishRoom(long mostBytes)
{
    private long _bytes;
    private TaskCompletionSource? _waiting;
    private volatile bool _isClosed;

    /// <summary>Whether nothing is taken any more.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Takes room; false when there is none. The last to enter may go beyond the bound, so that a large message gets in too.</summary>
    public bool TryEnter(int bytes)
    {
        while (!_isClosed)
        {
            var seen = Volatile.Read(ref _bytes);
            if (seen >= mostBytes)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _bytes, seen + bytes, seen) == seen)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Gives room back; whoever waits is told when half of it is free.</summary>
    public void Leave(int bytes)
    {
        if (Interlocked.Add(ref _bytes, -bytes) <= mostBytes / 2)
        {
            Tell();
        }
    }

    /// <summary>Waits until there may be room, or it is closed.</summary>
    public Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        var waiting = Volatile.Read(ref _waiting);
        if (waiting is null)
        {
            var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting = Interlocked.CompareExchange(ref _waiting, mine, null) ?? mine;
        }

        // Looked at after it is there to be told: whoever made room before that has not seen it.
        if (_isClosed || Volatile.Read(ref _bytes) < mostBytes)
        {
            Tell();
        }

        return waiting.Task.WaitAsync(cancellationToken);
    }

    public void Close()
    {
        _isClosed = true;
        Tell();
    }

    private void Tell() => Interlocked.Exchange(ref _waiting, null)?.TrySetResult();
}
