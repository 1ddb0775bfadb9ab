using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener;

/// <summary>Knows who wants what and puts messages on their way: subscriptions, retained messages, deliveries. Owned by the loop.</summary>
/// <remarks>
/// A message goes straight into the subscriber's output while that is short and the window has room; otherwise it waits in the session's
/// outbox, which is bounded: beyond the bound QoS 0 is dropped and counted, and a subscriber with QoS 1 or 2 is cut with 0x97.
/// </remarks>
internal sealed class Router(LoopState state)
{
    /// <summary>Bytes in a connection's output from which on messages wait in the outbox instead: about one socket buffer.</summary>
    private const int DirectBytes = 256 * 1024;

    private readonly SubscriptionTree _tree = new();
    private readonly RetainedStore _retained = new(state.Options.MaxRetainedMessages);
    private readonly List<Subscription> _matches = [];
    private readonly List<Session> _targets = [];
    private readonly List<StoredMessage> _found = [];
    private readonly PropertyBuffer _properties = new();
    private ulong _routing;

    /// <summary>Keeps the message if it says so and sends it to everybody who subscribes. Answers what the publisher is told.</summary>
    public MqttReasonCode Publish(ref RoutedPublish publish, Session? from)
    {
        if (publish.Retain)
        {
            if (publish.Payload.IsEmpty)
            {
                _retained.Clear(publish.Topic);
            }
            else if (_retained.HasRoomFor(publish.Topic))
            {
                _retained.Set(publish.Store());
            }
            else
            {
                return MqttReasonCode.QuotaExceeded;
            }

            state.Tally.Retained = _retained.Count;
        }

        Route(ref publish, from);
        return MqttReasonCode.Success;
    }

    /// <summary>Adds or replaces a subscription; the retained messages it calls for wait in the outbox until <see cref="Pump"/>.</summary>
    public void Subscribe(Subscription subscription)
    {
        var session = subscription.Session;
        var isNew = !session.Subscriptions.ContainsKey(subscription.Filter);
        session.Subscriptions[subscription.Filter] = subscription;
        _tree.Add(subscription);
        if (subscription.Options.RetainHandling == 0 || (subscription.Options.RetainHandling == 1 && isNew))
        {
            _found.Clear();
            _retained.Find(subscription.Filter, state.NowMs, _found);
            state.Tally.Retained = _retained.Count;
            foreach (var message in _found)
            {
                var qualityOfService = Lower(message.QualityOfService, subscription.Options.QualityOfService);
                session.Outbox.Enqueue(new Session.Waiting(message, qualityOfService, Retain: true, CountedBytes: 0));
            }
        }
    }

    public bool Unsubscribe(Session session, ReadOnlySpan<byte> filter)
    {
        if (!session.Subscriptions.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(filter, out _, out var subscription))
        {
            return false;
        }

        _tree.Remove(subscription);
        return true;
    }

    public void Forget(Session session)
    {
        foreach (var subscription in session.Subscriptions.Values)
        {
            _tree.Remove(subscription);
        }

        session.Subscriptions.Clear();
        session.Outbox.Clear();
    }

    /// <summary>Sends what waits, as far as the peer's reading and its window allow.</summary>
    public void Pump(Session session)
    {
        var connection = session.Connection;
        while (connection.Phase == ConnectionPhase.Open && connection.Output.Length < DirectBytes
            && session.Outbox.TryPeek(out var next) && (next.QualityOfService == QualityOfService.AtMostOnce || !session.WindowIsFull))
        {
            session.Outbox.Dequeue();
            session.OutboxBytes -= next.CountedBytes;
            if (next.Message.SecondsLeft(state.NowMs) != 0)
            {
                var publish = RoutedPublish.Of(next.Message);
                Write(session, in publish, next.QualityOfService, next.Retain);
            }
        }
    }

    private void Route(ref RoutedPublish publish, Session? from)
    {
        _matches.Clear();
        _tree.Match(publish.Topic, _matches);
        CollectTargets(from);
        foreach (var session in _targets)
        {
            var options = session.RoutedBy!.Options;
            Deliver(session, ref publish, Lower(publish.QualityOfService, options.QualityOfService), options.RetainAsPublished && publish.Retain);
        }
    }

    /// <summary>Each session once, by its matching subscription of the highest QoS [MQTT-3.3.4-2].</summary>
    private void CollectTargets(Session? from)
    {
        _targets.Clear();
        _routing++;
        foreach (var match in _matches)
        {
            var session = match.Session;
            if (match.Options.NoLocal && session == from)
            {
                continue;
            }

            if (session.RoutedIn != _routing)
            {
                session.RoutedIn = _routing;
                session.RoutedBy = match;
                _targets.Add(session);
            }
            else if (match.Options.QualityOfService > session.RoutedBy!.Options.QualityOfService)
            {
                session.RoutedBy = match;
            }
        }
    }

    private void Deliver(Session session, ref RoutedPublish publish, QualityOfService qualityOfService, bool retain)
    {
        var connection = session.Connection;
        if (connection.Phase != ConnectionPhase.Open)
        {
            return;
        }

        var mustWait = session.Outbox.Count > 0 || connection.Output.Length >= DirectBytes
            || (qualityOfService != QualityOfService.AtMostOnce && session.WindowIsFull);
        if (!mustWait)
        {
            Write(session, in publish, qualityOfService, retain);
            return;
        }

        var bytes = publish.Topic.Length + publish.Payload.Length + publish.Properties.Length;
        if (session.OutboxBytes + connection.Output.Length + bytes <= state.Options.MaxOutgoingBytes)
        {
            session.Outbox.Enqueue(new Session.Waiting(publish.Store(), qualityOfService, retain, bytes));
            session.OutboxBytes += bytes;
        }
        else if (qualityOfService == QualityOfService.AtMostOnce)
        {
            state.Tally.MessagesDropped++;
        }
        else
        {
            state.Cut(connection, new WireFault(MqttReasonCode.QuotaExceeded, "the subscriber does not keep up (MaxOutgoingBytes)"));
        }
    }

    private void Write(Session session, in RoutedPublish publish, QualityOfService qualityOfService, bool retain)
    {
        var connection = session.Connection;
        var properties = PropertiesOf(in publish);
        var size = PublishPacket.Size(connection.Version, qualityOfService, publish.Topic.Length, publish.Payload.Length, properties.Length);
        if (size > connection.PeerMaximumPacketSize)
        {
            state.Tally.MessagesDropped++; // [MQTT-3.1.2-25]: not sent, as if it had been delivered.
            return;
        }

        var packetId = qualityOfService == QualityOfService.AtMostOnce ? (ushort)0 : session.TakePacketId();
        PublishPacket.Write(
            connection.Output, connection.Version, publish.Topic, publish.Payload, qualityOfService, retain, duplicate: false, packetId, properties);
        state.Tally.MessagesDelivered++;
        state.Tally.PacketsSent++;
        state.MarkDirty(connection);
    }

    /// <summary>The block to send: what is passed on, and the expiry less the time spent here [MQTT-3.3.2-6].</summary>
    private ReadOnlySpan<byte> PropertiesOf(in RoutedPublish publish)
    {
        if (publish.ExpirySeconds == StoredMessage.Never)
        {
            return publish.Properties;
        }

        var left = publish.ExpirySeconds - ((state.NowMs - publish.ArrivedAtMs) / 1000);
        _properties.Clear().AddBlock(publish.Properties).Add(PropertyId.MessageExpiryInterval, (uint)Math.Max(1, left));
        return _properties.Written;
    }

    private static QualityOfService Lower(QualityOfService one, QualityOfService other) => one < other ? one : other;
}
