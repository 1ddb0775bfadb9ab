using System.Threading.Channels;
using CleanStreets.Mqtt.Client.Session;
using CleanStreets.Mqtt.Flow;
using CleanStreets.Mqtt.Packets;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Mqtt.Client;

/// <summary>One connection from CONNACK to its end: a reading loop, a writing loop and a keep-alive, over any stream.</summary>
/// <remarks>The first of them that ends ends the link. What must outlive it lies in the <see cref="ClientSession"/>.</remarks>
internal sealed partial class ClientLink : IDisposable
{
    /// <summary>Packet identifiers from here on are for SUBSCRIBE and UNSUBSCRIBE; the window of publishes stays below.</summary>
    public const ushort FirstSubscribeId = 60_001;

    private readonly Stream _stream;
    private readonly FrameBuffer _frames;
    private readonly MqttClientOptions _options;
    private readonly ClientSession _session;
    private readonly Dispatcher _dispatcher;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AcknowledgementOrder _acknowledgements;
    private readonly ushort[] _releases;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly Channel<Outgoing> _control = Channel.CreateBounded<Outgoing>(new BoundedChannelOptions(256) { SingleReader = true });
    private readonly TaskCompletionSource<byte[]>?[] _subscribing = new TaskCompletionSource<byte[]>?[1024];
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MqttLinkLostException? _lost;
    private int _subscribeCount;

    public ClientLink(
        Stream stream, FrameBuffer frames, Grant grant, MqttClientOptions options, ClientSession session, Dispatcher dispatcher, TimeProvider time, ILogger logger)
    {
        (_stream, _frames, Grant, _options, _session, _dispatcher, _time, _logger) = (stream, frames, grant, options, session, dispatcher, time, logger);
        _lastReceived = _lastSent = time.GetTimestamp();
        _acknowledgements = new AcknowledgementOrder(Wake);
        _aliases = new OutgoingAliases(Math.Min(options.TopicAliases, grant.TopicAliasMaximum));
        _releases = session.Begin(grant);
    }

    public Grant Grant { get; }

    /// <summary>Completes when the client has taken note that the link has ended.</summary>
    public Task Gone => _gone.Task;

    public void BeGone() => _gone.TrySetResult();

    /// <summary>Runs the link until it ends and answers why.</summary>
    public async Task<MqttLinkLostException> RunAsync(CancellationToken stopping)
    {
        using var registration = stopping.Register(() => End(new MqttLinkLostException("The client was stopped.", MqttReasonCode.Success)));
        await Task.WhenAll(Guarded(ReadAsync), Guarded(WriteAsync), Guarded(KeepAliveAsync));
        _ended.TrySetResult();
        return _lost!;
    }

    public void Dispose()
    {
        End(new MqttLinkLostException("The link was given up."));
        _ending.Dispose();
    }

    /// <summary>Lets the publishes go: before this only subscriptions and acknowledgements are sent.</summary>
    public void StartPublishing()
    {
        Volatile.Write(ref _mayPublish, true);
        Wake();
    }

    /// <summary>Says that there is something to write.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Sends SUBSCRIBE or UNSUBSCRIBE and answers the codes of its answer, one per filter (none in an UNSUBACK of 3.1.1).</summary>
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

        var codes = await answer.Task.WaitAsync(cancellationToken);
        if (type == PacketType.Subscribe && codes.Length != filters.Count)
        {
            throw new MqttLinkLostException("[MQTT-3.9.3-1] a SUBACK with another number of codes than filters.", MqttReasonCode.ProtocolError);
        }

        return codes;
    }

    /// <summary>Says goodbye and waits a little for the server to close: closing first could reset the link and lose the goodbye.</summary>
    public async Task DisconnectAsync(MqttReasonCode code, TimeSpan? sessionExpiry, CancellationToken cancellationToken)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await SendAsync(new OutgoingDisconnect(code, sessionExpiry) { Written = written }, cancellationToken);
        await written.Task.WaitAsync(cancellationToken);
        await Task.WhenAny(_ended.Task, Task.Delay(TimeSpan.FromSeconds(1), _time, cancellationToken));
    }

    private async ValueTask SendAsync(Outgoing outgoing, CancellationToken cancellationToken)
    {
        while (!_control.Writer.TryWrite(outgoing))
        {
            if (!await _control.Writer.WaitToWriteAsync(cancellationToken))
            {
                throw Lost();
            }
        }

        Wake();
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
        catch (Exception exception) when (
            exception is IOException or OperationCanceledException or ObjectDisposedException or System.Net.Sockets.SocketException or System.Net.WebSockets.WebSocketException)
        {
            End(new MqttLinkLostException($"The link broke: {exception.Message}", MqttReasonCode.UnspecifiedError, exception));
        }
        catch (Exception exception)
        {
            ClientLog.Unforeseen(_logger, exception, Grant.ClientId);
            End(new MqttLinkLostException("The client failed.", MqttReasonCode.UnspecifiedError, exception));
        }
    }

    private void End(MqttLinkLostException lost)
    {
        if (Interlocked.CompareExchange(ref _lost, lost, null) is not null)
        {
            return;
        }

        _control.Writer.TryComplete();
        _wake.Writer.TryComplete();
        foreach (var waiting in _subscribing)
        {
            waiting?.TrySetException(lost);
        }

        _ending.Cancel();
        _stream.Dispose();
    }

    private MqttLinkLostException Lost()
    {
        var lost = Volatile.Read(ref _lost);
        return lost is null ? new MqttLinkLostException() : new MqttLinkLostException(lost.Message, lost.Reason, lost);
    }
}
