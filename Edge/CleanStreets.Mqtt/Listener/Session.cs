using CleanStreets.Mqtt.Flow;

namespace CleanStreets.Mqtt.Listener;

/// <summary>What the server remembers of one client: its subscriptions, what waits for it and what is on its way. Owned by the loop.</summary>
/// <remarks>
/// A session without expiry ends with its connection. One that lasts keeps QoS 1 and 2 messages while its client is away, and those sent and
/// not acknowledged, so that they can be sent again with DUP [MQTT-4.4.0-1].
/// </remarks>
internal sealed class Session(string clientId, StoredBytes stored)
{
    private (StoredMessage Message, long DueAtMs)? _delayedWill;
    private long _queuedBytes;

    public string ClientId => clientId;

    /// <summary>Its number in the state log; 0: not written there.</summary>
    public long Number { get; set; }

    /// <summary>The connection that speaks for it now; null while the client is away.</summary>
    public Connection? Connection { get; set; }

    /// <summary>Seconds it outlives its connection; <see cref="StoredMessage.Never"/>: for ever.</summary>
    public uint ExpirySeconds { get; set; }

    /// <summary>The user name it was made under, as access rules see it; null: none.</summary>
    public string? UserName { get; set; }

    /// <summary>Whether <see cref="UserName"/> is known; not in sessions that an earlier version has written down.</summary>
    public bool IsUserNameKnown { get; set; } = true;

    /// <summary>Who its client is by the certificate it has shown last; null: none. Not written down.</summary>
    public Access.CertificateIdentity? Certificate { get; set; }

    /// <summary>What its client may do; null: everything.</summary>
    public Access.Rights? Rights { get; set; }

    /// <summary>Whether a message on the topic, which one of its subscriptions calls for, may be sent to it: not where a rule denies a topic inside a filter.</summary>
    public bool MayHear(ReadOnlySpan<byte> topic) => Rights is not { HasDenials: true } rights || rights.MayRead(topic);

    public bool Lasts => ExpirySeconds > 0;

    /// <summary>When it ends, in milliseconds of the loop's clock; meant only while the client is away.</summary>
    public long ExpiresAtMs { get; set; } = long.MaxValue;

    /// <summary>A last will that waits for its delay, and when that is over [MQTT-3.1.3-9].</summary>
    public (StoredMessage Message, long DueAtMs)? DelayedWill
    {
        get => _delayedWill;
        set
        {
            stored.Replace(_delayedWill?.Message, value?.Message);
            _delayedWill = value;
        }
    }

    public Dictionary<byte[], Subscription> Subscriptions { get; } = new(Utf8Key.Comparer);

    /// <summary>Messages that wait until the peer is there and has read or acknowledged earlier ones, in order.</summary>
    public Queue<Waiting> Outbox { get; private set; } = new();

    /// <summary>What has been sent and not been acknowledged.</summary>
    public InFlight InFlight { get; } = new();

    /// <summary>Bytes of live messages in <see cref="Outbox"/> and <see cref="InFlight"/>.</summary>
    public long QueuedBytes
    {
        get => _queuedBytes;
        set
        {
            stored.Change(value - _queuedBytes);
            _queuedBytes = value;
        }
    }

    /// <summary>Whether messages are being dropped because the queue is full; said once an episode.</summary>
    public bool IsDropping { get; set; }

    /// <summary>Whether the log has said that it may no longer read what waits for it; once for each time it is judged.</summary>
    public bool IsUnreadableSaid { get; set; }

    /// <summary>
    /// Packet identifiers of the client's own QoS 2 publishes between PUBLISH and PUBREL, and whether the state log has them: not those of
    /// publishes that the hook has taken. Made when first needed.
    /// </summary>
    public Dictionary<ushort, bool>? AwaitingRelease { get; set; }

    /// <summary>The last routing in which this session was found, so that overlapping subscriptions deliver once.</summary>
    public ulong RoutedIn { get; set; }

    public Subscription? RoutedBy { get; set; }

    /// <summary>Identifiers of all subscriptions that found this session in the current routing.</summary>
    public List<uint>? RoutedIdentifiers { get; set; }

    /// <summary>The client is gone: QoS 0 does not wait for it, and what was on its way is to be sent again.</summary>
    public void GoOffline(long nowMs)
    {
        Connection = null;
        ExpiresAtMs = ExpirySeconds == StoredMessage.Never ? long.MaxValue : nowMs + (ExpirySeconds * 1000L);
        var lasting = new Queue<Waiting>();
        foreach (var waiting in Outbox)
        {
            if (waiting.QualityOfService != QualityOfService.AtMostOnce)
            {
                lasting.Enqueue(waiting);
            }
            else
            {
                QueuedBytes -= waiting.CountedBytes;
            }
        }

        Outbox = lasting;
    }
}

/// <summary>A message for one session; <paramref name="CountedBytes"/> is 0 for retained ones, which the store holds anyway; <paramref name="Entry"/>
/// is its number in the state log.</summary>
internal readonly record struct Waiting(
    StoredMessage Message, QualityOfService QualityOfService, bool Retain, int CountedBytes, uint[]? SubscriptionIdentifiers, long Entry = 0);
