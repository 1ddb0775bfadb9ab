using System.Runtime.InteropServices;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener;

/// <summary>Knows who wants what: subscriptions and retained messages. Owned by the loop.</summary>
internal sealed class Router(LoopState state, Deliverer deliverer)
{
    private readonly SubscriptionTree _tree = new();
    private readonly RetainedStore _retained = new(state.Options.MaxRetainedMessages, state.Stored);
    private readonly Matches _matches = new();
    private readonly List<Session> _targets = [];
    private readonly List<StoredMessage> _found = [];
    private readonly RetainedStore _own = new(int.MaxValue, state.Stored);
    private ulong _routing;

    public RetainedStore Retained => _retained;

    /// <summary>Keeps the message if it says so and sends it to everybody who subscribes. Answers what the publisher is told.</summary>
    public MqttReasonCode Publish(ref RoutedPublish publish, Session? from, bool isHost = false)
    {
        if (publish.Retain)
        {
            if (publish.Payload.IsEmpty)
            {
                if (_retained.Clear(publish.Topic))
                {
                    state.Log?.ClearRetained(publish.Topic);
                }
            }
            else if (_retained.HasRoomFor(publish.Store(), isHost))
            {
                _retained.Set(publish.Store());
                state.Log?.Retain(publish.Store());
            }
            else
            {
                return MqttReasonCode.QuotaExceeded;
            }

            state.Tally.Retained = _retained.Count;
        }

        return Route(ref publish, from) ? MqttReasonCode.Success : MqttReasonCode.NoMatchingSubscribers;
    }

    /// <summary>Keeps and sends a message of the listener itself, on a topic that begins with $ and that no client can write.</summary>
    public void PublishOwn(StoredMessage message)
    {
        _own.Set(message);
        var publish = RoutedPublish.Of(message);
        Route(ref publish, from: null);
    }

    /// <summary>Adds or replaces a subscription; the retained messages it calls for wait in the outbox until they are pumped.</summary>
    public void Subscribe(Subscription subscription)
    {
        var isNew = Add(subscription);
        if (subscription.Session.Lasts)
        {
            state.Log?.Subscribe(subscription);
        }

        var handling = subscription.Options.RetainHandling;
        if (subscription.IsShared || (handling != 0 && !(handling == 1 && isNew)))
        {
            return; // Shared subscriptions get no retained messages (§4.8.2).
        }

        _found.Clear();
        (subscription.Filter[0] == '$' ? _own : _retained).Find(subscription.Filter, state.NowMs, _found); // A leading wildcard does not reach $ [MQTT-4.7.2-1].
        state.Tally.Retained = _retained.Count;
        uint[]? identifiers = subscription.Identifier == 0 ? null : [subscription.Identifier];
        foreach (var message in _found)
        {
            if (!subscription.Session.MayHear(message.Topic))
            {
                continue;
            }

            var qualityOfService = Lower(message.QualityOfService, subscription.Options.QualityOfService);
            deliverer.Enqueue(subscription.Session, new Waiting(message, qualityOfService, Retain: true, CountedBytes: 0, identifiers));
        }
    }

    /// <summary>Adds or replaces a subscription and nothing else; answers whether it is new.</summary>
    public bool Add(Subscription subscription)
    {
        var session = subscription.Session;
        var isNew = !session.Subscriptions.ContainsKey(subscription.Filter);
        session.Subscriptions[subscription.Filter] = subscription;
        _tree.Add(subscription);
        Count(subscription, isNew ? 1 : 0);
        return isNew;
    }

    public bool Unsubscribe(Session session, ReadOnlySpan<byte> filter)
    {
        if (!session.Subscriptions.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(filter, out _, out var subscription))
        {
            return false;
        }

        _tree.Remove(subscription);
        Count(subscription, -1);
        if (session.Lasts)
        {
            state.Log?.Unsubscribe(session, filter);
        }

        return true;
    }

    public void Forget(Session session)
    {
        foreach (var subscription in session.Subscriptions.Values)
        {
            _tree.Remove(subscription);
            Count(subscription, -1);
        }

        session.Subscriptions.Clear();
        session.Outbox.Clear();
        session.QueuedBytes = 0;
    }

    private void Count(Subscription subscription, int change)
    {
        state.Tally.Subscriptions += change;
        state.Tally.SharedSubscriptions += subscription.IsShared ? change : 0;
    }

    /// <summary>Answers whether anybody subscribes to the topic.</summary>
    private bool Route(ref RoutedPublish publish, Session? from)
    {
        _matches.Clear();
        _tree.Match(publish.Topic, _matches);
        CollectTargets(from);
        foreach (var session in _targets)
        {
            var identifiers = session.RoutedIdentifiers is { Count: > 0 } several ? CollectionsMarshal.AsSpan(several) : default;
            Deliver(session, session.RoutedBy!.Options, identifiers, ref publish);
        }

        foreach (var group in _matches.Groups)
        {
            if (group.Choose(publish.Topic) is { } member)
            {
                ReadOnlySpan<uint> identifier = member.Identifier == 0 ? [] : [member.Identifier];
                Deliver(member.Session, member.Options, identifier, ref publish);
            }
        }

        return _matches.Subscriptions.Count > 0 || _matches.Groups.Count > 0;
    }

    private void Deliver(Session session, SubscriptionOptions options, scoped ReadOnlySpan<uint> identifiers, ref RoutedPublish publish) =>
        deliverer.Deliver(
            session, ref publish, Lower(publish.QualityOfService, options.QualityOfService), options.RetainAsPublished && publish.Retain, identifiers);

    /// <summary>Each session once, by its matching subscription of the highest QoS [MQTT-3.3.4-2], with the identifiers of all [MQTT-3.3.4-4].</summary>
    private void CollectTargets(Session? from)
    {
        _targets.Clear();
        _routing++;
        foreach (var match in _matches.Subscriptions)
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
                session.RoutedIdentifiers?.Clear();
                _targets.Add(session);
            }
            else if (match.Options.QualityOfService > session.RoutedBy!.Options.QualityOfService)
            {
                session.RoutedBy = match;
            }

            if (match.Identifier != 0)
            {
                (session.RoutedIdentifiers ??= []).Add(match.Identifier);
            }
        }
    }

    private static QualityOfService Lower(QualityOfService one, QualityOfService other) => one < other ? one : other;
}
