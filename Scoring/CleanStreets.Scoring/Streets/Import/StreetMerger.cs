namespace CleanStreets.Scoring.Streets;

/// <summary>Joins pieces that meet where no junction is: a map cuts its ways at every change of any tag, a street does not end there.</summary>
/// <remarks>
/// What comes out does not depend on the order of what goes in. A joined street carries the smallest source number of its pieces, the
/// oldest of them, which a later cut of the way at a new tag does not change.
/// </remarks>
internal sealed class StreetMerger
{
    private const int NoEnd = -1;

    private readonly List<StreetLine> _pieces;
    private readonly StreetCutter _cutter;
    private readonly int[] _partner; // Of each end (piece × 2, + 1 for its last node): the end it is joined to.

    private StreetMerger(List<StreetLine> pieces, StreetCutter cutter)
    {
        (_pieces, _cutter) = (pieces, cutter);
        _partner = new int[pieces.Count * 2];
        Array.Fill(_partner, NoEnd);
        var open = new Dictionary<long, int>();
        for (var end = 0; end < _partner.Length; end++)
        {
            var node = NodeOf(end);
            if (cutter.StretchesAt(node) == 2 && !open.TryAdd(node, end) && open[node] is var other && MayJoin(other, end))
            {
                (_partner[end], _partner[other]) = (other, end);
            }
        }
    }

    /// <summary>The pieces, joined where they may be. Both-way streets run from their smaller end node to their larger.</summary>
    public static List<StreetLine> Merge(List<StreetLine> pieces, StreetCutter cutter)
    {
        var merger = new StreetMerger(pieces, cutter);
        var done = new bool[pieces.Count];
        var streets = new List<StreetLine>(pieces.Count);
        for (var piece = 0; piece < pieces.Count; piece++)
        {
            if (!done[piece])
            {
                streets.Add(Settle(merger.Follow(piece, done)));
            }
        }

        return streets;
    }

    private bool MayJoin(int a, int b)
    {
        var (one, other) = (_pieces[a >> 1], _pieces[b >> 1]);
        return a >> 1 != b >> 1
            && one.Agrees(other)
            && (!one.OneWay || (a & 1) != (b & 1)); // Two one-ways that run against each other do not go on as one street.
    }

    private long NodeOf(int end) => (end & 1) == 0 ? _pieces[end >> 1].Nodes[0] : _pieces[end >> 1].Nodes[^1];

    private StreetLine Follow(int piece, bool[] done)
    {
        var first = piece * 2;
        while (_partner[first] != NoEnd && _partner[first] >> 1 != piece)
        {
            first = _partner[first] ^ 1; // Through the neighbour to its other end.
        }

        if (_partner[first] != NoEnd)
        {
            first = piece * 2; // Back where we were: the pieces make a ring.
        }

        var nodes = new List<long>();
        var source = long.MaxValue;
        for (var end = first; end != NoEnd && !done[end >> 1]; end = _partner[end ^ 1])
        {
            done[end >> 1] = true;
            source = Math.Min(source, _pieces[end >> 1].Source);
            nodes.AddRange(((end & 1) == 0 ? _pieces[end >> 1].Nodes : _pieces[end >> 1].Nodes.Reverse()).Skip(nodes.Count == 0 ? 0 : 1));
        }

        var ring = nodes[0] == nodes[^1] && _cutter.StretchesAt(nodes[0]) == 2;
        return _pieces[first >> 1] with { Source = source, Nodes = ring ? FromSmallest([.. nodes]) : [.. nodes] };
    }

    /// <summary>A ring without a junction has no end of its own: it begins at its smallest node.</summary>
    private static long[] FromSmallest(long[] ring)
    {
        var open = ring.AsSpan(0, ring.Length - 1);
        var at = open.IndexOf(ring.Min());
        return [.. open[at..], .. open[..at], open[at]];
    }

    private static StreetLine Settle(StreetLine street)
    {
        var (first, last) = (street.Nodes[0], street.Nodes[^1]);
        var backwards = first != last ? first > last : street.Nodes[1] > street.Nodes[^2];
        return !street.OneWay && backwards ? street with { Nodes = [.. street.Nodes.Reverse()] } : street;
    }
}
