using System.Runtime.InteropServices;

namespace CleanStreets.Scoring.Streets;

/// <summary>Cuts lines where they meet: at every node from which more than two stretches of street lead away.</summary>
internal sealed class StreetCutter
{
    private readonly Dictionary<long, int> _stretches = [];
    private readonly IReadOnlyList<StreetLine> _lines;

    public StreetCutter(IReadOnlyList<StreetLine> lines)
    {
        _lines = lines;
        foreach (var line in lines)
        {
            for (var i = 0; i < line.Nodes.Length; i++)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_stretches, line.Nodes[i], out _) += i == 0 || i == line.Nodes.Length - 1 ? 1 : 2;
            }
        }
    }

    /// <summary>Stretches of street that lead away from a node: 1 at a dead end, 2 along a street, more at a junction.</summary>
    public int StretchesAt(long node) => _stretches[node];

    /// <summary>Every line in pieces between junctions and its own ends, in the order of the lines.</summary>
    public List<StreetLine> Cut()
    {
        var pieces = new List<StreetLine>(_lines.Count);
        foreach (var line in _lines)
        {
            var from = 0;
            for (var i = 1; i < line.Nodes.Length; i++)
            {
                if (i == line.Nodes.Length - 1 || StretchesAt(line.Nodes[i]) > 2)
                {
                    pieces.Add(from == 0 && i == line.Nodes.Length - 1 ? line : line with { Nodes = line.Nodes[from..(i + 1)] });
                    from = i;
                }
            }
        }

        return pieces;
    }
}
