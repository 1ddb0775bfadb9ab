using System.Buffers;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Flow;

/// <summary>The publishes of one connection in order of arrival; acknowledgements may be allowed in any order and leave in this one [MQTT-4.6.0-2].</summary>
/// <remarks>A ring that grows to what was ever open at once. A QoS 0 publish that the hook has taken stands here too, for its bytes, and says nothing.</remarks>
internal sealed class AcknowledgementQueue
{
    private Entry[] _ring = [];
    private uint _head;
    private uint _tail;

    /// <summary>The number that the next added publish gets.</summary>
    public uint NextSequence => _tail;

    /// <summary>Open QoS 1 publishes; those of QoS 2 stay open until PUBREL and are counted elsewhere.</summary>
    public int Identified { get; private set; }

    /// <summary>Bytes of the publishes not yet allowed to be acknowledged.</summary>
    public long OpenBytes { get; private set; }

    public bool IsEmpty => _head == _tail;

    public void Add(ushort packetId, QualityOfService qualityOfService, int bytes)
    {
        if (_tail - _head == (uint)_ring.Length)
        {
            Grow();
        }

        _ring[_tail++ & (uint)(_ring.Length - 1)] = new Entry { PacketId = packetId, QualityOfService = qualityOfService, Bytes = bytes };
        OpenBytes += bytes;
        Identified += qualityOfService == QualityOfService.AtLeastOnce ? 1 : 0;
    }

    /// <summary>Takes the newest back: it was not taken after all.</summary>
    public void RemoveNewest()
    {
        ref var entry = ref _ring[--_tail & (uint)(_ring.Length - 1)];
        OpenBytes -= entry.Done ? 0 : entry.Bytes;
        Identified -= entry.QualityOfService == QualityOfService.AtLeastOnce ? 1 : 0;
    }

    /// <summary>Allows one acknowledgement; a number that is not open (acknowledged twice, or never given) changes nothing.</summary>
    /// <returns>The packet identifier of a QoS 2 publish that is refused with this: a PUBREC with a failure ends its use (5.0 §4.3.3). Otherwise 0.</returns>
    public ushort Complete(uint sequence, MqttReasonCode code)
    {
        if (sequence - _head >= _tail - _head)
        {
            return 0;
        }

        ref var entry = ref _ring[sequence & (uint)(_ring.Length - 1)];
        if (entry.Done)
        {
            return 0;
        }

        entry.Done = true;
        entry.Code = code;
        OpenBytes -= entry.Bytes;
        return entry.QualityOfService == QualityOfService.ExactlyOnce && code.IsFailure() ? entry.PacketId : (ushort)0;
    }

    /// <summary>Writes every acknowledgement that may leave now and answers how many packets that were.</summary>
    public int Flush(IBufferWriter<byte> output, MqttProtocolVersion version)
    {
        var written = 0;
        while (_head != _tail)
        {
            ref var entry = ref _ring[_head & (uint)(_ring.Length - 1)];
            if (!entry.Done)
            {
                break;
            }

            _head++;
            if (entry.PacketId != 0)
            {
                var type = entry.QualityOfService == QualityOfService.ExactlyOnce ? PacketType.PubRec : PacketType.PubAck;
                AckPacket.Write(output, version, type, entry.PacketId, entry.Code);
                Identified -= entry.QualityOfService == QualityOfService.AtLeastOnce ? 1 : 0;
                written++;
            }
        }

        return written;
    }

    /// <summary>The connection ends: QoS 2 publishes that were never allowed to be acknowledged count as never received.</summary>
    public void ForgetUnfinished(Dictionary<ushort, bool> awaitingRelease)
    {
        for (var i = _head; i != _tail; i++)
        {
            ref var entry = ref _ring[i & (uint)(_ring.Length - 1)];
            if (!entry.Done && entry.QualityOfService == QualityOfService.ExactlyOnce)
            {
                awaitingRelease.Remove(entry.PacketId);
            }
        }
    }

    private void Grow()
    {
        var larger = new Entry[Math.Max(8, _ring.Length * 2)];
        for (var i = _head; i != _tail; i++)
        {
            larger[i & (uint)(larger.Length - 1)] = _ring[i & (uint)(_ring.Length - 1)];
        }

        _ring = larger;
    }

    private struct Entry
    {
        public ushort PacketId;
        public QualityOfService QualityOfService;
        public bool Done;
        public MqttReasonCode Code;
        public int Bytes;
    }
}
