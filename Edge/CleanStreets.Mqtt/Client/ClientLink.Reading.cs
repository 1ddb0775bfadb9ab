using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Client;

/// <summary>The reading loop: what the server says, one packet at a time.</summary>
internal sealed partial class ClientLink
{
    private async Task ReadAsync()
    {
        while (true)
        {
            var status = _frames.TryNext(out var frame, out var fault);
            if (status == FrameStatus.Faulty)
            {
                throw await RefuseAsync(fault);
            }

            if (status == FrameStatus.Complete)
            {
                var handled = Handle(in frame);
                if (handled.Fault.IsFault)
                {
                    throw await RefuseAsync(handled.Fault);
                }

                if (handled.Received is { } received)
                {
                    await TakeAsync(received);
                }

                if (handled.Answer is { } answer)
                {
                    await SendAsync(answer, _ending.Token);
                }
            }
            else if (!await _frames.FillAsync(_ending.Token))
            {
                throw new MqttLinkLostException("The server closed the connection.");
            }
            else
            {
                Volatile.Write(ref _lastReceived, _time.GetTimestamp());
            }
        }
    }

    private Handled Handle(in Frame frame)
    {
        var body = _frames.Body(in frame);
        var version = _options.ProtocolVersion;
        WireFault fault;
        switch (frame.Type)
        {
            case PacketType.Publish:
                fault = PublishPacket.ReadForwarded(version, frame.Flags, body, out var publish);
                if (!fault.IsFault && publish.Topic.IsEmpty)
                {
                    fault = new WireFault(MqttReasonCode.TopicAliasInvalid, "[MQTT-3.1.2-26] topic alias, though none is accepted");
                }

                return fault.IsFault ? new(fault) : new(Received: new MqttReceived(MessageProperties.ToMessage(in publish), publish.PacketId, publish.Duplicate));
            case PacketType.PubAck or PacketType.PubRec or PacketType.PubComp:
                fault = AckPacket.Read(version, frame.Type, body, out var ack);
                return fault.IsFault ? new(fault) : Acknowledged(frame.Type, ack.PacketId, ack.Code);
            case PacketType.PubRel:
                fault = AckPacket.Read(version, frame.Type, body, out var release);
                return fault.IsFault ? new(fault) : Released(release.PacketId);
            case PacketType.SubAck or PacketType.UnsubAck:
                fault = SubAckPacket.Read(version, frame.Type, body, out var subAck);
                Answered(subAck.PacketId, subAck.Codes);
                return new(fault);
            case PacketType.PingResp:
                Volatile.Write(ref _pingSentAt, 0);
                return default;
            case PacketType.Disconnect when version == MqttProtocolVersion.V500:
                fault = DisconnectPacket.Read(version, frame.Type, body, out var disconnect);
                return fault.IsFault ? new(fault) : throw new MqttLinkLostException($"The server said goodbye: {disconnect.Code.Sentence()}", disconnect.Code)
                {
                    ServerReference = MessageProperties.Text(in disconnect.Properties, PropertyId.ServerReference),
                };
            default:
                return new(WireFault.Protocol("a packet that was not asked for"));
        }
    }

    private Handled Acknowledged(PacketType type, ushort packetId, MqttReasonCode code)
    {
        var fault = _session.Window.Acknowledged(type, packetId, code, out var release);
        Wake(); // There may be room for the next publish.
        return new(fault, Answer: release is { } answer ? new OutgoingAck(PacketType.PubRel, packetId, answer) : null);
    }

    private Handled Released(ushort packetId)
    {
        var isKnown = _session.Unreleased.Remove(packetId);
        return new(Answer: new OutgoingAck(PacketType.PubComp, packetId, isKnown ? MqttReasonCode.Success : MqttReasonCode.PacketIdentifierNotFound));
    }

