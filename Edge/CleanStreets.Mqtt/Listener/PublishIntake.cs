using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener;

/// <summary>Decides for each publish whether the hook or the router takes it, and when its sender may be told. Owned by the loop.</summary>
internal sealed class PublishIntake(LoopState state, Router router, IPublishHook? hook)
{
    private readonly PropertyBuffer _properties = new();
    private bool _handedOver;

    /// <summary>Who waits for the hook.</summary>
    public HookTurns Turns { get; } = new();

    /// <summary>Takes one publish. False: not taken, its bytes must be kept and the connection is on hold.</summary>
    public bool Take(Connection connection, in PublishPacket packet)
    {
        if (state.PublishesStopped)
        {
            connection.Hold |= HoldReasons.Stopped;
            return false;
        }

        var fault = Check(connection, in packet);
        if (fault.IsFault)
        {
            Count(in packet);
            state.Cut(connection, fault);
            return true;
        }

        if (packet.QualityOfService == QualityOfService.ExactlyOnce && connection.Session!.AwaitingRelease?.ContainsKey(packet.PacketId) == true)
        {
            Acknowledge(connection, in packet, MqttReasonCode.Success); // Sent again: the message itself is here already [MQTT-4.3.3-10].
            return true;
        }

        if (connection.Session!.Rights is { } rights && !rights.MayWrite(packet.Topic))
        {
            RefuseUnauthorized(connection, in packet);
            return true;
        }

        if (packet.Topic[0] != '$' && hook is not null && hook.Claims(packet.Topic))
        {
            return HandOver(connection, in packet);
        }

        Count(in packet);
        var code = Route(connection, in packet, packet.Retain);
        Acknowledge(connection, in packet, packet.QualityOfService == QualityOfService.ExactlyOnce && !code.IsFailure() ? MqttReasonCode.Success : code);
        return true;
    }

    /// <summary>Takes a last will, or a message of the server itself.</summary>
    public void Take(StoredMessage message, string clientId)
    {
        var publish = RoutedPublish.Of(message);
        if (clientId.Length > 0 && hook is not null && hook.Claims(message.Topic))
        {
            var borrowed = new BorrowedPublish
            {
                Topic = message.Topic,
                Payload = message.Payload,
                QualityOfService = message.QualityOfService,
                Retain = message.Retain,
                ClientId = clientId,
            };
            _handedOver = true;
            if (Turns.IsHookBusy || hook.OnPublish(in borrowed, default) == HookResult.Busy)
            {
                ListenerLog.WillLost(state.Logger, clientId);
            }

            if (!state.Options.RouteClaimed)
            {
                return;
            }

            publish.Retain &= state.Options.RetainClaimed;
        }

        router.Publish(ref publish, from: null, isHost: clientId.Length == 0);
    }

    /// <summary>Tells the hook that everything readable has been handed over, if anything was.</summary>
    public void EndTurn()
    {
        if (_handedOver)
        {
            _handedOver = false;
            hook!.OnTurnEnd();
        }
    }

    /// <summary>The hook allows an acknowledgement; the connection is read again when enough of them have been allowed.</summary>
    public void Acknowledge(Connection connection, uint sequence, MqttReasonCode code)
    {
        var refused = connection.Acknowledgements.Complete(sequence, code);
        if (refused != 0 && Frees(connection, code) && connection.Session!.Connection == connection)
        {
            Release(connection, refused);
        }

        state.MarkDirty(connection);
        if ((connection.Hold & HoldReasons.Unacknowledged) != HoldReasons.None
            && connection.Acknowledgements.OpenBytes <= state.Options.MaxUnacknowledgedBytes / 2)
        {
            connection.Hold &= ~HoldReasons.Unacknowledged;
            state.ToResume.Enqueue(connection);
        }
    }

    /// <summary>A packet identifier of the client's own QoS 2 publish is free again; one that is not in use changes nothing.</summary>
    public void Release(Connection connection, ushort packetId)
    {
        var session = connection.Session!;
        if (session.AwaitingRelease?.Remove(packetId, out var isWritten) != true)
        {
            return;
        }

        connection.OpenReleases = Math.Max(0, connection.OpenReleases - 1);
        if (isWritten && session.Lasts)
        {
            state.Log?.Release(session, packetId);
        }
    }

    private void Count(in PublishPacket packet)
    {
        state.Tally.PublishesReceived++;
        state.Tally.PublishBytesReceived += packet.Payload.Length;
    }

    private WireFault Check(Connection connection, in PublishPacket packet)
    {
        if (packet.Properties.Has(PropertyId.SubscriptionIdentifier))
        {
            return WireFault.Protocol("[MQTT-3.3.4-6] subscription identifier from a client");
        }

        var open = connection.Acknowledgements.Identified + connection.OpenReleases;
        return connection.Version == MqttProtocolVersion.V500 && packet.QualityOfService != QualityOfService.AtMostOnce && open >= state.Options.ReceiveMaximum
            ? new WireFault(MqttReasonCode.ReceiveMaximumExceeded, "[MQTT-3.3.4-7] more publishes without acknowledgement than Receive Maximum")
            : default;
    }

