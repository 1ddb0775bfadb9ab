using System.Net.Sockets;
using System.Net.WebSockets;

namespace CleanStreets.Mqtt.Listener.Transport;

/// <summary>The clear bytes of one connection on the framework's side. One reader and one writer at a time.</summary>
internal abstract class ByteLink : IDisposable
{
    /// <summary>Bytes read; 0: the peer has ended. With no room for any it waits until there is something to read, and holds no memory meanwhile.</summary>
    public abstract ValueTask<int> ReadAsync(Memory<byte> into);

    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Tells the peer that nothing more will come.</summary>
    public abstract Task FinishWritingAsync();

    public abstract void Dispose();
}

/// <summary>The bytes of a TLS stream.</summary>
internal sealed class TlsLink(System.Net.Security.SslStream stream, Socket transport) : ByteLink
{
    public override ValueTask<int> ReadAsync(Memory<byte> into) => stream.ReadAsync(into);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) => stream.WriteAsync(bytes);

    public override async Task FinishWritingAsync()
    {
        await stream.ShutdownAsync();
        transport.Shutdown(SocketShutdown.Send);
    }

    public override void Dispose() => stream.Dispose();
}

/// <summary>The payload of binary frames, without regard to where they begin and end [MQTT-6.0.0-2].</summary>
internal sealed class WebSocketLink(WebSocket socket, Stream stream) : ByteLink
{
    private bool _ended;

    public override async ValueTask<int> ReadAsync(Memory<byte> into)
    {
        while (!_ended)
        {
            var result = await socket.ReceiveAsync(into, CancellationToken.None);
            _ended = result.MessageType != WebSocketMessageType.Binary;
            if (result.MessageType == WebSocketMessageType.Text)
            {
                // [MQTT-6.0.0-1]
                await socket.CloseOutputAsync(WebSocketCloseStatus.InvalidMessageType, "MQTT travels in binary frames", CancellationToken.None);
            }
            else if (!_ended && (result.Count > 0 || into.IsEmpty))
            {
                return result.Count; // A frame may be empty; that is not the end.
            }
        }

        return 0;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) =>
        socket.SendAsync(bytes, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);

    public override Task FinishWritingAsync() =>
        socket.State is WebSocketState.Open or WebSocketState.CloseReceived
            ? socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None)
            : Task.CompletedTask;

    public override void Dispose()
    {
        socket.Dispose();
        stream.Dispose();
    }
}
