using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener;

/// <summary>One client's wish to hear a filter.</summary>
internal sealed record Subscription(Session Session, byte[] Filter, SubscriptionOptions Options, uint Identifier)
{
    private readonly int _shareNameEnd = MqttText.ShareNameEnd(Filter);

    /// <summary>Whether it belongs to a group of which one member hears each message (§4.8.2).</summary>
    public bool IsShared => _shareNameEnd > 0;

    /// <summary>Name of the group; empty when not shared.</summary>
    public ReadOnlySpan<byte> ShareName => IsShared ? Filter.AsSpan(MqttText.SharePrefixLength.._shareNameEnd) : default;

    /// <summary>The filter that topics are matched with.</summary>
    public ReadOnlySpan<byte> Path => IsShared ? Filter.AsSpan(_shareNameEnd + 1) : Filter;
}
