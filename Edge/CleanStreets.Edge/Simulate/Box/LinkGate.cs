using System.Net;
using System.Net.Sockets;

namespace CleanStreets.Edge.Simulate.Box;

/// <summary>A truck's stretch of air: its link goes through here, and a dead zone cuts it. Open at first. Any thread.</summary>
/// <remarks>Cut means reset in both directions: what was on its way is lost, no good-bye is heard, and every new try ends at once until the gate opens.</remarks>
internal sealed class LinkGate : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _host;
    private readonly int _port;
    private readonly Lock _changing = new(); // Cold: links come and go here, bytes pass beside it.
    private readonly HashSet<Socket> _sockets = [];
    private readonly HashSet<Task> _carrying = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private bool _isOpen = true;

    /// <param name="host">Where the server is.</param>
    /// <param name="port">Its port.</param>
    public LinkGate(string host, int port)
    {
        (_host, _port) = (host, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The port on loopback to connect to instead of the server's.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whether links can be made.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_changing)
            {
                return _isOpen;
            }
        }
    }

    /// <summary>Lets links through again.</summary>
    public void Open()
    {
        lock (_changing)
        {
            _isOpen = true;
        }
    }

    /// <summary>Cuts the link that is there, and every one that is tried.</summary>
    public void Cut()
    {
        lock (_changing)
        {
            _isOpen = false;
            foreach (var socket in _sockets)
            {
                Reset(socket);
            }

            _sockets.Clear();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        Task[] carrying;
        lock (_changing)
        {
            carrying = [.. _carrying];
        }

        await Task.WhenAll(carrying);
        _stop.Dispose();
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            // It is gone already.
        }

        socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var truck = await _listener.AcceptSocketAsync(_stop.Token);
                Begin(truck);
            }
            catch (Exception ex) when (ex is SocketException or InvalidOperationException or OperationCanceledException)
            {
                // Stopped, or a connection that ended before it was taken.
            }
        }
    }

    private void Begin(Socket truck)
    {
        lock (_changing)
        {
            if (!_isOpen)
            {
                Reset(truck);
                return;
            }

            _sockets.Add(truck);
            var carrying = CarryAsync(truck);
            _carrying.Add(carrying);
            _ = carrying.ContinueWith(Forget, TaskScheduler.Default);
        }
    }

    private void Forget(Task carried)
    {
        lock (_changing)
        {
            _carrying.Remove(carried);
        }
    }

    private async Task CarryAsync(Socket truck)
    {
        await Task.Yield();
        var city = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            truck.NoDelay = true;
            await city.ConnectAsync(_host, _port, _stop.Token);
            lock (_changing)
            {
                if (!_isOpen)
                {
                    return;
                }

                _sockets.Add(city);
            }

            await using var there = new NetworkStream(truck);
            await using var here = new NetworkStream(city);
            // Either direction that ends takes the other along: the truck's client notices at once.
            await Task.WhenAny(there.CopyToAsync(here, _stop.Token), here.CopyToAsync(there, _stop.Token));
        }
        catch (Exception ex) when (ex is SocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // No server, or the link was cut.
        }
        finally
        {
            lock (_changing)
            {
                _sockets.Remove(truck);
                _sockets.Remove(city);
            }

            truck.Dispose();
            city.Dispose();
        }
    }
}