    /// <summary>Takes a message in: what needs an acknowledgement joins the order, what is new goes to the handlers.</summary>
    private async ValueTask TakeAsync(MqttReceived received)
    {
        if (received.PacketId != 0 && !await HasRoomAsync())
        {
            throw await RefuseAsync(new WireFault(MqttReasonCode.ReceiveMaximumExceeded, "[MQTT-3.3.4-9] more messages unacknowledged than Receive Maximum allows"));
        }

        if (received.Message.QualityOfService == QualityOfService.ExactlyOnce && IsRepeated(received.PacketId))
        {
            return;
        }

        var room = _dispatcher.RoomAsync(_ending.Token);
        var hasRoom = room.IsCompleted; // Asked before the value task is used up.
        if (!await PausingAsync(room.AsTask(), hasRoom))
        {
            throw Lost();
        }

        if (received.Message.QualityOfService == QualityOfService.ExactlyOnce)
        {
            _session.Unreleased[received.PacketId] = received;
        }

        if (received.PacketId != 0)
        {
            received.Join(_acknowledgements);
        }

        _dispatcher.Post(received);
    }

    /// <summary>Room for one more unacknowledged message. 5.0 has told the server and takes more for a fault; 3.1.1 has no word for it and stops reading.</summary>
    private async ValueTask<bool> HasRoomAsync()
    {
        if (_options.ProtocolVersion == MqttProtocolVersion.V500)
        {
            return _acknowledgements.Open < _options.ReceiveMaximum;
        }

        while (_acknowledgements.Open >= _options.ReceiveMaximum)
        {
            var room = _acknowledgements.RoomAsync(_options.ReceiveMaximum).WaitAsync(_ending.Token);
            await PausingAsync(Answering(room), room.IsCompleted);
        }

        return true;

        static async Task<bool> Answering(Task task)
        {
            await task;
            return true;
        }
    }

    /// <summary>While we wait for our own side the server is not read, so its silence is not its fault.</summary>
    private async ValueTask<bool> PausingAsync(Task<bool> waiting, bool isOver)
    {
        if (isOver)
        {
            return await waiting;
        }

        Volatile.Write(ref _isReadingPaused, true);
        var answer = await waiting;
        Volatile.Write(ref _lastReceived, _time.GetTimestamp());
        Volatile.Write(ref _pingSentAt, 0);
        Volatile.Write(ref _isReadingPaused, false);
        return answer;
    }

    /// <summary>A QoS 2 message that the handlers have: it is acknowledged over this link, but not handed on again [MQTT-4.3.3-10].</summary>
    private bool IsRepeated(ushort packetId)
    {
        if (!_session.Unreleased.TryGetValue(packetId, out var known) || known.IsRefused)
        {
            return false;
        }

        if (!known.IsOn(_acknowledgements) || known.IsAcknowledged)
        {
            known.Join(_acknowledgements);
        }

        return true;
    }

    private void Answered(ushort packetId, ReadOnlySpan<byte> codes)
    {
        var place = packetId - FirstSubscribeId;
        if (place >= 0 && place < _subscribing.Length)
        {
            Interlocked.Exchange(ref _subscribing[place], null)?.TrySetResult(codes.ToArray());
        }
    }

    /// <summary>Tells a 5.0 server why; in 3.1.1 a DISCONNECT would be a friendly goodbye, so the link just closes.</summary>
    private async Task<MqttLinkLostException> RefuseAsync(WireFault fault)
    {
        if (_options.ProtocolVersion == MqttProtocolVersion.V500)
        {
            var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await SendAsync(new OutgoingDisconnect(fault.Code) { Written = written }, CancellationToken.None);
            await written.Task;
        }

        return new MqttLinkLostException($"The server broke the protocol: {fault.Because}.", fault.Code);
    }

    /// <summary>What one packet leads to; nothing in most cases.</summary>
    private readonly record struct Handled(WireFault Fault = default, MqttReceived? Received = null, Outgoing? Answer = null);
}
