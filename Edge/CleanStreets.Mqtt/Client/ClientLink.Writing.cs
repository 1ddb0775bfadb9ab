using System.Buffers;
using System.Text;
using CleanStreets.Mqtt.Client.Session;
using CleanStreets.Mqtt.Flow;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Client;

/// <summary>The writing loop: acknowledgements first, then subscriptions and the like, then publishes; everything that waits goes out with one write.</summary>
internal sealed partial class ClientLink
{
    /// <summary>Bytes after which a write begins though more waits: keeps latency and memory small.</summary>
    private const int WriteSize = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly PropertyBuffer _properties = new();
    private readonly List<TaskCompletionSource> _written = [];
    private readonly List<PendingPublish> _writtenPublishes = [];
    private readonly OutgoingAliases _aliases;
    private bool _mayPublish;
    private bool _hasSaidGoodbye;

    private async Task WriteAsync()
    {
        try
        {
            foreach (var packetId in _releases)
            {
                AckPacket.Write(_buffer, _options.ProtocolVersion, PacketType.PubRel, packetId);
            }

            do
            {
                _wake.Reader.TryRead(out _);
                while (Fill())
                {
                    await FlushAsync();
                }
            }
            while (await _wake.Reader.WaitToReadAsync());
        }
        finally
        {
            // End completes the channel; whoever slipped in before that must not wait for ever.
            End(new MqttLinkLostException("The link broke while sending."));
            while (_control.Reader.TryRead(out var outgoing))
            {
                outgoing.Written?.TrySetException(Lost());
            }

            _written.ForEach(waiting => waiting.TrySetException(Lost()));
            _writtenPublishes.ForEach(waiting => waiting.TrySetException(Lost()));
        }
    }

    /// <summary>Fills the buffer with what waits; false when nothing does.</summary>
    private bool Fill()
    {
        if (!_hasSaidGoodbye)
        {
            _acknowledgements.Flush(_buffer, _options.ProtocolVersion);
        }

        while (!_hasSaidGoodbye && _buffer.WrittenCount < WriteSize && _control.Reader.TryRead(out var outgoing))
        {
            outgoing.Write(_buffer, _options.ProtocolVersion);
            _hasSaidGoodbye = outgoing is OutgoingDisconnect; // Nothing may follow it [MQTT-3.14.4-1].
            if (outgoing.Written is { } waiting)
            {
                _written.Add(waiting);
            }
        }

        while (!_hasSaidGoodbye && Volatile.Read(ref _mayPublish) && _buffer.WrittenCount < WriteSize
            && _session.Window.TryNext(_session.Queue.Reader, out var publish))
        {
            Write(publish);
        }

        return _buffer.WrittenCount > 0;
    }

    private async ValueTask FlushAsync()
    {
        await _stream.WriteAsync(_buffer.WrittenMemory, _ending.Token);
        Volatile.Write(ref _lastSent, _time.GetTimestamp());
        _buffer.ResetWrittenCount();
        _written.ForEach(static waiting => waiting.TrySetResult());
        _written.Clear();
        _writtenPublishes.ForEach(static waiting => waiting.TrySetResult(MqttReasonCode.Success));
        _writtenPublishes.Clear();
    }

    private void Write(PendingPublish publish)
    {
        var message = publish.Message;
        if (!TryReadExpiry(publish, out var secondsLeft))
        {
            _session.Window.Withdraw(publish);
            publish.TrySetException(new TimeoutException($"The message for '{message.Topic}' expired before it could be sent."));
            return;
        }

        Span<byte> small = stackalloc byte[256];
        var topic = Encoding.UTF8.TryGetBytes(message.Topic, small, out var length) ? small[..length] : Encoding.UTF8.GetBytes(message.Topic);
        var alias = WriteProperties(message, topic, secondsLeft, out var isKnown);
        if (Refusal(message, topic.Length) is var refusal && refusal != MqttReasonCode.Success)
        {
            _session.Window.Withdraw(publish);
            publish.TrySetResult(refusal);
            return;
        }

        PublishPacket.Write(
            _buffer, _options.ProtocolVersion, isKnown ? default : topic, message.Payload.Span, message.QualityOfService, message.Retain,
            duplicate: publish.WasSent, publish.PacketId, _properties.Written);
        publish.WasSent = true;
        if (alias != 0 && !isKnown)
        {
            _aliases.Told(topic, alias);
        }

        if (message.QualityOfService == QualityOfService.AtMostOnce)
        {
            _writtenPublishes.Add(publish);
        }
    }

    /// <summary>What is left of the message's life. One that has been sent is sent to the end, for both sides must finish with its identifier.</summary>
    private bool TryReadExpiry(PendingPublish publish, out uint secondsLeft)
    {
        secondsLeft = 0;
        if (publish.Message.Expiry is not { } expiry)
        {
            return true;
        }

        var left = expiry - _time.GetElapsedTime(publish.QueuedAt);
        secondsLeft = Math.Max(1, MessageProperties.WholeSeconds(left));
        return left > TimeSpan.Zero || publish.WasSent;
    }

    /// <summary>Builds the property block; answers the topic's alias on this link, 0 for none.</summary>
    private ushort WriteProperties(MqttMessage message, ReadOnlySpan<byte> topic, uint secondsLeft, out bool isKnown)
    {
        isKnown = false;
        _properties.Clear();
        if (_options.ProtocolVersion == MqttProtocolVersion.V311)
        {
            return 0;
        }

        MessageProperties.AddForwarded(_properties, message);
        if (secondsLeft > 0)
        {
            _properties.Add(PropertyId.MessageExpiryInterval, secondsLeft);
        }

        var alias = _aliases.Find(topic, out isKnown);
        if (alias != 0)
        {
            _properties.Add(PropertyId.TopicAlias, alias);
        }

        return alias;
    }

    /// <summary>Why the server would not take the message, as far as its CONNACK said [MQTT-3.2.2-11] [MQTT-3.2.2-14] [MQTT-3.2.2-15].</summary>
    private MqttReasonCode Refusal(MqttMessage message, int topicBytes)
    {
        if (message.QualityOfService > Grant.MaximumQoS)
        {
            return MqttReasonCode.QoSNotSupported;
        }

        if (message.Retain && !Grant.RetainAvailable)
        {
            return MqttReasonCode.RetainNotSupported;
        }

        var size = PublishPacket.Size(_options.ProtocolVersion, message.QualityOfService, topicBytes, message.Payload.Length, _properties.Written.Length);
        return size > Grant.MaximumPacketSize ? MqttReasonCode.PacketTooLarge : MqttReasonCode.Success;
    }
}
