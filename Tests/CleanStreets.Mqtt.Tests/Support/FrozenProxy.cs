using System.Net;
using System.Net.Sockets;

namespace CleanStreets.Mqtt.Tests.Support;

/// <summary>A TCP proxy that can stop passing bytes while all sockets stay open, as a dead mobile link does. Connections made after Thaw pass again.</summary>
internal sealed class FrozenProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _sockets = [];
    private readonly int _target;
    private volatile int _epoch;
    private volatile bool _frozen;
    private Task _accepting = Task.CompletedTask;

    private FrozenProxy(int target) => _target = target;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static FrozenProxy Start(int target)
    {
        var proxy = new FrozenProxy(target);
        proxy._listener.Start();
        proxy._accepting = proxy.AcceptAsync();
        return proxy;
    }

    public void Freeze()
    {
        _frozen = true;
        _epoch++;
    }

    public void Thaw() => _frozen = false;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        lock (_sockets)
        {
            _sockets.ForEach(socket => socket.Dispose());
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptSocketAsync();
                var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await far.ConnectAsync(IPAddress.Loopback, _target);
                lock (_sockets)
                {
                    _sockets.AddRange([near, far]);
                }

                _ = PumpAsync(near, far, _epoch);
                _ = PumpAsync(far, near, _epoch);
            }
        }
        catch (Exception exception) when (exception is SocketException or InvalidOperationException)
        {
            // Stopped; an accept begun just after that says InvalidOperationException.
        }
    }

    private async Task PumpAsync(Socket from, Socket to, int epoch)
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var count = await from.ReceiveAsync(buffer);
                if (count > 0 && (_frozen || epoch != _epoch))
                {
                    continue; // Swallowed, as on a link that is dead and does not say so.
                }

                if (count == 0)
                {
                    CloseUnlessDead(to, epoch);
                    return;
                }

                await to.SendAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            CloseUnlessDead(to, epoch);
        }
    }

    /// <summary>On a dead link nobody hears either that the other side has given up.</summary>
    private void CloseUnlessDead(Socket to, int epoch)
    {
        if (!_frozen && epoch == _epoch)
        {
            to.Dispose();
        }
    }
}
