namespace CleanStreets.Mqtt.Listener;

/// <summary>What a listener has done since it started; every value but the first four only grows.</summary>
public sealed record MqttListenerCounters
{
    /// <summary>Connections open now.</summary>
    public long Connections { get; init; }

    /// <summary>Retained messages kept now.</summary>
    public long RetainedMessages { get; init; }

    /// <summary>Sessions now, with and without their clients.</summary>
    public long Sessions { get; init; }

    /// <summary>Connections that are not read now because their device has spent its budget.</summary>
    public long BudgetHeld { get; init; }

    /// <summary>Connections accepted.</summary>
    public long ConnectionsAccepted { get; init; }

    /// <summary>Connections cut because of what the peer sent or failed to send.</summary>
    public long ConnectionsCut { get; init; }

    /// <summary>The same by reason; only reasons that occurred. A packet above the maximum size, for example, is <see cref="MqttReasonCode.PacketTooLarge"/>.</summary>
    public IReadOnlyDictionary<MqttReasonCode, long> CutByReason { get; init; } = new Dictionary<MqttReasonCode, long>();

    /// <summary>TLS and WebSocket handshakes that did not come to an end, or were refused.</summary>
    public long HandshakesFailed { get; init; }

    /// <summary>Packets read from clients.</summary>
    public long PacketsReceived { get; init; }

    /// <summary>Packets written for clients.</summary>
    public long PacketsSent { get; init; }

    /// <summary>Bytes read from clients.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Bytes written for clients.</summary>
    public long BytesSent { get; init; }

    /// <summary>Publishes read from clients.</summary>
    public long PublishesReceived { get; init; }

    /// <summary>Publishes taken by the hook.</summary>
    public long PublishesTaken { get; init; }

    /// <summary>Publishes refused because their sender may not write to the topic.</summary>
    public long PublishesRefused { get; init; }

    /// <summary>Times the hook said Busy.</summary>
    public long HookBusy { get; init; }

    /// <summary>Messages written for subscribers.</summary>
    public long MessagesDelivered { get; init; }

    /// <summary>Messages dropped: QoS 0 for a subscriber that does not keep up, beyond the queue of an absent one, larger than a peer accepts,
    /// waiting in a session that may not read it any more or that is not handed over.</summary>
    public long MessagesDropped { get; init; }

    /// <summary>Times a connection was held because its device had spent its budget.</summary>
    public long BudgetHolds { get; init; }

    /// <summary>Bytes of the reads by which, or after which, a budget was spent: what came at the speed the budget allows.</summary>
    public long BudgetBytes { get; init; }

    /// <summary>Times the file of the state was begun anew with what is alive, the first time at the start.</summary>
    public long StateCompactions { get; init; }
}
