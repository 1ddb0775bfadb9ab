namespace CleanStreets.Mqtt.Listener;

/// <summary>Takes publishes out of the listener without a copy and says later when each may be acknowledged.</summary>
/// <remarks>All members are called on the loop thread, one at a time: they must not block. What they throw cuts the connection, unacknowledged.</remarks>
public interface IPublishHook
{
    /// <summary>Whether this hook wants publishes on <paramref name="topic"/> (UTF-8, already validated).</summary>
    bool Claims(ReadOnlySpan<byte> topic);

    /// <summary>Hands over one claimed publish. Its spans are valid during the call only.</summary>
    /// <returns>Taken: will be acknowledged through <see cref="MqttListener.Acknowledge"/>. Busy: not taken; the listener keeps it, reads no
    /// further publishes and hands it over again after <see cref="MqttListener.ResumeReading"/>. Refused: acknowledged at once with that code.</returns>
    HookResult OnPublish(in BorrowedPublish publish, PublishToken token);

    /// <summary>Everything that was readable in this turn of the loop has been handed over; called only after turns with publishes.</summary>
    void OnTurnEnd();
}

/// <summary>A publish lent to the hook; nothing of it may be kept after the call.</summary>
public readonly ref struct BorrowedPublish
{
    /// <summary>The topic as UTF-8.</summary>
    public ReadOnlySpan<byte> Topic { get; init; }

    /// <summary>The payload.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>The content type as UTF-8; empty when not said.</summary>
    public ReadOnlySpan<byte> ContentType { get; init; }

    /// <summary>The quality of service it was sent with.</summary>
    public QualityOfService QualityOfService { get; init; }

    /// <summary>Whether the sender wishes it kept; a claimed publish is not kept unless RouteClaimed is set.</summary>
    public bool Retain { get; init; }

    /// <summary>The client identifier of the sender.</summary>
    public string ClientId { get; init; }
}

/// <summary>Names one publish that a hook has taken; safe to use after its connection has died. The default value names none.</summary>
public readonly record struct PublishToken
{
    internal PublishToken(int slot, uint generation, uint sequence) => (Slot, Generation, Sequence) = (slot, generation, sequence);

    internal int Slot { get; }

    /// <summary>Which user of the slot it was; 0 is nobody, so the default token is harmless.</summary>
    internal uint Generation { get; }

    /// <summary>The how-manieth taken or acknowledged publish of its connection.</summary>
    internal uint Sequence { get; }
}

/// <summary>What the hook did with a publish.</summary>
public readonly record struct HookResult
{
    private HookResult(HookDecision decision, MqttReasonCode code) => (Decision, Code) = (decision, code);

    /// <summary>The hook has taken it and will acknowledge it.</summary>
    public static HookResult Taken { get; } = new(HookDecision.Taken, MqttReasonCode.Success);

    /// <summary>The hook has no room: keep it and stop reading publishes until ResumeReading.</summary>
    public static HookResult Busy { get; } = new(HookDecision.Busy, MqttReasonCode.ServerBusy);

    /// <summary>Not wanted: 5.0 hears <paramref name="code"/>; 3.1.1, which cannot, a plain acknowledgement (3.1.1 §3.3.5).</summary>
    public static HookResult Refused(MqttReasonCode code) => new(HookDecision.Refused, code);

    internal HookDecision Decision { get; }

    internal MqttReasonCode Code { get; }
}

internal enum HookDecision : byte
{
    Taken,
    Busy,
    Refused,
}
