using CleanStreets.Mqtt.Listener.Budget;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener;

/// <summary>Sends each packet to what handles it and cuts connections that break the rules. Owned by the loop.</summary>
internal sealed class PacketHandler(LoopState state, ConnectHandler connecting, SubscribeHandler subscribing, PublishIntake intake, Deliverer deliverer, BudgetKeeper budgets)
{
    /// <summary>Handles the whole packets in <paramref name="bytes"/> and answers how many bytes are done with; the rest must be kept.</summary>
    public int Consume(Connection connection, ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (connection.Phase < ConnectionPhase.Closing && connection.Hold == HoldReasons.None)
        {
            var status = Frame.Read(bytes[at..], state.Options.MaximumPacketSize, out var frame, out var fault);
            if (status == FrameStatus.Incomplete)
            {
                break;
            }

            if (status == FrameStatus.Faulty)
            {
                state.Cut(connection, fault);
                break;
            }

            if (!HandleAndHold(connection, in frame, bytes.Slice(at + frame.HeaderLength, frame.BodyLength)))
            {
                break;
            }

            state.Tally.PacketsReceived++;
            at += frame.Length;
            if (connection.Budget is { } budget && frame.Type == PacketType.Publish)
            {
                budgets.Taken(connection, budget);
            }
        }

        return at;
    }

    /// <summary>Whatever answers a packet that changed durable state waits until that change is on the disk.</summary>
    private bool HandleAndHold(Connection connection, in Frame frame, ReadOnlySpan<byte> body)
    {
        if (state.Log is not { } log)
        {
            return Handle(connection, in frame, body);
        }

        var (holding, start) = (log.Holding, connection.Output.Total);
        var isTaken = Handle(connection, in frame, body);
        if (log.Holding != holding)
        {
            connection.Output.Hold(start, log.Batch);
        }

        return isTaken;
    }

    /// <summary>False: the packet is not taken and must be kept.</summary>
    private bool Handle(Connection connection, in Frame frame, ReadOnlySpan<byte> body)
    {
        if (frame.Type == PacketType.Publish && connection.Phase == ConnectionPhase.Open)
        {
            var fault = PublishPacket.Read(connection.Version, frame.Flags, body, out var publish);
            if (!fault.IsFault && publish.Properties.Has(PropertyId.TopicAlias))
            {
                fault = IncomingAliases.Resolve(connection, state.Options.TopicAliasMaximum, ref publish);
            }

            if (!fault.IsFault)
            {
                return intake.Take(connection, in publish);
            }

            state.Tally.PublishesReceived++;
            state.Cut(connection, fault);
            return true;
        }

        if (connection.Phase == ConnectionPhase.AwaitingConnect)
        {
            return HandleFirst(connection, in frame, body);
        }

        var broken = HandleOther(connection, frame.Type, body);
        if (broken.IsFault)
        {
            state.Cut(connection, broken);
        }

        return true;
    }

    private bool HandleFirst(Connection connection, in Frame frame, ReadOnlySpan<byte> body)
    {
        if (frame.Type == PacketType.Connect)
        {
            return connecting.Handle(connection, frame.Flags, body);
        }

        state.Cut(connection, WireFault.Protocol("[MQTT-3.1.0-1] the first packet is not CONNECT"));
        return true;
    }

    private WireFault HandleOther(Connection connection, PacketType type, ReadOnlySpan<byte> body)
    {
        switch (type)
        {
            case PacketType.PubAck or PacketType.PubRec or PacketType.PubRel or PacketType.PubComp:
                return HandleAcknowledgement(connection, type, body);
            case PacketType.Subscribe:
                return subscribing.Subscribe(connection, body);
            case PacketType.Unsubscribe:
                return subscribing.Unsubscribe(connection, body);
            case PacketType.PingReq:
                return Ping(connection, body);
            case PacketType.Disconnect:
                return Disconnect(connection, body);
            case PacketType.Connect:
                return WireFault.Protocol("[MQTT-3.1.0-2] a second CONNECT");
            case PacketType.Auth:
                var fault = DisconnectPacket.Read(connection.Version, type, body, out _);
                return fault.IsFault ? fault : WireFault.Protocol("[MQTT-4.12.0-6] AUTH without an authentication method in CONNECT");
            case PacketType.PingResp when !body.IsEmpty:
                return WireFault.Silent("PINGRESP has no body (§3.13), and only servers send it");
            default:
                return WireFault.Protocol("a packet that only servers send");
        }
    }

    private WireFault HandleAcknowledgement(Connection connection, PacketType type, ReadOnlySpan<byte> body)
    {
        var fault = AckPacket.Read(connection.Version, type, body, out var packet);
        if (fault.IsFault)
        {
            return fault;
        }

        var session = connection.Session!;
        switch (type)
        {
            case PacketType.PubAck or PacketType.PubRec or PacketType.PubComp when !session.InFlight.Expects(packet.PacketId, type):
                return WireFault.Protocol("[MQTT-4.3.2-1] [MQTT-4.3.3-1] an acknowledgement of another step than the message is in");
            case PacketType.PubAck or PacketType.PubComp:
                deliverer.Finish(session, packet.PacketId);
                break;
            case PacketType.PubRec when packet.Code.IsFailure():
                deliverer.Finish(session, packet.PacketId); // [MQTT-4.3.3-4]: no PUBREL.
                break;
            case PacketType.PubRec:
                deliverer.Received(session, packet.PacketId);
                Answer(connection, PacketType.PubRel, packet.PacketId);
                break;
            default:
                intake.Release(connection, packet.PacketId);
                Answer(connection, PacketType.PubComp, packet.PacketId);
                break;
        }

        return default;
    }

    /// <summary>An identifier that is not known is answered like one that is: after a lost connection that is no error (§3.6.2.1).</summary>
    private void Answer(Connection connection, PacketType type, ushort packetId)
    {
        // PUBREC and PUBCOMP of one message keep their order: what is allowed to leave goes first.
        state.Tally.PacketsSent += 1 + connection.Acknowledgements.Flush(connection.Output, connection.Version);
        AckPacket.Write(connection.Output, connection.Version, type, packetId);
        state.MarkDirty(connection);
    }

    private WireFault Ping(Connection connection, ReadOnlySpan<byte> body)
    {
        if (!body.IsEmpty)
        {
            return WireFault.Silent("PINGREQ has no body (§3.12)");
        }

        Wire.End(connection.Output, Wire.Begin(connection.Output, PacketType.PingResp, 0, 0));
        state.Tally.PacketsSent++;
        state.MarkDirty(connection);
        return default;
    }

    private WireFault Disconnect(Connection connection, ReadOnlySpan<byte> body)
    {
        var fault = DisconnectPacket.Read(connection.Version, PacketType.Disconnect, body, out var packet);
        if (fault.IsFault)
        {
            return fault;
        }

        var session = connection.Session!;
        var expiry = packet.Properties.Number(PropertyId.SessionExpiryInterval, session.ExpirySeconds);
        if (expiry > 0 && !session.Lasts)
        {
            return WireFault.Protocol("[MQTT-3.14.2-2] §3.14.2.2.2: session expiry raised from 0 in DISCONNECT");
        }

        session.ExpirySeconds = Math.Min(expiry, MessageProperties.WholeSeconds(state.Options.MaximumSessionExpiry));

        if (packet.Code == MqttReasonCode.Success)
        {
            connection.Will = null; // [MQTT-3.14.4-3]
        }

        ListenerLog.Gone(state.Logger, connection.ClientId, "disconnected");
        state.Close(connection, code: null);
        return default;
    }
}
