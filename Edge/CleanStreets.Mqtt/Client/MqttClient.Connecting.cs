using System.Buffers;
using System.Collections.Immutable;
using CleanStreets.Mqtt.Client.Transport;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Client;

/// <summary>How the link comes up, lives and comes up again.</summary>
public sealed partial class MqttClient
{
    /// <summary>Filters in one SUBSCRIBE; some servers take no more than eight.</summary>
    private const int FiltersAtOnce = 8;

    private TaskCompletionSource<ClientLink> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _hurry;
    private ClientLink? _link;
    private string _clientId;
    private MqttReasonCode _saidReason;
    private bool _wasAway;
    private bool _disconnecting;
    private bool _renewing;

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            using var hurry = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            Volatile.Write(ref _hurry, hurry);
            try
            {
                await _reconnecting.ExecuteAsync(LiveOnceAsync, hurry.Token);

                // A link that lived is no reason to back off, but all clients of a restarted server must not come at once.
                await Task.Delay(_options.ReconnectMinDelay * _jitter(), _time, hurry.Token);
            }
            catch (OperationCanceledException)
            {
                // Stopped, or somebody wishes a link at once.
            }
        }
    }

    /// <summary>One connection from beginning to end. Throws when it failed, was short or the server will not have us, so that the next attempt waits longer.</summary>
    private async ValueTask LiveOnceAsync(CancellationToken cancellationToken)
    {
        var startedAt = _time.GetTimestamp();
        var lost = await ConnectAndServeAsync(cancellationToken);
        if (Volatile.Read(ref _disconnecting))
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken); // The link ended because StopAsync says goodbye.
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (_time.GetElapsedTime(startedAt) < _options.ReconnectMaxDelay || ReconnectPolicy.IsLasting(lost.Reason))
        {
            throw lost;
        }
    }

    private async Task<MqttLinkLostException> ConnectAndServeAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var link = await ConnectAsync(cancellationToken);
            var running = link.RunAsync(cancellationToken);
            await BecomeReadyAsync(link, cancellationToken);
            var lost = await running;
            WentAway(lost);
            link.BeGone();
            return lost;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            var lost = exception as MqttLinkLostException
                ?? new MqttLinkLostException($"Cannot reach {_options.Host}:{_options.Port}: {exception.Message}", MqttReasonCode.ServerUnavailable, exception);
            WentAway(lost);
            return lost;
        }
    }

    private async Task<ClientLink> ConnectAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        Stream? stream = null;
        try
        {
            var credentials = _options.Credentials is { } provider ? await provider(either.Token) : new MqttCredentials(_options.UserName, _options.Password);
            stream = await ClientTransport.ConnectAsync(_options, either.Token);
            var cleanStart = IsCleanStart();
            var hello = new ArrayBufferWriter<byte>(256);
            Handshake.WriteConnect(hello, _options, ClientId, cleanStart, credentials);
            await stream.WriteAsync(hello.WrittenMemory, either.Token);
            var frames = new FrameBuffer(stream, _options.MaximumPacketSize, _options.CutsLargerPublishes);
            var grant = await Handshake.ReadAnswerAsync(frames, _options, cleanStart, either.Token);
            return Begin(stream, frames, grant);
        }
        catch (Exception exception)
        {
            if (stream is not null)
            {
                await stream.DisposeAsync();
            }

            if (exception is OperationCanceledException && timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"no answer within {_options.ConnectTimeout.TotalSeconds:0.#} s (ConnectTimeout)", exception);
            }

            throw;
        }
    }

    /// <summary>A 5.0 session that is to outlive its link is forgotten at the first connection only.</summary>
    private bool IsCleanStart() => _options.CleanStart
        && !(_session.MayExist && _options.ProtocolVersion == MqttProtocolVersion.V500 && _options.SessionExpiry > TimeSpan.Zero);

    private ClientLink Begin(Stream stream, FrameBuffer frames, Grant grant)
    {
        Volatile.Write(ref _clientId, grant.ClientId);
        foreach (var subscription in _subscriptions)
        {
            // Mosquitto 2.0 brings a session back from its disk without its shared subscriptions. To ask for one again changes nothing where it is there: it has no retained messages.
            subscription.IsGranted &= grant.SessionPresent && !subscription.IsShared;
        }

        if (!grant.SessionPresent)
        {
            if (_session.MayExist && !IsCleanStart())
            {
                ClientLog.SessionForgotten(_logger, grant.ClientId, _options.Host, _options.Port, _session.Window.Count);
            }
        }

        return new ClientLink(stream, frames, grant, _options, _session, _dispatcher, _time, _logger);
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
        link.StartPublishing();
        ClientLog.Connected(_logger, link.Grant.ClientId, _options.Host, _options.Port);
        Volatile.Read(ref _connected).TrySetResult(link);
        Tell(new MqttConnectionChange(true, MqttReasonCode.Success, $"Connected to {_options.Host}:{_options.Port}.") { SessionPresent = link.Grant.SessionPresent });
    }

    private async Task RestoreAsync(ClientLink link, ImmutableArray<ClientSubscription> subscriptions, CancellationToken cancellationToken)
    {
        foreach (var some in subscriptions.Where(subscription => !subscription.IsGranted).Chunk(FiltersAtOnce))
        {
            var codes = await link.SubscribeAsync(PacketType.Subscribe, some, cancellationToken);
            foreach (var (subscription, code) in some.Zip(codes, (subscription, code) => (subscription, (MqttReasonCode)code)))
            {
                var before = subscription.Refusal;
                (subscription.IsGranted, subscription.Refusal) = (!code.IsFailure(), code.IsFailure() ? code : null);
                if (code.IsFailure() && code != before)
                {
                    ClientLog.SubscriptionRefused(_logger, link.Grant.ClientId, subscription.Filter, code);
                }
            }
        }
    }

    private void WentAway(MqttLinkLostException lost)
    {
        var wasUp = Interlocked.Exchange(ref _link, null) is not null;
        if (!_options.KeepPublishes)
        {
            _session.Fail(lost);
        }

        if (Volatile.Read(ref _connected).Task.IsCompleted)
        {
            Volatile.Write(ref _connected, new TaskCompletionSource<ClientLink>(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        var begins = !Volatile.Read(ref _disconnecting) && Say(lost);
        if (wasUp || begins)
        {
            Tell(new MqttConnectionChange(false, lost.Reason, lost.Message) { ServerReference = lost.ServerReference });
        }
    }

    /// <summary>One line per episode, and one more when it turns out that the server will not have us: further failures are for those who look closely.</summary>
    private bool Say(MqttLinkLostException lost)
    {
        if (Interlocked.Exchange(ref _renewing, false))
        {
            ClientLog.Renewing(_logger, ClientId, _options.Host, _options.Port);
            return false;
        }

        var isRefusal = ReconnectPolicy.IsLasting(lost.Reason);
        var begins = !_wasAway || (isRefusal && lost.Reason != _saidReason);
        if (!begins)
        {
            ClientLog.StillAway(_logger, ClientId, _options.Host, _options.Port, lost.Message);
        }
        else if (isRefusal)
        {
            ClientLog.Refused(_logger, ClientId, _options.Host, _options.Port, lost.Message, _options.RefusedPause.TotalSeconds);
        }
        else
        {
            ClientLog.Lost(_logger, ClientId, _options.Host, _options.Port, lost.Message);
        }

        (_wasAway, _saidReason) = (true, begins ? lost.Reason : _saidReason);
        return begins;
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
