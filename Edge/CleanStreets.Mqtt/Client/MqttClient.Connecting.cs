using System.Buffers;
using System.Collections.Immutable;
using System.Net.Sockets;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Client;

/// <summary>How the link comes up, lives and comes up again.</summary>
public sealed partial class MqttClient
{
    private async Task RunAsync()
    {
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                await _reconnecting.ExecuteAsync(LiveOnceAsync, _stopping.Token);

                // A link that lived is no reason to back off, but all clients of a restarted server must not come at once.
                await Task.Delay(_options.ReconnectMinDelay * _jitter(), _time, _stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <summary>One connection from beginning to end. Throws when it failed or was short, so that the next attempt waits longer.</summary>
    private async ValueTask LiveOnceAsync(CancellationToken cancellationToken)
    {
        var startedAt = _time.GetTimestamp();
        var lost = await ConnectAndServeAsync(cancellationToken);
        if (Volatile.Read(ref _disconnecting))
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken); // The link ended because StopAsync says goodbye.
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (_time.GetElapsedTime(startedAt) < _options.ReconnectMaxDelay)
        {
            throw lost;
        }
    }

    private async Task<MqttLinkLostException> ConnectAndServeAsync(CancellationToken cancellationToken)
    {
        MqttLinkLostException lost;
        try
        {
            using var link = await ConnectAsync(cancellationToken);
            var running = link.RunAsync(cancellationToken);
            await BecomeReadyAsync(link, cancellationToken);
            lost = await running;
        }
        catch (Exception exception) when (exception is SocketException or IOException or TimeoutException or MqttLinkLostException)
        {
            lost = exception as MqttLinkLostException
                ?? new MqttLinkLostException($"Cannot reach {_options.Host}:{_options.Port}: {exception.Message}", MqttReasonCode.ServerUnavailable, exception);
        }

        WentAway(lost);
        return lost;
    }

    private async Task<ClientLink> ConnectAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(_options.Host, _options.Port, either.Token);
            var stream = new NetworkStream(socket, ownsSocket: true);
            var hello = new ArrayBufferWriter<byte>(256);
            Handshake.WriteConnect(hello, _options);
            await stream.WriteAsync(hello.WrittenMemory, either.Token);
            var frames = new FrameBuffer(stream, _options.MaximumPacketSize);
            var grant = await Handshake.ReadAnswerAsync(frames, _options, either.Token);
            return new ClientLink(stream, frames, grant, _options, () => _subscriptions, _time, _logger);
        }
        catch (OperationCanceledException exception) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new TimeoutException($"no answer within {_options.ConnectTimeout.TotalSeconds:0.#} s (ConnectTimeout)", exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Restores the subscriptions and then says that the link is up.</summary>
    private async Task BecomeReadyAsync(ClientLink link, CancellationToken cancellationToken)
    {
        try
        {
            var restored = _subscriptions;
            await RestoreAsync(link, restored, cancellationToken);
            Volatile.Write(ref _link, link);

            // Whoever subscribed while we restored saw no link; those are caught up here.
            await RestoreAsync(link, _subscriptions.RemoveRange(restored), cancellationToken);
        }
        catch (Exception exception) when (exception is MqttLinkLostException or OperationCanceledException)
        {
            return; // RunAsync says why.
        }

        _wasAway = false;
        ClientLog.Connected(_logger, link.Grant.ClientId, _options.Host, _options.Port);
        Volatile.Read(ref _connected).TrySetResult(link);
        Tell(new MqttConnectionChange(true, MqttReasonCode.Success, $"Connected to {_options.Host}:{_options.Port}."));
    }

    private async Task RestoreAsync(ClientLink link, ImmutableArray<ClientSubscription> subscriptions, CancellationToken cancellationToken)
    {
        if (subscriptions.IsEmpty)
        {
            return;
        }

        var codes = await link.SubscribeAsync(PacketType.Subscribe, subscriptions, cancellationToken);
        for (var i = 0; i < Math.Min(codes.Length, subscriptions.Length); i++)
        {
            if (((MqttReasonCode)codes[i]).IsFailure())
            {
                ClientLog.SubscriptionRefused(_logger, link.Grant.ClientId, subscriptions[i].Filter, (MqttReasonCode)codes[i]);
            }
        }
    }

    private void WentAway(MqttLinkLostException lost)
    {
        var wasUp = Interlocked.Exchange(ref _link, null) is not null;
        if (Volatile.Read(ref _connected).Task.IsCompleted)
        {
            Volatile.Write(ref _connected, new TaskCompletionSource<ClientLink>(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        var begins = false;
        if (!Volatile.Read(ref _disconnecting))
        {
            // One line per episode: further failures are for those who look closely.
            begins = !_wasAway;
            if (begins)
            {
                ClientLog.Lost(_logger, _options.ClientId, _options.Host, _options.Port, lost.Message);
            }
            else
            {
                ClientLog.StillAway(_logger, _options.ClientId, _options.Host, _options.Port, lost.Message);
            }

            _wasAway = true;
        }

        if (wasUp || begins)
        {
            Tell(new MqttConnectionChange(false, lost.Reason, lost.Message));
        }
    }

    private void Tell(MqttConnectionChange change)
    {
        try
        {
            ConnectionChanged?.Invoke(change);
        }
        catch (Exception exception)
        {
            ClientLog.Unforeseen(_logger, exception, ClientId); // A listener's bug must not end the connection.
        }
    }
}
