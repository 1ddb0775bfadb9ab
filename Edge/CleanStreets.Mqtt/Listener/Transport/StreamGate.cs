using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Mqtt.Listener.Transport;

/// <summary>One TLS or WebSocket endpoint: accepts, lets the framework do the handshakes, and gives the loop a socket with clear bytes.</summary>
/// <remarks>
/// Connections whose handshake is not done are bounded in number and in time. While more than half of the places are taken the time is a fifth:
/// who says nothing then loses the place soon, and the others, who wait in the kernel meanwhile, get it.
/// </remarks>
internal sealed partial class StreamGate : IDisposable
{
    private static readonly TimeSpan RetryTime = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LastWordTime = TimeSpan.FromSeconds(2);

    private readonly ListeningSocket _listening;
    private readonly MqttListenerOptions _options;
    private readonly Func<TlsCredentials> _credentials;
    private readonly Action<Newcomer> _admit;
    private readonly PeersByAddress _peers;
    private readonly HandshakeWaits _waits;
    private readonly Tally _tally;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WebSocketUpgrade _upgrade;
    private readonly SemaphoreSlim _room;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<StreamPump, Task> _pumps = new();
    private readonly ConcurrentDictionary<Newcomer, Task> _links = new();
    private Task _accepting = Task.CompletedTask;
    private bool _isAddressFull;
    private volatile bool _isOver;

    public StreamGate(
        ListeningSocket listening, MqttListenerOptions options, Func<TlsCredentials> credentials, Action<Newcomer> admit, PeersByAddress peers,
        HandshakeWaits waits, Tally tally, TimeProvider time, ILogger logger)
    {
        (_listening, _options, _credentials, _admit, _peers, _waits) = (listening, options, credentials, admit, peers, waits);
        (_tally, _time, _logger) = (tally, time, logger);
        _upgrade = new WebSocketUpgrade(options, IPAddress.IsLoopback(listening.Endpoint.Address.Address));
        _room = new SemaphoreSlim(options.MaxHandshakes);
    }

    /// <summary>How long a peer's machine may take nothing of what it is sent. Its keep-alive is not known here: the longest counts.</summary>
    private int MaxStallMs => (int)Math.Min(2 * Math.Max(_options.PacketTimeout.TotalMilliseconds, 1.5 * _options.MaximumKeepAlive.TotalMilliseconds), int.MaxValue);

    private MqttEndpoint Endpoint => _listening.Endpoint;

    public void Start() => _accepting = Task.Run(AcceptAsync);

    /// <summary>Takes no more connections and ends the handshakes that go on. Links that the loop has stay.</summary>
    public void StopAccepting()
    {
        _stop.Cancel();
        _listening.Dispose();
    }

    /// <summary>Waits a moment until what the loop wrote last has left, then ends every link.</summary>
    public async Task EndAsync()
    {
        StopAccepting();
        await _accepting;
        await Task.WhenAny(Task.WhenAll(_pumps.Values), Task.Delay(LastWordTime, _time));
        foreach (var pump in _pumps.Keys)
        {
            pump.Abort();
        }

        _isOver = true;
        foreach (var newcomer in _links.Keys)
        {
            newcomer.Dispose(); // The loop has ended without taking it.
        }
    }

    public void Dispose()
    {
        StopAccepting();
        _stop.Dispose();
        _room.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await _room.WaitAsync(_stop.Token);
                var socket = await TryAcceptAsync();
                if (socket is null)
                {
                    _room.Release();
                    await Task.Delay(RetryTime, _time, _stop.Token);
                }
                else if (TryCount(socket) is { } address)
                {
                    _ = Task.Run(() => ServeAsync(socket, address)); // Not here: the arithmetic of a handshake would keep the next one waiting.
                }
                else
                {
                    _room.Release();
                    socket.Dispose();
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task<Socket?> TryAcceptAsync()
    {
        try
        {
            return await _listening.Socket.AcceptAsync(_stop.Token);
        }
        catch (SocketException exception)
        {
            ListenerLog.CannotAccept(_logger, exception.NativeErrorCode); // Out of descriptors, most likely.
            return null;
        }
    }

    /// <summary>Counts a connection under its address. Null: it is gone already, or its address has as many as it may.</summary>
    private UInt128? TryCount(Socket socket)
    {
        UInt128 address;
        try
        {
            address = PeersByAddress.KeyOf(socket.RemoteEndPoint!);
        }
        catch (SocketException)
        {
            return null;
        }

        var isCounted = _peers.TryAdd(address);
        if (!isCounted && !_isAddressFull)
        {
            ListenerLog.Full(_logger, _options.MaxConnectionsPerAddress, nameof(MqttListenerOptions.MaxConnectionsPerAddress)); // Once an episode.
        }

        _isAddressFull = !isCounted;
        return isCounted ? address : null;
    }

    private async Task ServeAsync(Socket socket, UInt128 address)
    {
        try
        {
            await ServeAsync(socket);
        }
        finally
        {
            _peers.Remove(address);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        var link = await TryOpenAsync(socket);
        _room.Release();
        if (link is null)
        {
            socket.Dispose();
            return;
        }

        await link();
    }

    private async Task RunAsync(StreamPump pump)
    {
        using (pump)
        {
            var running = _pumps[pump] = pump.RunAsync();
            if (_stop.IsCancellationRequested)
            {
                pump.LetEnd(); // The loop may have ended without hearing of it.
            }

            await running;
            _pumps.TryRemove(pump, out _);
        }
    }
}
