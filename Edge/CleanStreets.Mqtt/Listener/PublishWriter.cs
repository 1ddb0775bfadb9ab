using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener;

/// <summary>Writes PUBLISH to subscribers with what their connection calls for: expiry, subscription identifiers, topic alias. Owned by the loop.</summary>
internal sealed class PublishWriter(LoopState state)
{
    private readonly PropertyBuffer _properties = new();

    /// <summary>Writes the packet; false when it is larger than the peer accepts [MQTT-3.1.2-25]: then it counts as delivered.</summary>
    public bool TryWrite(
        Connection connection, in RoutedPublish publish, in Waiting what, ReadOnlySpan<uint> identifiers, ushort packetId, bool duplicate)
    {
        var isKnown = false;
        var alias = connection.OutgoingAliases?.Find(publish.Topic, out isKnown) ?? 0;
        var topic = isKnown ? default : publish.Topic;
        var properties = PropertiesOf(in publish, identifiers, alias);
        var size = PublishPacket.Size(connection.Version, what.QualityOfService, topic.Length, publish.Payload.Length, properties.Length);
        if (size > connection.PeerMaximumPacketSize && alias != 0 && !isKnown)
        {
            alias = 0; // A new alias makes the packet longer; without it the message may fit.
            properties = PropertiesOf(in publish, identifiers, alias);
            size = PublishPacket.Size(connection.Version, what.QualityOfService, topic.Length, publish.Payload.Length, properties.Length);
        }

        if (size > connection.PeerMaximumPacketSize)
        {
            state.Tally.MessagesDropped++;
            return false;
        }

        if (alias != 0 && !isKnown)
        {
            connection.OutgoingAliases!.Told(topic, alias);
        }

        PublishPacket.Write(
            connection.Output, connection.Version, topic, publish.Payload, what.QualityOfService, what.Retain, duplicate, packetId, properties);
        state.Tally.MessagesDelivered++;
        state.Tally.PublishBytesSent += publish.Payload.Length;
        state.Tally.PacketsSent++;
        state.MarkDirty(connection);
        return true;
    }

    /// <summary>The block to send: what is passed on, the expiry less the time spent here [MQTT-3.3.2-6], and what belongs to this subscriber.</summary>
    private ReadOnlySpan<byte> PropertiesOf(in RoutedPublish publish, ReadOnlySpan<uint> identifiers, ushort alias)
    {
        if (publish.ExpirySeconds == StoredMessage.Never && identifiers.IsEmpty && alias == 0)
        {
            return publish.Properties;
        }

        _properties.Clear().AddBlock(publish.Properties);
        if (publish.ExpirySeconds != StoredMessage.Never)
        {
            var left = publish.ExpirySeconds - ((state.NowMs - publish.ArrivedAtMs) / 1000);
            _properties.Add(PropertyId.MessageExpiryInterval, (uint)Math.Max(0, left)); // 0: said so, or sent again after its time [MQTT-4.3.3-7].
        }

        foreach (var identifier in identifiers)
        {
            _properties.Add(PropertyId.SubscriptionIdentifier, identifier);
        }

        return (alias == 0 ? _properties : _properties.Add(PropertyId.TopicAlias, alias)).Written;
    }
}
