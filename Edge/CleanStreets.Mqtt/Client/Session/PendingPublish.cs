namespace CleanStreets.Mqtt.Client.Session;

/// <summary>One publish from the caller's hand to its acknowledgement; completes with the server's reason code.</summary>
/// <remarks>The fields below the state belong to the <see cref="SendWindow"/> and are guarded by its lock.</remarks>
internal sealed class PendingPublish(MqttMessage message, long queuedAt)
    : TaskCompletionSource<MqttReasonCode>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Abandoned = 2;

    private int _state = Waiting;

    public MqttMessage Message => message;

    /// <summary>Timestamp of the queueing, from which a message's expiry counts.</summary>
    public long QueuedAt => queuedAt;

    /// <summary>0 before it has one, and for QoS 0.</summary>
    public ushort PacketId { get; set; }

    /// <summary>Place in the order of first sending.</summary>
    public long Order { get; set; }

    /// <summary>Place in the order of the PUBRECs.</summary>
    public long ReleaseOrder { get; set; }

    /// <summary>Whether the server of this session may have seen it: then it is sent again with DUP.</summary>
    public bool WasSent { get; set; }

    /// <summary>PUBREC has come: only PUBREL may be sent from now on [MQTT-4.3.3-6].</summary>
    public bool IsReleased { get; set; }

    /// <summary>What PUBREC said.</summary>
    public MqttReasonCode ReceivedCode { get; set; }

    /// <summary>Taken for sending; false when the caller has given up before.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) == Waiting;

    /// <summary>The caller gives up; false when it is too late and the message is on its way.</summary>
    public bool TryAbandon() => Interlocked.CompareExchange(ref _state, Abandoned, Waiting) == Waiting;
}
