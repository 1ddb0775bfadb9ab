using System.Net.WebSockets;

namespace CleanStreets.Mqtt.Listener.Transport;

/// <summary>The payload of binary frames, without regard to where they begin and end [MQTT-6.0.0-2]. One reader and one writer at a time.</summary>
internal sealed class WebSocketLink(WebSocket socket, Stream stream) : IDisposable
{
    private bool _ended;

    /// <summary>Bytes read; 0: the peer has ended. With no room for any it waits until there is something to read, and holds no memory meanwhile.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> into)
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

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) =>
        socket.SendAsync(bytes, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);

    /// <summary>Tells the peer that nothing more will come.</summary>
    public Task FinishWritingAsync() =>
        socket.State is WebSocketState.Open or WebSocketState.CloseReceived
            ? socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None)
            : Task.CompletedTask;

    public void Dispose()
    {
        socket.Dispose();
        stream.Dispose();
    }
}