    private void RefuseUnauthorized(Connection connection, in PublishPacket packet)
    {
        Count(in packet);
        state.Tally.PublishesRefused++;
        if (!connection.IsRefusalSaid)
        {
            connection.IsRefusalSaid = true;
            ListenerLog.PublishRefused(state.Logger, connection.ClientId, System.Text.Encoding.UTF8.GetString(packet.Topic));
        }

        if (connection.Version == MqttProtocolVersion.V311 && state.Options.CutUnauthorizedPublishers)
        {
            state.Cut(connection, new WireFault(MqttReasonCode.NotAuthorized, "3.1.1 [MQTT-3.3.5-2] publish without the right"));
        }
        else
        {
            Acknowledge(connection, in packet, MqttReasonCode.NotAuthorized);
        }
    }

    private bool HandOver(Connection connection, in PublishPacket packet)
    {
        if (!Turns.MayOffer(connection))
        {
            Turns.Wait(connection);
            return false;
        }

        var acknowledgements = connection.Acknowledgements;
        var token = new PublishToken(connection.Slot, connection.Generation, acknowledgements.NextSequence);

        // Added first: the hook may acknowledge before it returns.
        acknowledgements.Add(packet.PacketId, packet.QualityOfService, packet.Payload.Length);
        NoteRelease(connection, in packet, write: false);
        var result = Offer(connection, in packet, token);
        if (result.Decision == HookDecision.Busy)
        {
            acknowledgements.RemoveNewest();
            Release(connection, packet.PacketId);
            state.Tally.HookBusy++;
            Turns.Busy(connection);
            return false;
        }

        Count(in packet);
        Turns.Taken(connection, packet.Payload.Length);
        if (result.Decision == HookDecision.Refused)
        {
            Acknowledge(connection, token.Sequence, result.Code);
            return true;
        }

        state.Tally.PublishesTaken++;
        if (acknowledgements.OpenBytes >= state.Options.MaxUnacknowledgedBytes)
        {
            connection.Hold |= HoldReasons.Unacknowledged;
        }

        if (state.Options.RouteClaimed)
        {
            Route(connection, in packet, packet.Retain && state.Options.RetainClaimed);
        }

        return true;
    }

    private HookResult Offer(Connection connection, in PublishPacket packet, PublishToken token)
    {
        var borrowed = new BorrowedPublish
        {
            Topic = packet.Topic,
            Payload = packet.Payload,
            ContentType = packet.Properties.Bytes(PropertyId.ContentType),
            QualityOfService = packet.QualityOfService,
            Retain = packet.Retain,
            ClientId = connection.ClientId,
        };
        try
        {
            _handedOver = true;
            return hook!.OnPublish(in borrowed, token);
        }
        catch (Exception exception)
        {
            // Not acknowledged: the connection is cut, and the sender sends it again on the next one.
            ListenerLog.HookFailed(state.Logger, exception, connection.ClientId);
            state.Close(connection, MqttReasonCode.ImplementationSpecificError);
            return HookResult.Taken;
        }
    }

    private MqttReasonCode Route(Connection connection, in PublishPacket packet, bool retain)
    {
        if (packet.Topic[0] == '$')
        {
            return MqttReasonCode.TopicNameInvalid; // Topics that begin with $ belong to the server (§4.7.2).
        }

        ref readonly var properties = ref packet.Properties;
        var expires = properties.Has(PropertyId.MessageExpiryInterval);
        var isAltered = expires || properties.Has(PropertyId.TopicAlias);
        var publish = new RoutedPublish
        {
            Topic = packet.Topic,
            Payload = packet.Payload,
            Properties = isAltered ? _properties.Clear().AddForwarded(in properties).Written : properties.Raw,
            QualityOfService = packet.QualityOfService,
            Retain = retain,
            ExpirySeconds = expires ? properties.Number(PropertyId.MessageExpiryInterval) : StoredMessage.Never,
            ArrivedAtMs = state.NowMs,
        };
        return router.Publish(ref publish, connection.Session);
    }

    private void Acknowledge(Connection connection, in PublishPacket packet, MqttReasonCode code)
    {
        if (packet.QualityOfService != QualityOfService.AtMostOnce)
        {
            var acknowledgements = connection.Acknowledgements;
            acknowledgements.Add(packet.PacketId, packet.QualityOfService, bytes: 0);
            acknowledgements.Complete(acknowledgements.NextSequence - 1, code);
            if (!Frees(connection, code))
            {
                NoteRelease(connection, in packet, write: true);
            }

            state.MarkDirty(connection);
        }
    }

    /// <summary>Whether a PUBREC with this code ends the use of its identifier. 3.1.1 hears no code: to it every PUBREC asks for PUBREL.</summary>
    private static bool Frees(Connection connection, MqttReasonCode code) => connection.Version == MqttProtocolVersion.V500 && code.IsFailure();

    /// <summary>The identifier of a QoS 2 publish is in use. Not written down for what the hook takes: it keeps those messages itself, or has not yet.</summary>
    private void NoteRelease(Connection connection, in PublishPacket packet, bool write)
    {
        if (packet.QualityOfService != QualityOfService.ExactlyOnce)
        {
            return;
        }

        var session = connection.Session!;
        var awaiting = session.AwaitingRelease ??= [];
        connection.OpenReleases++;
        var isWritten = write && session.Lasts && state.Log is not null;
        if (isWritten && !awaiting.GetValueOrDefault(packet.PacketId))
        {
            state.Log!.AwaitRelease(session, packet.PacketId);
        }

        awaiting[packet.PacketId] = isWritten || awaiting.GetValueOrDefault(packet.PacketId);
    }
}
