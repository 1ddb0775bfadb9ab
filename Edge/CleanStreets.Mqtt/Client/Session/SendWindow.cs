using System.Threading.Channels;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Client.Session;

/// <summary>The publishes of QoS 1 and 2 that are sent and not yet acknowledged. Outlives links; bounded by its size and by each server's Receive Maximum.</summary>
/// <remarks>The writing loop takes, the reading loop acknowledges: a short lock stands between them.</remarks>
internal sealed class SendWindow
{
    private readonly Lock _lock = new();
    private readonly PendingPublish?[] _open;
    private readonly Queue<ushort> _free = new();
    private readonly Queue<PendingPublish> _again = new();
    private int _quota;
    private int _quotaLimit;
    private long _order;

    public SendWindow(int size)
    {
        _open = new PendingPublish?[size + 1];
        for (var id = 1; id <= size; id++)
        {
            _free.Enqueue((ushort)id);
        }
    }

    /// <summary>
    /// A link begins. With the session all that is open goes again: PUBREL first, in the order of the PUBRECs, which are answered here, then
    /// PUBLISH in the order of first sending [MQTT-4.4.0-1] [MQTT-4.6.0-1] [MQTT-4.6.0-4]. Without it everything that somebody still waits for
    /// goes anew, and the rest is forgotten.
    /// </summary>
    /// <remarks>The quota starts afresh with each link (§4.9).</remarks>
    public ushort[] Begin(int receiveMaximum, bool sessionPresent)
    {
        lock (_lock)
        {
            _quota = _quotaLimit = Math.Min(_open.Length - 1, receiveMaximum);
            _again.Clear();
            var open = _open.OfType<PendingPublish>().OrderBy(publish => publish.Order).ToArray();
            foreach (var publish in sessionPresent ? [] : open)
            {
                publish.WasSent = publish.IsReleased = false;
                if (publish.Task.IsCompleted)
                {
                    Close(publish);
                }
            }

            foreach (var publish in open.Where(publish => IsOpen(publish) && !publish.IsReleased))
            {
                _again.Enqueue(publish);
            }

            return [.. open.Where(publish => publish.IsReleased).OrderBy(publish => publish.ReleaseOrder).Select(publish => publish.PacketId)];
        }
    }

    /// <summary>Publishes that are open.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _open.Length - 1 - _free.Count;
            }
        }
    }

    /// <summary>The next publish to send: first those that go again, then the queue, in order. False when there is none or no room.</summary>
    public bool TryNext(ChannelReader<PendingPublish> queue, out PendingPublish next)
    {
        lock (_lock)
        {
            while (_again.TryPeek(out next!))
            {
                if (_quota == 0)
                {
                    return false;
                }

                _again.Dequeue();
                if (IsOpen(next))
                {
                    _quota--;
                    return true;
                }
            }

            while (queue.TryPeek(out next!))
            {
                var identified = next.Message.QualityOfService != QualityOfService.AtMostOnce;
                if (identified && (_quota == 0 || _free.Count == 0))
                {
                    return false;
                }

                queue.TryRead(out _);
                if (next.TryTake())
                {
                    Open(next, identified);
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The server has answered a publish. An answer to an identifier that is not open changes nothing.</summary>
    /// <param name="type">PUBACK, PUBREC or PUBCOMP.</param>
    /// <param name="id">The packet identifier.</param>
    /// <param name="code">The reason code of the answer.</param>
    /// <param name="release">With what PUBREL is to be answered, if at all: PUBREC is, even to an identifier that is not known.</param>
    public WireFault Acknowledged(PacketType type, ushort id, MqttReasonCode code, out MqttReasonCode? release)
    {
        lock (_lock)
        {
            release = null;
            if (id >= _open.Length || _open[id] is not { } publish)
            {
                release = type == PacketType.PubRec && !code.IsFailure() ? MqttReasonCode.PacketIdentifierNotFound : null;
                return default;
            }

            // PUBACK to QoS 2 is a fault too, but RabbitMQ 3 says it to everybody, and does have the message: QoS 1 is what one gets there.
            if (type != PacketType.PubAck && publish.Message.QualityOfService != QualityOfService.ExactlyOnce)
            {
                return WireFault.Protocol("[MQTT-4.3.2-3] an acknowledgement of another quality of service");
            }

            if (type == PacketType.PubRec && !code.IsFailure())
            {
                publish.ReleaseOrder = publish.IsReleased ? publish.ReleaseOrder : ++_order;
                publish.IsReleased = true;
                publish.ReceivedCode = code;
                release = MqttReasonCode.Success;
                return default;
            }

            Close(publish);
            _quota = Math.Min(_quota + 1, _quotaLimit);
            publish.TrySetResult(type == PacketType.PubComp ? publish.ReceivedCode : code);
            return default;
        }
    }

    /// <summary>A publish that was taken is not sent after all.</summary>
    public void Withdraw(PendingPublish publish)
    {
        lock (_lock)
        {
            if (IsOpen(publish))
            {
                Close(publish);
                _quota = Math.Min(_quota + 1, _quotaLimit);
            }
        }
    }

    /// <summary>Tells everybody who waits that the link has ended. The protocol's half is kept: a session that goes on needs it.</summary>
    public void Fail(MqttLinkLostException lost)
    {
        lock (_lock)
        {
            foreach (var publish in _open)
            {
                publish?.TrySetException(lost);
            }
        }
    }

    private void Open(PendingPublish publish, bool identified)
    {
        if (identified)
        {
            _quota--;
            publish.PacketId = _free.Dequeue();
            publish.Order = ++_order;
            _open[publish.PacketId] = publish;
        }
    }

    private bool IsOpen(PendingPublish publish) => publish.PacketId != 0 && ReferenceEquals(_open[publish.PacketId], publish);

    private void Close(PendingPublish publish)
    {
        _open[publish.PacketId] = null;
        _free.Enqueue(publish.PacketId);
    }
}
