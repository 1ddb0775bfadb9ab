using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener;

/// <summary>The topic aliases that one connection's client has set; they end with the connection [MQTT-3.3.2-7].</summary>
internal sealed class IncomingAliases(int maximum)
{
    private readonly byte[]?[] _topics = new byte[]?[maximum + 1];

    /// <summary>Learns the alias of a packet that carries a topic too, or gives the packet the topic of its alias.</summary>
    public static WireFault Resolve(Connection connection, int maximum, ref PublishPacket packet)
    {
        var alias = (int)packet.Properties.Number(PropertyId.TopicAlias);
        if (alias > maximum)
        {
            return new WireFault(MqttReasonCode.TopicAliasInvalid, "[MQTT-3.3.2-9] topic alias above the announced maximum");
        }

        var topics = (connection.IncomingAliases ??= new IncomingAliases(maximum))._topics;
        if (!packet.Topic.IsEmpty)
        {
            if (!packet.Topic.SequenceEqual(topics[alias]))
            {
                topics[alias] = packet.Topic.ToArray();
            }

            return default;
        }

        if (topics[alias] is not { } topic)
        {
            return WireFault.Protocol("§3.3.2.3.4: topic alias that was never set");
        }

        packet.Topic = topic;
        return default;
    }
}
