using CleanStreets.Mqtt.Flow;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener;

/// <summary>What a topic has found; used again for topic after topic.</summary>
internal sealed class Matches
{
    public List<Subscription> Subscriptions { get; } = [];

    public List<ShareGroup> Groups { get; } = [];

    public void Clear()
    {
        Subscriptions.Clear();
        Groups.Clear();
    }
}

/// <summary>All subscriptions by the levels of their filters; finding those of a topic visits only levels that fit. Owned by the loop.</summary>
internal sealed class SubscriptionTree
{
    private readonly Node _root = new();

    /// <summary>Adds, or replaces the same client's subscription of the same filter [MQTT-3.8.4-3].</summary>
    public void Add(Subscription subscription)
    {
        var node = _root;
        var rest = subscription.Path;
        bool goesOn;
        do
        {
            node = node.ChildOrNew(MqttText.TakeLevel(ref rest, out goesOn));
        }
        while (goesOn);

        var list = subscription.IsShared ? node.GroupOrNew(subscription.ShareName).Members : node.Here;
        list.RemoveAll(other => other.Session == subscription.Session);
        list.Add(subscription);
    }

    public void Remove(Subscription subscription) => Remove(_root, subscription.Path, subscription);

    /// <summary>Adds every subscription and every group whose filter matches the topic name to <paramref name="into"/>.</summary>
    public void Match(ReadOnlySpan<byte> topic, Matches into)
    {
        // A leading wildcard does not reach topics that begin with $ [MQTT-4.7.2-1].
        Match(_root, topic, wildcards: topic[0] != '$', into);
    }

    private static void Match(Node node, ReadOnlySpan<byte> rest, bool wildcards, Matches into)
    {
        if (wildcards && node.Hash is { } hash)
        {
            hash.AddTo(into);
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

    private static void Follow(Node node, ReadOnlySpan<byte> rest, bool goesOn, Matches into)
    {
        if (goesOn)
        {
            Match(node, rest, wildcards: true, into);
            return;
        }

        node.AddTo(into);
        if (node.Hash is { } hash)
        {
            hash.AddTo(into); // "sport/#" also matches "sport".
        }
    }

    private static void Remove(Node node, ReadOnlySpan<byte> rest, Subscription gone)
    {
        var level = MqttText.TakeLevel(ref rest, out var goesOn);
        var child = node.Child(level);
        if (child is null)
        {
            return;
        }

        if (goesOn)
        {
            Remove(child, rest, gone);
        }
        else
        {
            child.Drop(gone);
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

        private List<ShareGroup>? Groups { get; set; }

        public bool IsEmpty => Here.Count == 0 && Groups is null && Plus is null && Hash is null && (_children is null || _children.Count == 0);

        public void AddTo(Matches into)
        {
            into.Subscriptions.AddRange(Here);
            if (Groups is not null)
            {
                into.Groups.AddRange(Groups);
            }
        }

        public ShareGroup GroupOrNew(ReadOnlySpan<byte> name)
        {
            foreach (var known in Groups ??= [])
            {
                if (known.Name.SequenceEqual(name))
                {
                    return known;
                }
            }

            var added = new ShareGroup(name.ToArray());
            Groups.Add(added);
            return added;
        }

        public void Drop(Subscription gone)
        {
            if (!gone.IsShared)
            {
                Here.RemoveAll(other => other.Session == gone.Session);
                return;
            }

            var group = GroupOrNew(gone.ShareName);
            group.Members.RemoveAll(other => other.Session == gone.Session);
            if (group.Members.Count == 0)
            {
                Groups!.Remove(group);
                Groups = Groups.Count == 0 ? null : Groups;
            }
        }

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
