using System.Net;
using System.Net.Sockets;

namespace CleanStreets.Testing;

/// <summary>A TCP proxy in front of a server on loopback: cuts links as a radio hole does, and can lose what the server answers.</summary>
public sealed class LinkProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _changing = new();
    private readonly List<Socket> _sockets = [];
    private readonly Task _accepting;
    private readonly int _target;
    private volatile bool _isDown;
    private volatile bool _losesAnswers;
    private int _lostAnswers;

    /// <summary>Starts on a free port.</summary>
    /// <param name="target">Port of the server on loopback.</param>
    public LinkProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where clients connect.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many pieces of what the server sent have been swallowed.</summary>
    public int LostAnswers => Volatile.Read(ref _lostAnswers);

    /// <summary>Swallows what the server sends from now on, while the link looks fine.</summary>
    public void LoseAnswers() => _losesAnswers = true;

    /// <summary>Resets every link and takes no new one before <see cref="Restore"/>.</summary>
    public void Cut()
    {
        _isDown = true;
        Reset();
    }

    /// <summary>Takes links again, and passes everything.</summary>
    public void Restore() => (_losesAnswers, _isDown) = (false, false);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        Reset();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptSocketAsync();
                var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                lock (_changing)
                {
                    _sockets.AddRange([near, far]);
                }

                _ = CarryAsync(near, far);
            }
        }
        catch (Exception stopped) when (stopped is SocketException or InvalidOperationException)
        {
            // The listener was stopped; an accept begun just after that says InvalidOperationException.
        }
    }

    private async Task CarryAsync(Socket near, Socket far)
    {
        try
        {
            if (!_isDown)
            {
                await far.ConnectAsync(IPAddress.Loopback, _target);
                await Task.WhenAny(PumpAsync(near, far, isAnswer: false), PumpAsync(far, near, isAnswer: true));
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // The server is not there, or the link was cut.
        }

        near.Dispose();
        far.Dispose();
    }

    private async Task PumpAsync(Socket from, Socket to, bool isAnswer)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is var count and > 0)
            {
                if (!isAnswer || !_losesAnswers)
                {
                    await to.SendAsync(buffer.AsMemory(0, count));
                }
                else
                {
                    Interlocked.Increment(ref _lostAnswers);
                }
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // One side is gone; the other is closed by whoever waits for us.
        }
    }

    private void Reset()
    {
        lock (_changing)
        {
            foreach (var socket in _sockets)
            {
                socket.Close(0); // With a reset, as when a radio goes: no good-bye.
            }

            _sockets.Clear();
        }
    }
}
