using System.Text;
using System.Threading.Channels;
using CleanStreets.Contracts;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Mqtt.Client;

namespace CleanStreets.Ingest.Receive.Broker;

/// <summary>Copies what a broker delivers into batches, in one loop for all connections. The broker hears PUBACK once a message is on disk.</summary>
/// <remarks>Without a free batch it waits, its queue fills, the clients' handlers wait, and the broker keeps what it has.</remarks>
internal sealed class BrokerReceiver(BatchFiller batches, Topics topics, BrokerOptions options)
{
    private const int IdBytes = 256;

    private readonly Channel<MqttReceived> _received = StageLoop.Queue<MqttReceived>(options.ReceiveMaximum, singleWriter: false);
    private readonly string _readings = Encoding.UTF8.GetString(topics.ReadingsPrefix);
    private readonly string _facts = Encoding.UTF8.GetString(topics.FactsPrefix);
    private readonly byte[] _id = new byte[IdBytes];
    private readonly byte[] _contentType = new byte[IdBytes];
    private long _messages;

    /// <summary>Messages taken since the start.</summary>
    public long Messages => Volatile.Read(ref _messages);

    /// <summary>Handles one message of a client; waits while the queue is full.</summary>
    public async ValueTask TakeAsync(MqttReceived received, CancellationToken stopping)
    {
        while (!_received.Writer.TryWrite(received))
        {
            if (!await _received.Writer.WaitToWriteAsync(stopping))
            {
                // Receiving is over: the message stays unacknowledged, and the broker delivers it after the next start.
                await Task.Delay(Timeout.InfiniteTimeSpan, stopping);
            }
        }
    }

    /// <summary>Nothing more is taken; <see cref="RunAsync"/> ends when everything is handed over.</summary>
    public void Complete() => _received.Writer.TryComplete();

    public async Task RunAsync()
    {
        while (await _received.Reader.WaitToReadAsync())
        {
            while (_received.Reader.TryRead(out var received))
            {
                while (!TryAdd(received))
                {
                    await batches.WaitForRoomAsync();
                }

                Interlocked.Increment(ref _messages);
                batches.AddReceipt(new Receipt(received));
            }

            batches.HandOver();
        }
    }

    private bool TryAdd(MqttReceived received)
    {
        var message = received.Message;
        var isFact = message.Topic.StartsWith(_facts, StringComparison.Ordinal);
        var id = message.Topic.AsSpan(Math.Min(message.Topic.Length, (isFact ? _facts : _readings).Length));
        return batches.TryAdd(
            isFact ? MessageKind.Fact : MessageKind.Readings, Ascii(id, _id), Ascii(message.ContentType, _contentType), message.Payload.Span);
    }

    private static ReadOnlySpan<byte> Ascii(ReadOnlySpan<char> text, byte[] into) =>
        into.AsSpan(0, Encoding.ASCII.GetBytes(text[..Math.Min(text.Length, into.Length)], into));

    private sealed class Receipt(MqttReceived received) : IReceipt
    {
        public void Awaits()
        {
            // One message lies in one batch: there is nothing to count.
        }

        public void Settled() => received.Acknowledge();
    }
}
