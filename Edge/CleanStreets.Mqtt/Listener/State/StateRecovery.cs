using System.Text;
using CleanStreets.Mqtt.Flow;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener.State;

/// <summary>Reads a log back: what the listener knew when its last record was written.</summary>
internal sealed class StateRecovery(LoopState state)
{
    private readonly Dictionary<long, StoredMessage> _messages = [];
    private readonly Dictionary<byte[], StoredMessage> _retained = new(Utf8Key.Comparer);
    private readonly Dictionary<long, Recovered> _sessions = [];

    /// <summary>Gives what was read to those who keep it.</summary>
    public void Restore(SessionTable sessions, Router router)
    {
        foreach (var message in _retained.Values)
        {
            router.Retained.Set(message);
        }

        foreach (var recovered in _sessions.Values)
        {
            var session = recovered.Session;
            if (!session.Lasts)
            {
                continue; // It ended with the process.
            }

            foreach (var subscription in recovered.Subscriptions.Values)
            {
                router.Add(subscription);
            }

            foreach (var entry in recovered.Entries.Values.OrderBy(entry => entry.What.Entry))
            {
                session.QueuedBytes += entry.What.CountedBytes;
                if (entry.PacketId == 0)
                {
                    session.Outbox.Enqueue(entry.What);
                }
                else
                {
                    session.InFlight.Restore(entry.PacketId, entry.What, entry.IsReceived);
                }
            }

            sessions.Set(session);
        }

        state.Tally.Retained = router.Retained.Count;
        state.Tally.Sessions = sessions.Count;
    }

    /// <summary>Takes the record that the reader stands on.</summary>
    public void Apply(ref RecordReader reader)
    {
        switch (reader.Kind)
        {
            case RecordKind.Message:
                ReadMessage(ref reader);
                break;
            case RecordKind.Retain:
                var retained = _messages[reader.Int64()];
                _retained[retained.Topic] = retained;
                break;
            case RecordKind.ClearRetained:
                _retained.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(reader.Bytes());
                break;
            case RecordKind.Session:
                ReadSession(ref reader);
                break;
            case RecordKind.EndSession:
                _sessions.Remove(reader.Int64());
                break;
            default:
                if (_sessions.TryGetValue(reader.Int64(), out var session))
                {
                    Apply(session, ref reader);
                }

                break;
        }
    }

    private void Apply(Recovered of, ref RecordReader reader)
    {
        switch (reader.Kind)
        {
            case RecordKind.Subscribe:
                var filter = reader.Bytes().ToArray();
                of.Subscriptions[filter] = new Subscription(of.Session, filter, new SubscriptionOptions(reader.Byte()), reader.UInt32());
                break;
            case RecordKind.Unsubscribe:
                of.Subscriptions.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(reader.Bytes());
                break;
            case RecordKind.Queue:
                ReadQueued(of, ref reader);
                break;
            case RecordKind.Sent:
                var sent = reader.Int64();
                var packetId = reader.UInt16();
                of.Change(sent, entry => entry with { PacketId = packetId });
                break;
            case RecordKind.Received:
                of.Change(reader.Int64(), entry => entry with { IsReceived = true });
                break;
            case RecordKind.Finish:
                of.Entries.Remove(reader.Int64());
                break;
            case RecordKind.AwaitRelease:
                (of.Session.AwaitingRelease ??= [])[reader.UInt16()] = true;
                break;
            case RecordKind.Release:
                of.Session.AwaitingRelease?.Remove(reader.UInt16());
                break;
        }
    }

    private void ReadMessage(ref RecordReader reader)
    {
        var number = reader.Int64();
        _messages[number] = new StoredMessage
        {
            Topic = reader.Bytes().ToArray(),
            Payload = reader.Bytes().ToArray(),
            Properties = reader.Bytes().ToArray(),
            QualityOfService = (QualityOfService)reader.Byte(),
            Retain = reader.Byte() != 0,
            ExpirySeconds = reader.UInt32(),
            ArrivedAtMs = reader.Int64() - state.UtcOffsetMs,
        };
    }

    private void ReadSession(ref RecordReader reader)
    {
        var number = reader.Int64();
        var clientId = Encoding.UTF8.GetString(reader.Bytes());
        if (!_sessions.TryGetValue(number, out var recovered))
        {
            _sessions[number] = recovered = new Recovered(new Session(clientId, state.Stored));
        }

        var session = recovered.Session;
        session.ExpirySeconds = reader.UInt32();
        var endsAt = reader.Int64();

        var userName = reader.HasMore ? reader.Byte() : 0;
        session.IsUserNameKnown = userName != 0;
        session.UserName = userName == 2 ? Encoding.UTF8.GetString(reader.Bytes()) : null;

        // A client that was there when the listener died has been away since now.
        session.ExpiresAtMs = session.ExpirySeconds == StoredMessage.Never || endsAt == long.MaxValue ? long.MaxValue
            : endsAt == 0 ? state.NowMs + (session.ExpirySeconds * 1000L) : endsAt - state.UtcOffsetMs;
    }

    private void ReadQueued(Recovered of, ref RecordReader reader)
    {
        var entry = reader.Int64();
        var message = _messages[reader.Int64()];
        var qualityOfService = (QualityOfService)reader.Byte();
        var retain = reader.Byte() != 0;
        var counted = (int)reader.UInt32();
        var identifiers = new uint[reader.UInt16()];
        for (var i = 0; i < identifiers.Length; i++)
        {
            identifiers[i] = reader.UInt32();
        }

        of.Entries[entry] = new Entry(
            new Waiting(message, qualityOfService, retain, counted, identifiers.Length == 0 ? null : identifiers, entry), PacketId: 0, IsReceived: false);
    }

    private sealed record Entry(Waiting What, ushort PacketId, bool IsReceived);

    private sealed class Recovered(Session session)
    {
        public Session Session => session;

        public Dictionary<byte[], Subscription> Subscriptions { get; } = new(Utf8Key.Comparer);

        public Dictionary<long, Entry> Entries { get; } = [];

        public void Change(long entry, Func<Entry, Entry> change)
        {
            if (Entries.TryGetValue(entry, out var known))
            {
                Entries[entry] = change(known);
            }
        }
    }
}
