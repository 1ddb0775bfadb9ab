using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Mqtt.Client;

/// <summary>Hands received messages to their handlers, one after another, over all links of a client.</summary>
internal sealed class Dispatcher(
    int capacity, Func<ImmutableArray<ClientSubscription>> subscriptions, Requests requests, string clientId, ILogger logger)
{
    private readonly Channel<MqttReceived> _waiting =
        Channel.CreateBounded<MqttReceived>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });

    private bool _saidUnhandled;

    /// <summary>Waits for room; false when the client has ended. The one reading loop is the only writer: the next <see cref="Post"/> finds the room.</summary>
    public ValueTask<bool> RoomAsync(CancellationToken cancellationToken) => _waiting.Writer.WaitToWriteAsync(cancellationToken);

    /// <summary>Hands a message on; an answer goes past the handlers to who asked.</summary>
    public void Post(MqttReceived received)
    {
        if (requests.TryTake(received.Message))
        {
            received.Acknowledge();
        }
        else
        {
            _waiting.Writer.TryWrite(received);
        }
    }

    /// <summary>Runs until <paramref name="stopping"/>; what waits then stays unacknowledged.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var registration = stopping.Register(() => _waiting.Writer.TryComplete());
        while (await _waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (!stopping.IsCancellationRequested && _waiting.Reader.TryRead(out var received))
            {
                await HandleAsync(received, stopping);
            }

            if (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async ValueTask HandleAsync(MqttReceived received, CancellationToken stopping)
    {
        var code = MqttReasonCode.Success;
        var isHandled = false;
        var isManual = false;
        foreach (var subscription in subscriptions())
        {
            if (!subscription.Matches(received.Message.Topic))
            {
                continue;
            }

            isHandled = true;
            try
            {
                await subscription.Handler(received, stopping);
                isManual |= subscription.IsManual;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return; // Stopped in the middle: it stays unacknowledged.
            }
            catch (Exception exception)
            {
                ClientLog.HandlerFailed(logger, exception, clientId, received.Message.Topic);
                code = MqttReasonCode.ImplementationSpecificError;
            }
        }

        if (!isHandled && !_saidUnhandled)
        {
            _saidUnhandled = true;
            ClientLog.Unhandled(logger, clientId, received.Message.Topic);
        }

        if (!isManual || code.IsFailure())
        {
            received.Acknowledge(code);
        }
    }
}
