using System.Buffers;
using System.Net.Sockets;

namespace CleanStreets.Mqtt.Listener.Transport;

/// <summary>Moves clear bytes between a link of the framework and one end of a socket pair; the loop serves the other end like any connection.</summary>
/// <remarks>
/// At most one buffer a direction is held, and only while bytes move: who is slower makes the kernel's buffers fill, and then the other side waits.
/// The loop closes its end when it is done; what it wrote before still leaves, for as long as <see cref="LastWordTime"/>.
/// </remarks>
internal sealed class StreamPump : IDisposable
{
    private const int BufferBytes = 16 * 1024;

    /// <summary>As long as the loop itself drains a connection.</summary>
    private static readonly TimeSpan LastWordTime = TimeSpan.FromSeconds(2);

    private readonly WebSocketLink _link;
    private readonly Socket _transport;
    private readonly NetworkStream _near;
    private readonly CancellationTokenSource _abort;

    /// <summary>A pump over <paramref name="transport"/>, the TCP socket under <paramref name="link"/>; it owns all three.</summary>
    public StreamPump(WebSocketLink link, Socket transport, Socket near, TimeProvider time)
    {
        (_link, _transport, _near) = (link, transport, new NetworkStream(near, ownsSocket: true));
        _abort = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
    }

    /// <summary>The loop has closed its end: whatever is still on its way must be gone soon.</summary>
    public void LetEnd() => _abort.CancelAfter(LastWordTime);

    /// <summary>Ends at once.</summary>
    public void Abort() => _abort.Cancel();

    /// <summary>Moves bytes until both directions have ended.</summary>
    public async Task RunAsync()
    {
        // Closing the sockets ends whatever waits on them, whichever layer it waits in.
        await using (_abort.Token.Register(CloseSockets))
        {
            await Task.WhenAll(RunAsync(InwardAsync), RunAsync(OutwardAsync));
        }
    }

    public void Dispose()
    {
        CloseSockets();
        _link.Dispose();
    }

    private async Task RunAsync(Func<Task> direction)
    {
        try
        {
            await direction();
        }
        catch (Exception)
        {
            // Whatever a peer, the network or a layer between does to one connection ends that connection and nothing else.
            CloseSockets();
        }
    }

    private async Task InwardAsync()
    {
        int count;
        do
        {
            _ = await _link.ReadAsync(Memory<byte>.Empty); // Waits without holding a buffer.
            using var buffer = MemoryPool<byte>.Shared.Rent(BufferBytes);
            count = await _link.ReadAsync(buffer.Memory);
            await _near.WriteAsync(buffer.Memory[..count]);
        }
        while (count > 0);

        _near.Socket.Shutdown(SocketShutdown.Send);
    }

    private async Task OutwardAsync()
    {
        while (true)
        {
            _ = await _near.Socket.ReceiveAsync(Memory<byte>.Empty); // Waits without holding a buffer.
            using var buffer = MemoryPool<byte>.Shared.Rent(BufferBytes);
            var count = await _near.ReadAsync(buffer.Memory);
            if (count == 0)
            {
                await _link.FinishWritingAsync();
                return;
            }

            await _link.WriteAsync(buffer.Memory[..count]);
        }
    }

    private void CloseSockets()
    {
        _transport.Dispose();
        _near.Dispose();
    }
}
