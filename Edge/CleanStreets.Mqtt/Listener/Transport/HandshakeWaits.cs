using System.Collections.Concurrent;

namespace CleanStreets.Mqtt.Listener.Transport;

/// <summary>TLS handshakes that wait for their peer: the loop's epoll watches their sockets, threads of the pool go on with them.</summary>
/// <remarks>Not the framework's own waiting: whatever socket has waited there once wakes a thread of the framework ever after.</remarks>
internal sealed class HandshakeWaits(Epoll epoll)
{
    /// <summary>Epoll data of waits: no connection's, and the lower half above what listening sockets and below what the mailbox has.</summary>
    private const ulong First = ((ulong)uint.MaxValue << 32) | 0x8000_0000;

    private readonly ConcurrentDictionary<ulong, TaskCompletionSource> _waiting = new();
    private uint _last;

    public static bool IsOne(ulong data) => data is >= First and < ulong.MaxValue;

    /// <summary>Any thread: waits until there is something to read, or the peer has ended.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, or the loop has ended.</exception>
    public async Task ReadableAsync(int descriptor, CancellationToken cancellationToken)
    {
        var data = First | (Interlocked.Increment(ref _last) % 0x7FFF_FFFF);
        var ready = _waiting[data] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await using (cancellationToken.Register(() => ready.TrySetCanceled(cancellationToken)))
            {
                if (!epoll.TryWatchOnce(descriptor, data))
                {
                    throw new OperationCanceledException("the listener has ended");
                }

                await ready.Task;
            }
        }
        finally
        {
            _waiting.TryRemove(data, out _);
        }
    }

    /// <summary>Loop thread: a wait is over.</summary>
    public void Ready(ulong data)
    {
        if (_waiting.TryGetValue(data, out var ready))
        {
            ready.TrySetResult();
        }
    }
}
