using System.Buffers;
using System.Threading.Channels;
using CleanStreets.Mqtt.Packets;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Mqtt.Client;

/// <summary>One connection from CONNACK to its end: a reading loop, a writing loop, a handling loop and a keep-alive, over any stream.</summary>
/// <remarks>The first of them that ends ends the link; everybody who waits on it then hears <see cref="MqttLinkLostException"/>.</remarks>
internal sealed partial class ClientLink(
    Stream stream, FrameBuffer frames, Grant grant, MqttClientOptions options, Func<IReadOnlyList<ClientSubscription>> subscriptions, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>Packet identifiers from here on are for SUBSCRIBE and UNSUBSCRIBE; the window of publishes stays below.</summary>
    public const ushort FirstSubscribeId = 60_001;

    private readonly Channel<Outgoing> _outgoing = Channel.CreateBounded<Outgoing>(new BoundedChannelOptions(256) { SingleReader = true });
    private readonly Channel<(MqttMessage Message, byte[] Topic, ushort PacketId)> _incoming =
        Channel.CreateBounded<(MqttMessage, byte[], ushort)>(new BoundedChannelOptions(options.ReceiveMaximum) { SingleReader = true, SingleWriter = true });
    private readonly InFlightWindow _window = new(Math.Min(options.MaxInFlight, grant.ReceiveMaximum));
    private readonly TaskCompletionSource<byte[]>?[] _subscribing = new TaskCompletionSource<byte[]>?[1024];
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MqttLinkLostException? _lost;
    private long _lastReceived = time.GetTimestamp();
    private long _lastSent = time.GetTimestamp();
    private long _pingSentAt;
    private bool _handlersFull;
    private int _subscribeCount;

    public Grant Grant => grant;

    /// <summary>Runs the link until it ends and answers why.</summary>
    public async Task<MqttLinkLostException> RunAsync(CancellationToken stopping)
    {
        using var registration = stopping.Register(() => End(new MqttLinkLostException("The client was stopped.", MqttReasonCode.Success)));
        await Task.WhenAll(Guarded(ReadAsync), Guarded(WriteAsync), Guarded(HandleAsync), Guarded(KeepAliveAsync));
        _ended.TrySetResult();
        return _lost!;
    }

    public void Dispose() => _ending.Dispose();

    public async ValueTask<MqttReasonCode> PublishAsync(MqttMessage message, CancellationToken cancellationToken)
    {
        if (message.QualityOfService == QualityOfService.AtMostOnce)
        {
            var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await SendAsync(new OutgoingPublish(message, 0) { Written = written }, cancellationToken);
            await written.Task;
            return MqttReasonCode.Success;
        }

        var id = await _window.TakeAsync(cancellationToken);
        var acknowledged = _window.Expect(id);
        await SendAsync(new OutgoingPublish(message, id), CancellationToken.None);
        return await acknowledged.WaitAsync(cancellationToken);
    }

    /// <summary>Sends SUBSCRIBE or UNSUBSCRIBE and answers the codes of its answer.</summary>
    public async Task<byte[]> SubscribeAsync(PacketType type, IReadOnlyList<ClientSubscription> filters, CancellationToken cancellationToken)
    {
        var place = (int)((uint)Interlocked.Increment(ref _subscribeCount) % (uint)_subscribing.Length);
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _subscribing[place], answer, null) is not null)
        {
            throw new InvalidOperationException($"More than {_subscribing.Length} subscriptions wait for their answers.");
        }

        var list = filters.Select(filter => (filter.FilterBytes, filter.Options)).ToArray();
        await SendAsync(new OutgoingSubscribe(type, (ushort)(FirstSubscribeId + place), list), cancellationToken);
        if (Volatile.Read(ref _lost) is { } lost)
        {
            answer.TrySetException(lost);
        }

        return await answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Says goodbye and waits a little for the server to close: closing first could reset the link and lose the goodbye.</summary>
    public async Task DisconnectAsync(CancellationToken cancellationToken)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await SendAsync(new OutgoingDisconnect(MqttReasonCode.Success) { Written = written }, cancellationToken);
        await written.Task.WaitAsync(cancellationToken);
        await Task.WhenAny(_ended.Task, Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken));
    }

    private async ValueTask SendAsync(Outgoing outgoing, CancellationToken cancellationToken)
    {
        while (!_outgoing.Writer.TryWrite(outgoing))
        {
            if (!await _outgoing.Writer.WaitToWriteAsync(cancellationToken))
            {
                throw Lost();
            }
        }
    }

    private async Task Guarded(Func<Task> loop)
    {
        try
        {
            await loop();
            End(new MqttLinkLostException("The link has ended."));
        }
        catch (MqttLinkLostException lost)
        {
            End(lost);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException or System.Net.Sockets.SocketException)
        {
            End(new MqttLinkLostException($"The link broke: {exception.Message}", MqttReasonCode.UnspecifiedError, exception));
        }
        catch (Exception exception)
        {
            ClientLog.Unforeseen(logger, exception, grant.ClientId);
            End(new MqttLinkLostException("The client failed.", MqttReasonCode.UnspecifiedError, exception));
        }
    }

    private void End(MqttLinkLostException lost)
    {
        if (Interlocked.CompareExchange(ref _lost, lost, null) is not null)
        {
            return;
        }

        _outgoing.Writer.TryComplete();
        _incoming.Writer.TryComplete();
        _window.Fail(lost);
        foreach (var waiting in _subscribing)
        {
            waiting?.TrySetException(lost);
        }

        _ending.Cancel();
        stream.Dispose();
    }

    private MqttLinkLostException Lost()
    {
        var lost = Volatile.Read(ref _lost);
        return lost is null ? new MqttLinkLostException() : new MqttLinkLostException(lost.Message, lost.Reason, lost);
    }

    private async Task WriteAsync()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        var properties = new PropertyBuffer();
        List<TaskCompletionSource> written = [];
        try
        {
            while (await _outgoing.Reader.WaitToReadAsync())
            {
                // Everything that waits goes out with one write, up to a size that keeps latency and memory small.
                while (buffer.WrittenCount < 64 * 1024 && _outgoing.Reader.TryRead(out var outgoing))
                {
                    outgoing.Write(buffer, options.ProtocolVersion, properties);
                    if (outgoing.Written is { } waiting)
                    {
                        written.Add(waiting);
                    }
                }

                await stream.WriteAsync(buffer.WrittenMemory, _ending.Token);
                Volatile.Write(ref _lastSent, time.GetTimestamp());
                buffer.ResetWrittenCount();
                written.ForEach(static waiting => waiting.TrySetResult());
                written.Clear();
            }
        }
        finally
        {
            // End completes the channel; whoever slipped in before that must not wait for ever.
            End(new MqttLinkLostException("The link broke while sending."));
            while (_outgoing.Reader.TryRead(out var outgoing))
            {
                outgoing.Written?.TrySetException(Lost());
            }

            written.ForEach(waiting => waiting.TrySetException(Lost()));
        }
    }
}
