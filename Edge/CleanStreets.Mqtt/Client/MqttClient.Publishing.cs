using CleanStreets.Mqtt.Client.Session;

namespace CleanStreets.Mqtt.Client;

/// <summary>What the client sends.</summary>
public sealed partial class MqttClient
{
    /// <summary>
    /// Sends a message, in the order of the calls. Completes for QoS 0 when it is written, for QoS 1 with the code of its PUBACK, for QoS 2
    /// with the code of its PUBREC after PUBCOMP. Awaits room where <see cref="MqttClientOptions.MaxQueued"/> wait already.
    /// </summary>
    /// <returns>A failure when the server refused it, or when it is larger, or of a higher QoS, than the server accepts (then nothing is sent).</returns>
    /// <remarks>A token that is cancelled before the message is on its way takes it back; later it ends only the waiting. The payload is not copied.</remarks>
    /// <exception cref="MqttLinkLostException">
    /// The client was stopped, or the link went down with a QoS 0 message half-written, or (without <see cref="MqttClientOptions.KeepPublishes"/>)
    /// the link is down or went down before the acknowledgement: the message may have arrived, and the caller decides whether to send again.
    /// </exception>
    /// <exception cref="TimeoutException">The message's expiry passed before it could be sent.</exception>
    /// <exception cref="ArgumentException">The message cannot be written, for example because the topic is not a topic name.</exception>
    public async ValueTask<MqttReasonCode> PublishAsync(MqttMessage message, CancellationToken cancellationToken)
    {
        MessageCheck.ThrowIfWrong(message);
        ThrowIfDownAndNotKept();
        var publish = new PendingPublish(message, _time.GetTimestamp());
        while (!_session.Queue.Writer.TryWrite(publish))
        {
            if (!await _session.Queue.Writer.WaitToWriteAsync(cancellationToken))
            {
                throw new MqttLinkLostException("The client was stopped.", MqttReasonCode.Success);
            }

            ThrowIfDownAndNotKept();
        }

        var link = Volatile.Read(ref _link);
        link?.Wake();
        if (link is null && !_options.KeepPublishes && publish.TryAbandon())
        {
            throw Down(); // The link ended while we queued; whoever failed the queue may have missed us.
        }

        try
        {
            return await publish.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            publish.TryAbandon();
            throw;
        }
    }

    private void ThrowIfDownAndNotKept()
    {
        if (!_options.KeepPublishes && Volatile.Read(ref _link) is null)
        {
            throw Down();
        }
    }

    private MqttLinkLostException Down() => new($"Not connected to {_options.Host}:{_options.Port}.");
}
