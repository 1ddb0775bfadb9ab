namespace CleanStreets.Mqtt.Flow;

/// <summary>The topic aliases that one connection's client has been told: the first topics it hears get them, as many as it accepts [MQTT-3.1.2-27].</summary>
internal sealed class OutgoingAliases(int maximum)
{
    private readonly Dictionary<byte[], ushort> _aliases = new(Utf8Key.Comparer);

    /// <summary>The topic's alias; 0 when it has none and all are given away. <paramref name="isKnown"/>: the client has heard it before.</summary>
    public ushort Find(ReadOnlySpan<byte> topic, out bool isKnown)
    {
        isKnown = _aliases.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(topic, out var alias);
        return isKnown ? alias : _aliases.Count < maximum ? (ushort)(_aliases.Count + 1) : (ushort)0;
    }

    /// <summary>The packet that carries topic and alias has been written.</summary>
    public void Told(ReadOnlySpan<byte> topic, ushort alias) => _aliases[topic.ToArray()] = alias;
}
