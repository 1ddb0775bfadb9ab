using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace CleanStreets.Scoring.Tests.Streets.Osm;

/// <summary>Writes an <see cref="OsmSample"/> as PBF, by the format's description and apart from the reader it tests.</summary>
internal static class PbfSample
{
    public static byte[] Write(OsmSample map, bool dense = true, bool zlib = true, int granularity = 100, params string[] required)
    {
        using var file = new MemoryStream();
        var header = Message(required.DefaultIfEmpty("OsmSchema-V0.6").Select(feature => (4, Encoding.UTF8.GetBytes(feature))));
        Blob(file, "OSMHeader", header, zlib);
        Blob(file, "OSMData", Block(Nodes(map, dense, granularity), [], granularity), zlib);
        var texts = new List<string> { string.Empty };
        var ways = Message(map.Ways.Select(way => (3, Way(way, texts))));
        Blob(file, "OSMData", Block(ways, texts, granularity), zlib);
        if (map.Relations.Count > 0)
        {
            var words = new List<string> { string.Empty };
            var relations = Message(map.Relations.Select(relation => (4, Relation(relation, words))));
            Blob(file, "OSMData", Block(relations, words, granularity), zlib);
        }

        return file.ToArray();
    }

    /// <summary>One blob with its header and length.</summary>
    public static void Blob(Stream file, string type, byte[] content, bool zlib)
    {
        byte[] blob = zlib
            ? [.. Varint(2, content.Length), .. Bytes(3, Packed(content))]
            : Bytes(1, content);
        byte[] header = [.. Bytes(1, Encoding.UTF8.GetBytes(type)), .. Varint(3, blob.Length)];
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, header.Length);
        file.Write(length);
        file.Write(header);
        file.Write(blob);
    }

    public static byte[] Varint(int field, long value) => [.. Number((ulong)field << 3), .. Number((ulong)value)];

    public static byte[] Bytes(int field, byte[] content) => [.. Number(((ulong)field << 3) | 2), .. Number((ulong)content.Length), .. content];

    private static byte[] Block(byte[] group, IReadOnlyList<string> texts, int granularity) =>
    [
        .. Bytes(1, Message(texts.Select(text => (1, Encoding.UTF8.GetBytes(text))))),
        .. Bytes(2, group),
        .. Varint(17, granularity),
    ];

    private static byte[] Nodes(OsmSample map, bool dense, int granularity)
    {
        long Steps(double degrees) => (long)Math.Round(degrees * 1e9 / granularity);
        var nodes = map.Nodes.Select(node => (Id: node.Key, Latitude: Steps(node.Value.Latitude), Longitude: Steps(node.Value.Longitude))).ToList();
        return dense
            ? Bytes(2,
            [
                .. Bytes(1, Differences(nodes.Select(node => node.Id))),
                .. Bytes(8, Differences(nodes.Select(node => node.Latitude))),
                .. Bytes(9, Differences(nodes.Select(node => node.Longitude))),
            ])
            : Message(nodes.Select(node => (1, (byte[])
            [
                .. Varint(1, (long)ZigZag(node.Id)), .. Varint(8, (long)ZigZag(node.Latitude)), .. Varint(9, (long)ZigZag(node.Longitude)),
            ])));
    }

    private static byte[] Way(SampleWay way, List<string> texts)
    {
        return
        [
            .. Varint(1, way.Id),
            .. Bytes(2, Texts(way.Tags.Select(tag => tag.Key), texts)),
            .. Bytes(3, Texts(way.Tags.Select(tag => tag.Value), texts)),
            .. Bytes(8, Differences(way.Nodes)),
        ];
    }

    private static byte[] Relation(SampleRelation relation, List<string> texts) =>
    [
        .. Varint(1, relation.Id),
        .. Bytes(2, Texts(relation.Tags.Select(tag => tag.Key), texts)),
        .. Bytes(3, Texts(relation.Tags.Select(tag => tag.Value), texts)),
        .. Bytes(8, Texts(relation.Members.Select(member => member.Role), texts)),
        .. Bytes(9, Differences(relation.Members.Select(member => member.Id))),
        .. Bytes(10, [.. relation.Members.SelectMany(member => Number(member.Kind switch { "node" => 0, "way" => 1, _ => 2 }))]),
    ];

    private static byte[] Texts(IEnumerable<string> words, List<string> texts) => [.. words.SelectMany(word =>
    {
        if (!texts.Contains(word))
        {
            texts.Add(word);
        }

        return Number((ulong)texts.IndexOf(word));
    })];

    private static byte[] Differences(IEnumerable<long> values)
    {
        var before = 0L;
        var bytes = new List<byte>();
        foreach (var value in values)
        {
            bytes.AddRange(Number(ZigZag(value - before)));
            before = value;
        }

        return [.. bytes];
    }

    private static byte[] Message(IEnumerable<(int Field, byte[] Content)> fields) => [.. fields.SelectMany(field => Bytes(field.Field, field.Content))];

    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static byte[] Number(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }

    private static byte[] Packed(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest))
        {
            zlib.Write(content);
        }

        return packed.ToArray();
    }
}
