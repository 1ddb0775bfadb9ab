namespace CleanStreets.Mqtt.Listener;

/// <summary>What the server remembers of one client: its subscriptions and what is on its way to it.</summary>
/// <remarks>Sessions end with their connection for now; keeping the two apart is what lets them live longer later. Owned by the loop.</remarks>
internal sealed class Session(string clientId, Connection connection, int window)
{
    private readonly Dictionary<ushort, bool> _inFlight = [];
    private ushort _lastPacketId;

    public string ClientId => clientId;

    public Connection Connection => connection;

    public Dictionary<byte[], Subscription> Subscriptions { get; } = new(Utf8Key.Comparer);

    /// <summary>Messages that wait until the peer has read or acknowledged earlier ones, in order.</summary>
    public Queue<Waiting> Outbox { get; } = new();

    /// <summary>Bytes of live messages in <see cref="Outbox"/>.</summary>
    public long OutboxBytes { get; set; }

    /// <summary>The last routing in which this session was found, so that overlapping subscriptions deliver once.</summary>
    public ulong RoutedIn { get; set; }

    public Subscription? RoutedBy { get; set; }

    public bool WindowIsFull => _inFlight.Count >= window;

    /// <summary>Takes a free packet identifier; there is one because the window is smaller than their number.</summary>
    public ushort TakePacketId()
    {
        do
        {
            _lastPacketId = _lastPacketId == ushort.MaxValue ? (ushort)1 : (ushort)(_lastPacketId + 1);
        }
        while (!_inFlight.TryAdd(_lastPacketId, value: false));

        return _lastPacketId;
    }

    /// <summary>The peer has the message; false when the identifier is not in use.</summary>
    public bool Finish(ushort packetId) => _inFlight.Remove(packetId);

    /// <summary>The peer has a QoS 2 message and waits for PUBREL; false when the identifier is not in use.</summary>
    public bool Received(ushort packetId)
    {
        if (!_inFlight.ContainsKey(packetId))
        {
            return false;
        }

        _inFlight[packetId] = true;
        return true;
    }

    /// <summary>A message in the outbox; <paramref name="CountedBytes"/> is 0 for retained ones, which the store holds anyway.</summary>
    public readonly record struct Waiting(StoredMessage Message, QualityOfService QualityOfService, bool Retain, int CountedBytes);
}
