using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Client;

/// <summary>The reading loop: what the server says, one packet at a time.</summary>
internal sealed partial class ClientLink
{
    private async Task ReadAsync()
    {
        while (true)
        {
            var status = frames.TryNext(out var frame, out var fault);
            if (status == FrameStatus.Faulty)
            {
                throw await RefuseAsync(fault);
            }

            if (status == FrameStatus.Complete)
            {
                var (broken, message) = Handle(in frame);
                if (broken.IsFault)
                {
                    throw await RefuseAsync(broken);
                }

                if (message.Message is not null)
                {
                    await HandOnAsync(message);
                }
            }
            else if (!await frames.FillAsync(_ending.Token))
            {
                throw new MqttLinkLostException("The server closed the connection.");
            }
            else
            {
                Volatile.Write(ref _lastReceived, time.GetTimestamp());
            }
        }
    }

    private async ValueTask HandOnAsync((MqttMessage Message, byte[] Topic, ushort PacketId) message)
    {
        while (!_incoming.Writer.TryWrite(message))
        {
            // Handlers are slower than the server: it is not read meanwhile, and its silence is ours.
            Volatile.Write(ref _handlersFull, true);
            if (!await _incoming.Writer.WaitToWriteAsync())
            {
                throw Lost();
            }

            Volatile.Write(ref _lastReceived, time.GetTimestamp());
            Volatile.Write(ref _pingSentAt, 0);
            Volatile.Write(ref _handlersFull, false);
        }
    }

    private (WireFault Fault, (MqttMessage Message, byte[] Topic, ushort PacketId) Message) Handle(in Frame frame)
    {
        var body = frames.Body(in frame);
        var version = options.ProtocolVersion;
        switch (frame.Type)
        {
            case PacketType.Publish:
                var fault = PublishPacket.Read(version, frame.Flags, body, out var publish);
                if (!fault.IsFault && publish.Topic.IsEmpty)
                {
                    fault = new WireFault(MqttReasonCode.TopicAliasInvalid, "[MQTT-3.1.2-26] topic alias, though none is accepted");
                }

                return fault.IsFault ? (fault, default) : (default, (MessageProperties.ToMessage(in publish), publish.Topic.ToArray(), publish.PacketId));
            case PacketType.PubAck:
                fault = AckPacket.Read(version, frame.Type, body, out var ack);
                _window.Complete(ack.PacketId, ack.Code);
                return (fault, default);
            case PacketType.SubAck or PacketType.UnsubAck:
                fault = SubAckPacket.Read(version, frame.Type, body, out var subAck);
                Answered(subAck.PacketId, subAck.Codes);
                return (fault, default);
            case PacketType.PingResp:
                Volatile.Write(ref _pingSentAt, 0);
                return default;
            case PacketType.Disconnect when version == MqttProtocolVersion.V500:
                fault = DisconnectPacket.Read(version, frame.Type, body, out var disconnect);
                return fault.IsFault ? (fault, default)
                    : throw new MqttLinkLostException($"The server said goodbye: {disconnect.Code.Sentence()}", disconnect.Code);
            default:
                return (WireFault.Protocol("a packet that was not asked for"), default);
        }
    }

    private void Answered(ushort packetId, ReadOnlySpan<byte> codes)
    {
        var place = packetId - FirstSubscribeId;
        if (place >= 0 && place < _subscribing.Length)
        {
            Interlocked.Exchange(ref _subscribing[place], null)?.TrySetResult(codes.ToArray());
        }
    }

    private async Task<MqttLinkLostException> RefuseAsync(WireFault fault)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await SendAsync(new OutgoingDisconnect(fault.Code) { Written = written }, CancellationToken.None);
        await written.Task;
        return new MqttLinkLostException($"The server broke the protocol: {fault.Because}.", fault.Code);
    }
}
