using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener;

/// <summary>Answers SUBSCRIBE and UNSUBSCRIBE, one code per filter.</summary>
internal sealed class SubscribeHandler(LoopState state, Router router, Deliverer deliverer)
{
    /// <summary>Most levels of a filter below its first: far beyond any use, and it bounds how deep a lookup can go. As many as Mosquitto takes.</summary>
    private const int MaxLevels = 200;

    /// <summary>So many messages may wait for a client that subscribes again, at the least; otherwise twice what is retained.</summary>
    private const int LeastWaiting = 1000;

    /// <summary>Bytes of one client's filters together: a thousand of the longest would be sixty megabytes.</summary>
    private const int MaxFilterBytes = 1024 * 1024;

    private readonly List<byte> _codes = [];

    public WireFault Subscribe(Connection connection, ReadOnlySpan<byte> body)
    {
        var fault = SubscribePacket.Read(connection.Version, PacketType.Subscribe, body, out var packet);
        if (fault.IsFault)
        {
            return fault;
        }

        var session = connection.Session!;
        var identifier = packet.Properties.Number(PropertyId.SubscriptionIdentifier);
        _codes.Clear();
        while (packet.MoveNext())
        {
            var code = Judge(session, packet.Filter, packet.Options);
            _codes.Add((byte)code);
            if (!code.IsFailure())
            {
                router.Subscribe(new Subscription(session, packet.Filter.ToArray(), packet.Options, identifier));
            }
        }

        Answer(connection, PacketType.SubAck, packet.PacketId);
        deliverer.Pump(session); // Retained messages, after the SUBACK.
        return default;
    }

    public WireFault Unsubscribe(Connection connection, ReadOnlySpan<byte> body)
    {
        var fault = SubscribePacket.Read(connection.Version, PacketType.Unsubscribe, body, out var packet);
        if (fault.IsFault)
        {
            return fault;
        }

        _codes.Clear();
        while (packet.MoveNext())
        {
            var existed = router.Unsubscribe(connection.Session!, packet.Filter);
            _codes.Add((byte)(existed ? MqttReasonCode.Success : MqttReasonCode.NoSubscriptionExisted));
        }

        Answer(connection, PacketType.UnsubAck, packet.PacketId);
        return default;
    }

    private MqttReasonCode Judge(Session session, ReadOnlySpan<byte> filter, SubscriptionOptions options)
    {
        var isShared = MqttText.IsShared(filter);
        if (MqttText.IsMisshapedShare(filter) || filter.Count((byte)'/') > MaxLevels)
        {
            return MqttReasonCode.TopicFilterInvalid;
        }

        if (session.Rights is { } rights && !rights.MaySubscribe(filter[(isShared ? MqttText.ShareNameEnd(filter) + 1 : 0)..]))
        {
            SayRefused(session, filter);
            return MqttReasonCode.NotAuthorized;
        }

        // Retained messages are sent whole, whatever waits already; a client that asks for them over and over without reading would grow us.
        if (session.Outbox.Count > Math.Max(LeastWaiting, 2 * state.Tally.Retained))
        {
            return MqttReasonCode.QuotaExceeded;
        }

        var isNew = !session.Subscriptions.GetAlternateLookup<ReadOnlySpan<byte>>().ContainsKey(filter);
        var isTooMuch = session.Subscriptions.Count >= state.Options.MaxSubscriptionsPerClient
            || (filter.Length > MaxFilterBytes / state.Options.MaxSubscriptionsPerClient && session.Subscriptions.Keys.Sum(known => known.Length) + filter.Length > MaxFilterBytes);
        return isNew && isTooMuch
            ? MqttReasonCode.QuotaExceeded
            : (MqttReasonCode)options.QualityOfService;
    }

    private void SayRefused(Session session, ReadOnlySpan<byte> filter)
    {
        if (session.Connection is { IsRefusalSaid: false } connection)
        {
            connection.IsRefusalSaid = true;
            ListenerLog.SubscribeRefused(state.Logger, session.ClientId, System.Text.Encoding.UTF8.GetString(filter));
        }
    }

    private void Answer(Connection connection, PacketType type, ushort packetId)
    {
        if (SubAckPacket.Size(connection.Version, type, _codes.Count) > connection.PeerMaximumPacketSize)
        {
            state.Cut(connection, new WireFault(MqttReasonCode.PacketTooLarge, "[MQTT-3.1.2-24] the client does not accept packets as large as the answer"));
            return;
        }

        SubAckPacket.Write(connection.Output, connection.Version, type, packetId, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_codes));
        state.Tally.PacketsSent++;
        state.MarkDirty(connection);
    }
}
