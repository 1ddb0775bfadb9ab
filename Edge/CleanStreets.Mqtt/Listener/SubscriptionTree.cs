using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener;

/// <summary>One client's wish to hear a filter.</summary>
internal sealed record Subscription(Session Session, byte[] Filter, SubscriptionOptions Options);

/// <summary>All subscriptions by the levels of their filters; finding those of a topic visits only levels that fit. Owned by the loop.</summary>
internal sealed class SubscriptionTree
{
    private readonly Node _root = new();

    /// <summary>Adds, or replaces the same client's subscription of the same filter [MQTT-3.8.4-3].</summary>
    public void Add(Subscription subscription)
    {
        var node = _root;
        var rest = (ReadOnlySpan<byte>)subscription.Filter;
        bool goesOn;
        do
        {
            node = node.ChildOrNew(MqttText.TakeLevel(ref rest, out goesOn));
        }
        while (goesOn);

        node.Here.RemoveAll(other => other.Session == subscription.Session);
        node.Here.Add(subscription);
    }

    public void Remove(Subscription subscription) => Remove(_root, subscription.Filter, subscription.Session);

    /// <summary>Adds every subscription whose filter matches the topic name to <paramref name="into"/>.</summary>
    public void Match(ReadOnlySpan<byte> topic, List<Subscription> into)
    {
        // A leading wildcard does not reach topics that begin with $ [MQTT-4.7.2-1].
        Match(_root, topic, wildcards: topic[0] != '$', into);
    }

    private static void Match(Node node, ReadOnlySpan<byte> rest, bool wildcards, List<Subscription> into)
    {
        if (wildcards && node.Hash is { } hash)
        {
            into.AddRange(hash.Here);
        }

        var level = MqttText.TakeLevel(ref rest, out var goesOn);
        if (node.TryChild(level, out var child))
        {
            Follow(child, rest, goesOn, into);
        }

        if (wildcards && node.Plus is { } plus)
        {
            Follow(plus, rest, goesOn, into);
        }
    }

    private static void Follow(Node node, ReadOnlySpan<byte> rest, bool goesOn, List<Subscription> into)
    {
        if (goesOn)
        {
            Match(node, rest, wildcards: true, into);
            return;
        }

        into.AddRange(node.Here);
        if (node.Hash is { } hash)
        {
            into.AddRange(hash.Here); // "sport/#" also matches "sport".
        }
    }

    private static void Remove(Node node, ReadOnlySpan<byte> rest, Session session)
    {
        var level = MqttText.TakeLevel(ref rest, out var goesOn);
        var child = node.Child(level);
        if (child is null)
        {
            return;
        }

        if (goesOn)
        {
            Remove(child, rest, session);
        }
        else
        {
            child.Here.RemoveAll(other => other.Session == session);
        }

        if (child.IsEmpty)
        {
            node.RemoveChild(level);
        }
    }

    private sealed class Node
    {
        private Dictionary<byte[], Node>? _children;

        public Node? Plus { get; private set; }

        public Node? Hash { get; private set; }

        public List<Subscription> Here { get; } = [];

        public bool IsEmpty => Here.Count == 0 && Plus is null && Hash is null && (_children is null || _children.Count == 0);

        public bool TryChild(ReadOnlySpan<byte> level, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Node? child)
        {
            child = null;
            return _children is not null && _children.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(level, out child);
        }

        public Node? Child(ReadOnlySpan<byte> level) => level switch
        {
            [(byte)'+'] => Plus,
            [(byte)'#'] => Hash,
            _ => TryChild(level, out var child) ? child : null,
        };

        public Node ChildOrNew(ReadOnlySpan<byte> level) => level switch
        {
            [(byte)'+'] => Plus ??= new Node(),
            [(byte)'#'] => Hash ??= new Node(),
            _ => TryChild(level, out var child) ? child : NewChild(level),
        };

        public void RemoveChild(ReadOnlySpan<byte> level)
        {
            switch (level)
            {
                case [(byte)'+']:
                    Plus = null;
                    break;
                case [(byte)'#']:
                    Hash = null;
                    break;
                default:
                    _children?.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(level);
                    break;
            }
        }

        private Node NewChild(ReadOnlySpan<byte> level)
        {
            _children ??= new Dictionary<byte[], Node>(Utf8Key.Comparer);
            return _children[level.ToArray()] = new Node();
        }
    }
}
