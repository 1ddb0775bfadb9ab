using System.Buffers.Binary;
using CleanStreets.Contracts;

namespace CleanStreets.Scoring.Streets;

/// <summary>Gives pieces of street their lasting ids: from what stays when the map around them changes.</summary>
internal static class SegmentNaming
{
    private const int HashBytes = 8;
    private const int ShortHashBytes = 4;

    /// <summary><c>w{way}-{first node}-{last node}</c>: another street, a tag, a moved bend or a reversed drawing changes nothing of it.</summary>
    public static string OfWay(StreetLine street) => $"w{street.Source}-{street.Nodes[0]}-{street.Nodes[^1]}";

    /// <summary>A hash of the line, begun at the end that sorts first: for files that give no id.</summary>
    public static string OfLine(StreetLine street) => "g" + LastingId.Hash(Bytes(Canonical(street.Nodes)), HashBytes);

    /// <summary>The given id; with the hash of the piece's ends when the line was cut.</summary>
    public static string OfPiece(string given, StreetLine street, bool cut) =>
        cut ? $"{given}.{LastingId.Hash(Bytes([street.Nodes[0], street.Nodes[^1]]), ShortHashBytes)}" : given;

    /// <summary>Makes ids of texts. Of streets that share a text, all but the first of them by their nodes get a number behind it.</summary>
    /// <remarks>They run between the same two junctions on one way, as both arms of a loop do.</remarks>
    public static SegmentId[] Distinct(IReadOnlyList<(string Text, StreetLine Street)> named)
    {
        var ids = new SegmentId[named.Count];
        var used = new HashSet<SegmentId>(named.Count);
        foreach (var group in named.Index().GroupBy(entry => entry.Item.Text).OrderBy(group => group.Count()))
        {
            var number = 0;
            foreach (var (place, _) in group.OrderBy(entry => entry.Item.Street.Nodes, NodeOrder.Instance))
            {
                do
                {
                    ids[place] = LastingId.Of(++number == 1 ? group.Key : $"{group.Key}.{number}");
                }
                while (!used.Add(ids[place]));
            }
        }

        return ids;
    }

    private static long[] Canonical(long[] nodes)
    {
        long[] back = [.. nodes.Reverse()];
        return NodeOrder.Instance.Compare(nodes, back) <= 0 ? nodes : back;
    }

    private static byte[] Bytes(long[] nodes)
    {
        var bytes = new byte[nodes.Length * sizeof(long)];
        for (var i = 0; i < nodes.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * sizeof(long)), nodes[i]);
        }

        return bytes;
    }

    private sealed class NodeOrder : IComparer<long[]>
    {
        public static readonly NodeOrder Instance = new();

        public int Compare(long[]? x, long[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
