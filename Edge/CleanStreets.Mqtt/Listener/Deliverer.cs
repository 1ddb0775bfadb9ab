using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener;

/// <summary>Puts messages on their way to one session: at once, later, or again. Owned by the loop.</summary>
/// <remarks>
/// A message goes straight into the subscriber's output while that is short and the window has room; otherwise it waits in the session's
/// outbox, which is bounded. Beyond the bound QoS 0 is dropped and counted and a subscriber with QoS 1 or 2 is cut with 0x97; while its client
/// is away, the newest QoS 1 and 2 messages are dropped and counted, and QoS 0 does not wait at all.
/// Every message is judged by the rights of the client that is there when it is sent, for the first time or again.
/// </remarks>
internal sealed class Deliverer(LoopState state)
{
    /// <summary>Bytes in a connection's output from which on messages wait in the outbox instead: about one socket buffer.</summary>
    private const int DirectBytes = 256 * 1024;

    /// <summary>What a waiting message costs beside its own bytes.</summary>
    private const int Overhead = 64;

    private readonly PublishWriter _writer = new(state);

    public void Deliver(Session session, ref RoutedPublish publish, QualityOfService qualityOfService, bool retain, scoped ReadOnlySpan<uint> identifiers)
    {
        var connection = session.Connection is { Phase: ConnectionPhase.Open } open ? open : null;
        var isKept = session.Lasts && qualityOfService != QualityOfService.AtMostOnce;
        if ((connection is null && !isKept) || !session.MayHear(publish.Topic))
        {
            return;
        }

        var mustWait = connection is null || session.Outbox.Count > 0 || session.InFlight.HasAgain || connection.Output.Length >= DirectBytes
            || (qualityOfService != QualityOfService.AtMostOnce && session.InFlight.WindowIsFull);
        if (!mustWait && !isKept)
        {
            Send(session, in publish, new Waiting(null!, qualityOfService, retain, 0, null), identifiers);
            return;
        }

        var bytes = publish.Topic.Length + publish.Payload.Length + publish.Properties.Length + Overhead;
        if (session.QueuedBytes + (connection?.Output.Length ?? 0) + bytes > state.Options.MaxOutgoingBytes || !state.Stored.HasRoomToWait(bytes))
        {
            Overflow(session, connection, qualityOfService);
            return;
        }

        session.IsDropping = false;
        var waiting = new Waiting(publish.Store(), qualityOfService, retain, bytes, identifiers.IsEmpty ? null : identifiers.ToArray());
        session.QueuedBytes += bytes;
        if (mustWait)
        {
            Enqueue(session, in waiting);
        }
        else
        {
            Send(session, in publish, WriteDown(session, in waiting), identifiers);
        }
    }

    /// <summary>Lets a message wait behind the others.</summary>
    public void Enqueue(Session session, in Waiting waiting) => session.Outbox.Enqueue(WriteDown(session, in waiting));

