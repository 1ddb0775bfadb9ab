using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener;

/// <summary>The packet identifiers in use towards one client, and what they carry while the session lasts. Owned by the loop.</summary>
/// <remarks>Identifiers outlive a connection, the window does not: only what was sent on this connection counts against Receive Maximum (§4.9).</remarks>
internal sealed class InFlight
{
    private readonly Dictionary<ushort, Delivery> _deliveries = [];
    private Queue<ushort>? _again;
    private ushort _lastPacketId;
    private ulong _order;
    private int _onThisConnection;

    public int Count => _deliveries.Count;

    /// <summary>Most publishes without acknowledgement that this connection's client accepts [MQTT-3.3.4-9].</summary>
    public int Window { get; set; } = ushort.MaxValue - 1;

    public bool WindowIsFull => _onThisConnection >= Window || _deliveries.Count >= ushort.MaxValue - 1;

    /// <summary>Whether earlier deliveries still have to be sent again before new ones [MQTT-4.6.0-1].</summary>
    public bool HasAgain => _again is { Count: > 0 };

    /// <summary>All deliveries in the order in which they were first sent.</summary>
    public IEnumerable<KeyValuePair<ushort, Delivery>> InOrder => _deliveries.OrderBy(delivery => delivery.Value.Order);

    /// <summary>Takes a free packet identifier; there is one while the window is not full.</summary>
    public ushort Take(in Waiting what)
    {
        do
        {
            _lastPacketId = _lastPacketId == ushort.MaxValue ? (ushort)1 : (ushort)(_lastPacketId + 1);
        }
        while (!_deliveries.TryAdd(_lastPacketId, new Delivery(_order, what, IsReceived: false, OnThisConnection: true)));

        _order++;
        _onThisConnection++;
        return _lastPacketId;
    }

    /// <summary>Puts a delivery back as it was before a restart.</summary>
    public void Restore(ushort packetId, in Waiting what, bool isReceived)
    {
        _deliveries[packetId] = new Delivery(_order++, what, isReceived, OnThisConnection: false);
        _lastPacketId = packetId;
    }

    /// <summary>Writes every delivery down anew: <paramref name="queue"/> answers what it is now, <paramref name="sent"/> hears the rest.</summary>
    public void Renumber(Func<Waiting, Waiting> queue, Action<ushort, Delivery> sent)
    {
        foreach (var (packetId, delivery) in InOrder.ToArray())
        {
            var renumbered = delivery with { What = queue(delivery.What) };
            _deliveries[packetId] = renumbered;
            sent(packetId, renumbered);
        }
    }

    /// <summary>The peer has the message; false when the identifier is not in use.</summary>
    public bool Finish(ushort packetId, out Delivery delivery)
    {
        if (!_deliveries.Remove(packetId, out delivery))
        {
            return false;
        }

        _onThisConnection -= delivery.OnThisConnection ? 1 : 0;
        return true;
    }

    /// <summary>Whether <paramref name="type"/> is the acknowledgement that this identifier waits for; one that is not in use expects any.</summary>
    public bool Expects(ushort packetId, PacketType type) => !_deliveries.TryGetValue(packetId, out var delivery)
        || (delivery.What.QualityOfService == QualityOfService.AtLeastOnce ? type == PacketType.PubAck
            : type == PacketType.PubRec || (type == PacketType.PubComp && delivery.IsReceived));

    /// <summary>The peer has a QoS 2 message and waits for PUBREL.</summary>
    public void Received(ushort packetId, out Delivery delivery)
    {
        if (_deliveries.TryGetValue(packetId, out delivery))
        {
            _deliveries[packetId] = delivery with { IsReceived = true };
        }
    }

    /// <summary>A new connection: everything open is to be sent again, in the order of before.</summary>
    public void BeginAgain(int window)
    {
        Window = window;
        _onThisConnection = 0;
        _again = _deliveries.Count == 0 ? null : new Queue<ushort>(InOrder.Select(delivery => delivery.Key));
    }

    /// <summary>The next delivery to send again, if there is one and the window has room for it.</summary>
    public bool TryAgain(out ushort packetId, out Delivery delivery)
    {
        delivery = default;
        while (_again is not null && _again.TryPeek(out packetId))
        {
            if (!_deliveries.TryGetValue(packetId, out delivery))
            {
                _again.Dequeue(); // Acknowledged meanwhile.
                continue;
            }

            if (!delivery.IsReceived)
            {
                if (_onThisConnection >= Window)
                {
                    return false;
                }

                _onThisConnection++;
                _deliveries[packetId] = delivery with { OnThisConnection = true };
            }

            _again.Dequeue();
            return true;
        }

        packetId = 0;
        return false;
    }
}

/// <summary>One use of a packet identifier. The message is there only while the session lasts.</summary>
internal readonly record struct Delivery(ulong Order, Waiting What, bool IsReceived, bool OnThisConnection);
