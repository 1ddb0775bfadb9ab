using CleanStreets.Contracts.Readings;

namespace CleanStreets.Scoring.Streets;

/// <summary>Reads the ways of a block.</summary>
/// <remarks>PrimitiveBlock: 1 texts, 2 groups. PrimitiveGroup: 3 ways. Way: 1 id, 2 keys, 3 values, 8 nodes as differences.</remarks>
internal sealed class PbfWays(PbfStrings strings)
{
    private readonly OsmWay _way = new();

    /// <summary>Gives every road of the block whose texts have been read.</summary>
    /// <exception cref="InvalidDataException">The block is damaged.</exception>
    public void Read(ReadOnlySpan<byte> block, Action<OsmWay> take)
    {
        if (strings.Highway < 0)
        {
            return;
        }

        foreach (var group in new PbfFields(block, 2))
        {
            foreach (var way in new PbfFields(group, 3))
            {
                if (TryRead(way))
                {
                    take(_way);
                }
            }
        }
    }

    private bool TryRead(ReadOnlySpan<byte> way)
    {
        var fields = new ProtobufReader(way);
        ReadOnlySpan<byte> keys = default, values = default, nodes = default;
        var id = 0L;
        while (!fields.AtEnd)
        {
            var field = Pbf.Tag(ref fields, out var type);
            switch (field, type)
            {
                case (1, WireType.Varint):
                    id = (long)Pbf.Varint(ref fields);
                    break;
                case (2, WireType.Bytes):
                    keys = Pbf.Bytes(ref fields);
                    break;
                case (3, WireType.Bytes):
                    values = Pbf.Bytes(ref fields);
                    break;
                case (8, WireType.Bytes):
                    nodes = Pbf.Bytes(ref fields);
                    break;
                default:
                    Pbf.Skip(ref fields, field, type);
                    break;
            }
        }

        if (!Pbf.Holds(keys, (ulong)strings.Highway))
        {
            return false;
        }

        _way.Begin(id);
        ReadTags(new ProtobufReader(keys), new ProtobufReader(values));
        ReadNodes(new ProtobufReader(nodes));
        return true;
    }

    private void ReadTags(ProtobufReader keys, ProtobufReader values)
    {
        while (!keys.AtEnd)
        {
            _way.Tags[strings[Pbf.Varint(ref keys)]] = strings[Pbf.Varint(ref values)];
            Demand(_way.Tags.Count);
        }
    }

    private void ReadNodes(ProtobufReader nodes)
    {
        var node = 0L;
        while (!nodes.AtEnd)
        {
            node += Pbf.Signed(ref nodes);
            _way.Nodes.Add(node);
            Demand(_way.Nodes.Count);
        }
    }

    private void Demand(int parts)
    {
        if (parts > OsmWay.MostParts)
        {
            throw new InvalidDataException($"way {_way.Id} has more than {OsmWay.MostParts} nodes or tags");
        }
    }
}
