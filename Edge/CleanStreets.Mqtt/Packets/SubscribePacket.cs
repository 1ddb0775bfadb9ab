using System.Buffers;

namespace CleanStreets.Mqtt.Packets;

/// <summary>SUBSCRIBE and UNSUBSCRIBE (§3.8, §3.10): a packet identifier and a list of filters, walked in place.</summary>
internal ref struct SubscribePacket
{
    private SpanReader _filters;
    private bool _withOptions;

    public ushort PacketId;
    public PropertySet Properties;

    /// <summary>The filter that <see cref="MoveNext"/> found.</summary>
    public ReadOnlySpan<byte> Filter;

    /// <summary>Its options; the default in UNSUBSCRIBE.</summary>
    public SubscriptionOptions Options;

    /// <summary>Reads the packet and walks it once, so that a fault anywhere refuses all of it.</summary>
    public static WireFault Read(MqttProtocolVersion version, PacketType type, ReadOnlySpan<byte> body, out SubscribePacket packet)
    {
        packet = default;
        packet._withOptions = type == PacketType.Subscribe;
        var reader = new SpanReader(body);
        packet.PacketId = reader.ReadPacketIdentifier();
        if (version == MqttProtocolVersion.V500)
        {
            PropertySet.Read(ref reader, type, out packet.Properties);
        }

        if (reader.Fault.IsFault)
        {
            return packet.PacketId == 0 ? WireFault.Malformed(reader.Fault.Because!) : reader.Fault;
        }

        if (reader.IsEmpty)
        {
            return WireFault.Malformed("[MQTT-3.8.3-2] [MQTT-3.10.3-2] no topic filter");
        }

        packet._filters = reader;
        var probe = packet;
        while (probe.MoveNext())
        {
            var fault = probe.CheckOne(version);
            if (fault.IsFault)
            {
                return fault;
            }
        }

        return probe._filters.Fault;
    }

    public bool MoveNext()
    {
        if (_filters.IsEmpty)
        {
            return false;
        }

        Filter = _filters.ReadText();
        Options = new SubscriptionOptions(_withOptions ? _filters.ReadByte() : (byte)0);
        return !_filters.Fault.IsFault;
    }

    private readonly WireFault CheckOne(MqttProtocolVersion version)
    {
        if (!MqttText.IsTopicFilter(Filter))
        {
            return Filter.IsEmpty
                ? WireFault.Malformed("[MQTT-4.7.3-1] empty topic filter")
                : WireFault.Malformed("[MQTT-4.7.1-1] [MQTT-4.7.1-2] wildcard that does not fill its level, or a control character (§1.5.4)");
        }

        if (!Options.IsValid(version))
        {
            return WireFault.Malformed("[MQTT-3.8.3-4] [MQTT-3.8.3-5] subscription options");
        }

        if (version == MqttProtocolVersion.V500 && MqttText.IsMisshapedShare(Filter))
        {
            return WireFault.Protocol("[MQTT-4.8.2-1] [MQTT-4.8.2-2] shared subscription without a name or a filter");
        }

        return Options.NoLocal && MqttText.IsShared(Filter) ? WireFault.Protocol("[MQTT-3.8.3-4] no local on a shared subscription") : default;
    }

    /// <summary>Writes SUBSCRIBE or UNSUBSCRIBE.</summary>
    public static void Write(
        IBufferWriter<byte> output, MqttProtocolVersion version, PacketType type, ushort packetId,
        ReadOnlySpan<(byte[] Filter, SubscriptionOptions Options)> filters, ReadOnlySpan<byte> properties = default)
    {
        var withOptions = type == PacketType.Subscribe;
        var length = 2 + Wire.PropertiesSize(version, properties);
        foreach (var (filter, _) in filters)
        {
            length += 2 + filter.Length + (withOptions ? 1 : 0);
        }

        var writer = Wire.Begin(output, type, 2, length);
        writer.UInt16(packetId);
        writer.Properties(version, properties);
        foreach (var (filter, options) in filters)
        {
            writer.Prefixed(filter);
            if (withOptions)
            {
                writer.Byte(options.Bits);
            }
        }

        Wire.End(output, in writer);
    }
}

/// <summary>The options byte of one subscription (§3.8.3.1); 3.1.1 has the QoS only.</summary>
internal readonly record struct SubscriptionOptions(byte Bits)
{
    public QualityOfService QualityOfService => (QualityOfService)(Bits & 3);

    public bool NoLocal => (Bits & 4) != 0;

    public bool RetainAsPublished => (Bits & 8) != 0;

    /// <summary>0: send retained messages; 1: only if the subscription is new; 2: do not.</summary>
    public int RetainHandling => Bits >> 4 & 3;

    public bool IsValid(MqttProtocolVersion version) => QualityOfService <= QualityOfService.ExactlyOnce && RetainHandling <= 2
        && (version == MqttProtocolVersion.V500 ? Bits < 0x40 : Bits < 4);
}
