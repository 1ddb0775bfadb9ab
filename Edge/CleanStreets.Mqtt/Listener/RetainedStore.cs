using CleanStreets.Mqtt.Flow;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener;

/// <summary>The newest retained message of each topic, in memory. Owned by the loop.</summary>
internal sealed class RetainedStore(int maximum, StoredBytes stored)
{
    private readonly Dictionary<byte[], StoredMessage> _messages = new(Utf8Key.Comparer);

    public int Count => _messages.Count;

    public IEnumerable<StoredMessage> All => _messages.Values;

    /// <summary>Removes the topic's message [MQTT-3.3.1-6]; false when there was none.</summary>
    public bool Clear(ReadOnlySpan<byte> topic)
    {
        var isRemoved = _messages.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(topic, out _, out var was);
        stored.Replace(was, null);
        return isRemoved;
    }

    /// <summary>Whether it may be kept. The last eighth of all room is the host's: what clients retain never keeps out what the program itself has to say.</summary>
    public bool HasRoomFor(StoredMessage message, bool isHost) => _messages.TryGetValue(message.Topic, out var was)
        ? stored.HasRoomFor(message.Bytes - was.Bytes, isHost)
        : _messages.Count < (isHost ? maximum : maximum - (maximum / 8)) && stored.HasRoomFor(message.Bytes, isHost);

    public void Set(StoredMessage message)
    {
        stored.Replace(_messages.GetValueOrDefault(message.Topic), message);
        _messages[message.Topic] = message;
    }

    /// <summary>Adds every message that matches to <paramref name="into"/>, and forgets those that have expired [MQTT-3.3.2-5].</summary>
    public void Find(byte[] filter, long nowMs, List<StoredMessage> into)
    {
        if (filter.AsSpan().IndexOfAny((byte)'+', (byte)'#') < 0)
        {
            if (_messages.TryGetValue(filter, out var only))
            {
                Take(only, nowMs, into);
            }

            return;
        }

        // Removing while walking a Dictionary is allowed; adding is not.
        foreach (var (topic, message) in _messages)
        {
            if (MqttText.Matches(filter, topic))
            {
                Take(message, nowMs, into);
            }
        }
    }

    private void Take(StoredMessage message, long nowMs, List<StoredMessage> into)
    {
        if (message.SecondsLeft(nowMs) == 0)
        {
            _messages.Remove(message.Topic);
            stored.Replace(message, null);
        }
        else
        {
            into.Add(message);
        }
    }
}
