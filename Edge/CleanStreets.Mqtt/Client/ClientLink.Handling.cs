using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Client;

/// <summary>The handling loop and the keep-alive.</summary>
internal sealed partial class ClientLink
{
    private async Task HandleAsync()
    {
        while (await _incoming.Reader.WaitToReadAsync())
        {
            while (_incoming.Reader.TryRead(out var incoming))
            {
                var code = await HandleAsync(incoming.Message, incoming.Topic);
                if (incoming.PacketId != 0 && Volatile.Read(ref _lost) is null)
                {
                    await SendAsync(new OutgoingAck(PacketType.PubAck, incoming.PacketId, code), CancellationToken.None);
                }
            }
        }
    }

    private async ValueTask<MqttReasonCode> HandleAsync(MqttMessage message, byte[] topic)
    {
        var code = MqttReasonCode.Success;
        foreach (var subscription in subscriptions())
        {
            if (!subscription.Matches(topic))
            {
                continue;
            }

            try
            {
                await subscription.Handler(message, _ending.Token);
            }
            catch (OperationCanceledException) when (_ending.IsCancellationRequested)
            {
                return MqttReasonCode.UnspecifiedError; // The link is gone: nothing will be acknowledged.
            }
            catch (Exception exception)
            {
                ClientLog.HandlerFailed(logger, exception, grant.ClientId, message.Topic);
                code = MqttReasonCode.ImplementationSpecificError;
            }
        }

        return code;
    }

    /// <summary>Asks for a sign of life when half the interval passed without one, and gives up when the other half passes too.</summary>
    private async Task KeepAliveAsync()
    {
        if (grant.KeepAlive <= TimeSpan.Zero)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, _ending.Token);
        }

        var half = grant.KeepAlive / 2;
        while (true)
        {
            await Task.Delay(grant.KeepAlive / 8, time, _ending.Token);
            var pingSentAt = Volatile.Read(ref _pingSentAt);
            if (Volatile.Read(ref _handlersFull))
            {
                pingSentAt = 0;
            }

            if (pingSentAt != 0)
            {
                if (time.GetElapsedTime(pingSentAt) >= half)
                {
                    throw new MqttLinkLostException($"No answer to a ping within {half.TotalSeconds:0.#} s: the link is half open.", MqttReasonCode.KeepAliveTimeout);
                }
            }
            else if (time.GetElapsedTime(Volatile.Read(ref _lastReceived)) >= half || time.GetElapsedTime(Volatile.Read(ref _lastSent)) >= half)
            {
                Volatile.Write(ref _pingSentAt, time.GetTimestamp());
                await SendAsync(new OutgoingPing(), CancellationToken.None);
            }
        }
    }
}
