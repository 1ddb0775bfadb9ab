using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using CleanStreets.Mqtt.Listener.Access;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Mqtt.Listener.Transport;

/// <summary>One TLS or WebSocket endpoint: accepts, lets the framework do the handshakes, and gives the loop a socket with clear bytes.</summary>
/// <remarks>
/// Connections whose handshake is not done are bounded in number and in time. While more than half of the places are taken the time is a fifth:
/// who says nothing then loses the place soon, and the others, who wait in the kernel meanwhile, get it.
/// </remarks>
internal sealed class StreamGate : IDisposable
{
    private static readonly TimeSpan RetryTime = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LastWordTime = TimeSpan.FromSeconds(2);

    /// <summary>Most bytes read away after a refusal.</summary>
    private const int DrainBytes = 64 * 1024;

    private readonly ListeningSocket _listening;
    private readonly MqttListenerOptions _options;
    private readonly Func<TlsCredentials> _credentials;
    private readonly Action<Newcomer> _admit;
    private readonly PeersByAddress _peers;
    private readonly Tally _tally;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WebSocketUpgrade _upgrade;
    private readonly SemaphoreSlim _room;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<StreamPump, Task> _pumps = new();
    private Task _accepting = Task.CompletedTask;
    private bool _isAddressFull;

    public StreamGate(
        ListeningSocket listening, MqttListenerOptions options, Func<TlsCredentials> credentials, Action<Newcomer> admit, PeersByAddress peers, Tally tally,
        TimeProvider time, ILogger logger)
    {
        (_listening, _options, _credentials, _admit, _peers, _tally, _time, _logger) = (listening, options, credentials, admit, peers, tally, time, logger);
        _upgrade = new WebSocketUpgrade(options, IPAddress.IsLoopback(listening.Endpoint.Address.Address));
        _room = new SemaphoreSlim(options.MaxHandshakes);
    }

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
        var pump = await TryOpenAsync(socket);
        _room.Release();
        if (pump is null)
        {
            socket.Dispose();
            return;
        }

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

    /// <summary>Does the handshakes and hands the link to the loop. Null: they failed; whatever the peer did ends this one connection only.</summary>
    private async Task<StreamPump?> TryOpenAsync(Socket socket)
    {
        EndPoint? peer = null;
        try
        {
            peer = socket.RemoteEndPoint;
            var isCrowded = _room.CurrentCount < _options.MaxHandshakes / 2;
            using var timeout = new CancellationTokenSource(isCrowded ? _options.ConnectTimeout / 5 : _options.ConnectTimeout, _time);
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
            return await OpenAsync(socket, deadline.Token);
        }
        catch (HandshakeRefusedException refusal)
        {
            Interlocked.Increment(ref _tally.HandshakesFailed);
            ListenerLog.HandshakeRefused(_logger, peer, Endpoint, refusal.Message);
            await LetReadAsync(socket);
        }
        catch (Exception exception)
        {
            Interlocked.Increment(ref _tally.HandshakesFailed);
            ListenerLog.HandshakeFailed(_logger, peer, Endpoint, exception is OperationCanceledException ? "it took too long" : exception.Message);
        }

        return null;
    }

    /// <summary>Closing with unread bytes would reset the link and destroy the refusal on its way: reads them away until the peer closes.</summary>
    private async Task LetReadAsync(Socket socket)
    {
        using var deadline = new CancellationTokenSource(LastWordTime, _time);
        var away = new byte[1024];
        try
        {
            socket.Shutdown(SocketShutdown.Send);
            for (var left = DrainBytes; left > 0;)
            {
                var count = await socket.ReceiveAsync(away, deadline.Token);
                left = count == 0 ? 0 : left - count;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // It had its time, or is gone.
        }
    }

    private async Task<StreamPump> OpenAsync(Socket socket, CancellationToken deadline)
    {
        socket.NoDelay = true;
        await socket.ReceiveAsync(Memory<byte>.Empty, deadline); // Until it says something it costs a socket and nothing more.
        CertificateIdentity? client = null;
        Stream stream = new NetworkStream(socket);
        try
        {
            if (Endpoint.IsEncrypted)
            {
                (stream, client) = await _credentials().AuthenticateAsync(stream, deadline);
            }

            ByteLink link = Endpoint.IsWebSocket ? await UpgradeAsync(stream, deadline) : new TlsLink((SslStream)stream, socket);
            var (near, end) = SocketPair.Create();
            var pump = new StreamPump(link, socket, near, _time);
            _admit(new Newcomer(Endpoint, end, client, pump.LetEnd));
            return pump;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private async Task<WebSocketLink> UpgradeAsync(Stream stream, CancellationToken deadline)
    {
        await _upgrade.AnswerAsync(stream, deadline);

        // Silence is judged by MQTT's own keep-alive; pings of the framework would hide it.
        return new WebSocketLink(WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = "mqtt", KeepAliveInterval = TimeSpan.Zero }), stream);
    }
}