    /// <summary>Sends what is to be sent again and then what waits, as far as the peer's reading and its window allow.</summary>
    public void Pump(Session session)
    {
        if (session.Connection is not { } connection)
        {
            return;
        }

        while (connection.Phase == ConnectionPhase.Open && connection.Output.Length < DirectBytes)
        {
            if (session.InFlight.HasAgain)
            {
                if (!session.InFlight.TryAgain(out var packetId, out var delivery))
                {
                    if (session.InFlight.HasAgain)
                    {
                        return;
                    }

                    continue;
                }

                SendAgain(session, connection, packetId, in delivery);
            }
            else if (session.Outbox.TryPeek(out var next) && (next.QualityOfService == QualityOfService.AtMostOnce || !session.InFlight.WindowIsFull))
            {
                session.Outbox.Dequeue();
                SendWaiting(session, in next);
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>Takes the messages out that wait and that the session may not read: its rights have changed.</summary>
    public void DropUnreadable(Session session)
    {
        for (var left = session.Outbox.Count; left > 0; left--)
        {
            var waiting = session.Outbox.Dequeue();
            if (MayRead(session, waiting.Message))
            {
                session.Outbox.Enqueue(waiting);
            }
            else
            {
                Drop(session, in waiting);
            }
        }
    }

    /// <summary>A message that waited is not sent after all.</summary>
    private void Drop(Session session, in Waiting waiting)
    {
        session.QueuedBytes -= waiting.CountedBytes;
        DoneWith(session, in waiting);
    }

    /// <summary>The peer has the message, or refuses it.</summary>
    public void Finish(Session session, ushort packetId)
    {
        if (session.InFlight.Finish(packetId, out var delivery))
        {
            session.QueuedBytes -= delivery.What.CountedBytes;
            DoneWith(session, delivery.What);
        }

        Pump(session);
    }

    /// <summary>The peer has a QoS 2 message; an identifier that is not in use changes nothing.</summary>
    public void Received(Session session, ushort packetId)
    {
        session.InFlight.Received(packetId, out var delivery);
        if (delivery.What.Entry != 0)
        {
            state.Log?.Received(session, delivery.What.Entry);
        }
    }

    private Waiting WriteDown(Session session, in Waiting waiting) =>
        session.Lasts && waiting.QualityOfService != QualityOfService.AtMostOnce && state.Log is { } log ? log.Queue(session, in waiting) : waiting;

    private void DoneWith(Session session, in Waiting what)
    {
        if (what.Entry != 0)
        {
            state.Log?.Finish(session, what.Entry);
        }
    }

    private void SendWaiting(Session session, in Waiting next)
    {
        if (next.Message.SecondsLeft(state.NowMs) == 0)
        {
            Drop(session, in next); // [MQTT-3.3.2-5]
            return;
        }

        if (!MayRead(session, next.Message))
        {
            Drop(session, in next);
            return;
        }

        var publish = RoutedPublish.Of(next.Message);
        Send(session, in publish, in next, next.SubscriptionIdentifiers);
    }

    private void SendAgain(Session session, Connection connection, ushort packetId, in Delivery delivery)
    {
        if (delivery.IsReceived)
        {
            SendRelease(connection, packetId);
            return;
        }

        var what = delivery.What;
        if (!MayRead(session, what.Message))
        {
            Withhold(session, connection, packetId, in what);
            return;
        }

        var publish = RoutedPublish.Of(what.Message);
        if (!_writer.TryWrite(connection, in publish, in what, what.SubscriptionIdentifiers, packetId, duplicate: true))
        {
            session.InFlight.Finish(packetId, out _);
            session.QueuedBytes -= what.CountedBytes;
            DoneWith(session, in what);
        }
    }

    /// <summary>
    /// What was sent before and may not be sent again. The client may have a QoS 2 message all the same, and knows it by its identifier: that one
    /// is released before anything else travels under it. A client that does not know it answers all the same (§4.3.3).
    /// </summary>
    private void Withhold(Session session, Connection connection, ushort packetId, in Waiting what)
    {
        if (what.QualityOfService == QualityOfService.ExactlyOnce)
        {
            Received(session, packetId);
            SendRelease(connection, packetId);
        }
        else
        {
            session.InFlight.Finish(packetId, out _);
            Drop(session, in what);
        }
    }

    private void SendRelease(Connection connection, ushort packetId)
    {
        AckPacket.Write(connection.Output, connection.Version, PacketType.PubRel, packetId);
        state.Tally.PacketsSent++;
        state.MarkDirty(connection);
    }

    /// <summary>Whether the client that is there now may read the message; if not, it counts as dropped.</summary>
    private bool MayRead(Session session, StoredMessage message)
    {
        if (session.Rights is not { } rights || rights.MayRead(message.Topic))
        {
            return true;
        }

        state.Tally.MessagesDropped++;
        if (!session.IsUnreadableSaid)
        {
            session.IsUnreadableSaid = true;
            ListenerLog.NoLongerReadable(state.Logger, session.ClientId, System.Text.Encoding.UTF8.GetString(message.Topic));
        }

        return false;
    }

    private void Send(Session session, in RoutedPublish publish, in Waiting what, ReadOnlySpan<uint> identifiers)
    {
        var connection = session.Connection!;
        if (what.QualityOfService == QualityOfService.AtMostOnce)
        {
            _writer.TryWrite(connection, in publish, in what, identifiers, packetId: 0, duplicate: false);
            session.QueuedBytes -= what.CountedBytes;
            return;
        }

        // Without a lasting session nothing is ever sent again, so nothing is held for it.
        var isKept = session.Lasts;
        var packetId = session.InFlight.Take(isKept ? what : default(Waiting) with { QualityOfService = what.QualityOfService });
        var start = connection.Output.Total;
        if (what.Entry != 0 && state.Log is { } log)
        {
            log.Sent(session, what.Entry, packetId);
            if (what.QualityOfService == QualityOfService.ExactlyOnce)
            {
                connection.Output.Hold(start, log.Batch); // Were the identifier forgotten, the message would come twice.
            }
        }

        var isWritten = _writer.TryWrite(connection, in publish, in what, identifiers, packetId, duplicate: false);
        if (!isKept || !isWritten)
        {
            session.QueuedBytes -= what.CountedBytes;
        }

        if (!isWritten)
        {
            session.InFlight.Finish(packetId, out _);
            DoneWith(session, in what);
        }
    }

    private void Overflow(Session session, Connection? connection, QualityOfService qualityOfService)
    {
        if (connection is not null && qualityOfService != QualityOfService.AtMostOnce)
        {
            state.Cut(connection, new WireFault(MqttReasonCode.QuotaExceeded, "the subscriber does not keep up (MaxOutgoingBytes)"));
        }

        // A session that lasts is full whether its client is there or not.
        if (connection is null || qualityOfService == QualityOfService.AtMostOnce || session.Lasts)
        {
            state.Tally.MessagesDropped++;
        }

        if (connection is null && !session.IsDropping)
        {
            session.IsDropping = true;
            ListenerLog.QueueFull(state.Logger, session.ClientId);
        }
    }
}
