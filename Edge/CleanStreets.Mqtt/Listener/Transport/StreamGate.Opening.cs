using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using CleanStreets.Mqtt.Listener.Access;
using Microsoft.Win32.SafeHandles;

namespace CleanStreets.Mqtt.Listener.Transport;

/// <summary>What happens between accept and the loop.</summary>
internal sealed partial class StreamGate
{
    /// <summary>Most bytes read away after a refusal.</summary>
    private const int DrainBytes = 64 * 1024;

    /// <summary>Does the handshakes, hands the link to the loop and answers what is to be awaited until it ends. Null: they failed; whatever the peer did ends this one connection only.</summary>
    private async Task<Func<Task>?> TryOpenAsync(Socket socket)
    {
        EndPoint? peer = null;
        try
        {
            peer = socket.RemoteEndPoint;
            var isCrowded = _room.CurrentCount < _options.MaxHandshakes / 2;
            using var timeout = new CancellationTokenSource(isCrowded ? _options.ConnectTimeout / 5 : _options.ConnectTimeout, _time);
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
            return Endpoint.IsWebSocket ? await OpenWebSocketAsync(socket, deadline.Token) : await OpenTlsAsync(socket, deadline.Token);
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

    private async Task<Func<Task>> OpenTlsAsync(Socket socket, CancellationToken deadline)
    {
        // Another descriptor of the same connection: one that the framework does not know, so that it neither watches nor closes it.
        using var own = new SafeFileHandle(Epoll.Checked(Libc.FileControl((int)socket.Handle, Libc.F_DUPFD_CLOEXEC, 0)), ownsHandle: true);
        var cipher = new CipherStream((int)own.DangerousGetHandle(), _waits);
        _ = await cipher.ReadAsync(Memory<byte>.Empty, deadline); // Until it says something it costs a socket and nothing more.
        var (stream, client) = await _credentials().AuthenticateAsync(cipher, deadline);
        var end = new SafeFileHandle(own.DangerousGetHandle(), ownsHandle: true);
        own.SetHandleAsInvalid();
        var isLocal = IsLocal(socket);
        socket.Dispose();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Newcomer? newcomer = null;
        void End()
        {
            _links.TryRemove(newcomer!, out _);
            ended.TrySetResult();
        }

        newcomer = new Newcomer(Endpoint, end, client, End, (epoll, descriptor, data) => new TlsLink(stream, cipher, epoll, descriptor, data, End)) { IsLocal = isLocal };
        _links[newcomer] = ended.Task;
        _admit(newcomer);
        if (_isOver)
        {
            newcomer.Dispose();
        }

        return () => ended.Task;
    }

    private async Task<Func<Task>> OpenWebSocketAsync(Socket socket, CancellationToken deadline)
    {
        socket.NoDelay = true;
        socket.SetRawSocketOption(Libc.IPPROTO_TCP, Libc.TCP_USER_TIMEOUT, BitConverter.GetBytes(MaxStallMs));
        await socket.ReceiveAsync(Memory<byte>.Empty, deadline); // As above.
        CertificateIdentity? client = null;
        Stream stream = new NetworkStream(socket);
        try
        {
            if (Endpoint.IsEncrypted)
            {
                (stream, client) = await _credentials().AuthenticateAsync(stream, deadline);
            }

            var link = await UpgradeAsync(stream, deadline);
            var (near, end) = SocketPair.Create();
            var pump = new StreamPump(link, socket, near, _time);
            _admit(new Newcomer(Endpoint, end, client, pump.LetEnd) { IsLocal = IsLocal(socket) });
            return () => RunAsync(pump);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private static bool IsLocal(Socket socket) => socket.RemoteEndPoint is { } peer && PeersByAddress.IsLoopback(PeersByAddress.KeyOf(peer));

    private async Task<WebSocketLink> UpgradeAsync(Stream stream, CancellationToken deadline)
    {
        await _upgrade.AnswerAsync(stream, deadline);

        // Silence is judged by MQTT's own keep-alive; pings of the framework would hide it.
        return new WebSocketLink(WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = "mqtt", KeepAliveInterval = TimeSpan.Zero }), stream);
    }
}
