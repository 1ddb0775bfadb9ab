using CleanStreets.Contracts.Readings;

namespace CleanStreets.Scoring.Streets;

/// <summary>Reads the places of a block's nodes.</summary>
/// <remarks>
/// PrimitiveGroup: 1 nodes, 2 dense nodes. Node: 1 id, 8 latitude, 9 longitude. DenseNodes: the same numbers, each a packed list of
/// differences to the node before.
/// </remarks>
internal static class PbfNodes
{
    /// <exception cref="InvalidDataException">The block is damaged.</exception>
    public static void Read(ReadOnlySpan<byte> data, IReadOnlySet<long> wanted, Action<long, GeoPoint> take)
    {
        var block = PbfBlock.Read(data);
        foreach (var group in new PbfFields(data, 2))
        {
            foreach (var node in new PbfFields(group, 1))
            {
                ReadNode(node, block, wanted, take);
            }

            foreach (var dense in new PbfFields(group, 2))
            {
                ReadDense(dense, block, wanted, take);
            }
        }
    }

    private static void ReadNode(ReadOnlySpan<byte> node, in PbfBlock block, IReadOnlySet<long> wanted, Action<long, GeoPoint> take)
    {
        var fields = new ProtobufReader(node);
        var (id, latitude, longitude) = (0L, 0L, 0L);
        while (!fields.AtEnd)
        {
            var field = Pbf.Tag(ref fields, out var type);
            switch (field, type)
            {
                case (1, WireType.Varint):
                    id = Pbf.Signed(ref fields);
                    break;
                case (8, WireType.Varint):
                    latitude = Pbf.Signed(ref fields);
                    break;
                case (9, WireType.Varint):
                    longitude = Pbf.Signed(ref fields);
                    break;
                default:
                    Pbf.Skip(ref fields, field, type);
                    break;
            }
        }

        if (wanted.Contains(id))
        {
            take(id, block.Place(latitude, longitude));
        }
    }

    private static void ReadDense(ReadOnlySpan<byte> dense, in PbfBlock block, IReadOnlySet<long> wanted, Action<long, GeoPoint> take)
    {
        var ids = new ProtobufReader(Only(dense, 1));
        var latitudes = new ProtobufReader(Only(dense, 8));
        var longitudes = new ProtobufReader(Only(dense, 9));
        var (id, latitude, longitude) = (0L, 0L, 0L);
        while (!ids.AtEnd)
        {
            id += Pbf.Signed(ref ids);
            latitude += Pbf.Signed(ref latitudes);
            longitude += Pbf.Signed(ref longitudes);
            if (wanted.Contains(id))
            {
                take(id, block.Place(latitude, longitude));
            }
        }
    }

    private static ReadOnlySpan<byte> Only(ReadOnlySpan<byte> message, int field)
    {
        foreach (var content in new PbfFields(message, field))
        {
            return content;
        }

        return default;
    }
}
