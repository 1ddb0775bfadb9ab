using CleanStreets.Mqtt.Client.Session;

namespace CleanStreets.Mqtt.Client;

/// <summary>A message as it was received, with the right to acknowledge it.</summary>
public sealed class MqttReceived
{
    private const int NotYet = -1;

    private AcknowledgementOrder? _order;
    private uint _place;
    private int _code = NotYet;

    internal MqttReceived(MqttMessage message, ushort packetId, bool isDuplicate) =>
        (Message, PacketId, IsDuplicate) = (message, packetId, isDuplicate);

    /// <summary>The message.</summary>
    public MqttMessage Message { get; }

    /// <summary>Whether the server says that it may have sent it before (never with QoS 2, which arrives once while the session lasts).</summary>
    public bool IsDuplicate { get; }

    internal ushort PacketId { get; }

    internal bool IsAcknowledged => Volatile.Read(ref _code) != NotYet;

    /// <summary>Refused by us: the identifier is free again, and a message that carries it is a new one [MQTT-4.3.3-9].</summary>
    internal bool IsRefused => Volatile.Read(ref _code) is var code && code != NotYet && ((MqttReasonCode)code).IsFailure();

    /// <summary>Allows the acknowledgement. From any thread and in any order; it is sent when all earlier messages of the link are acknowledged too.</summary>
    /// <remarks>
    /// Only the first call counts. When the link has ended meanwhile, a message of QoS 1 comes again if the server keeps the session; one of
    /// QoS 2 does not come again, and its acknowledgement travels over the next link. QoS 0 has no acknowledgement: nothing happens.
    /// </remarks>
    /// <param name="code">Success, or a failure that a 5.0 server is told (3.1.1 has no word for it and hears a plain acknowledgement).</param>
    public void Acknowledge(MqttReasonCode code = MqttReasonCode.Success)
    {
        if (Interlocked.CompareExchange(ref _code, (int)code, NotYet) == NotYet)
        {
            Volatile.Read(ref _order)?.Complete(_place, code);
        }
    }

    internal bool IsOn(AcknowledgementOrder order) => ReferenceEquals(Volatile.Read(ref _order), order);

    /// <summary>Takes its place among what a link has received. Place before order: whoever reads the order reads its place too.</summary>
    internal void Join(AcknowledgementOrder order)
    {
        _place = order.Add(PacketId, Message.QualityOfService);
        Interlocked.Exchange(ref _order, order);
        if (Volatile.Read(ref _code) is var code && code != NotYet)
        {
            order.Complete(_place, (MqttReasonCode)code); // Acknowledged before it had a place on this link.
        }
    }
}
