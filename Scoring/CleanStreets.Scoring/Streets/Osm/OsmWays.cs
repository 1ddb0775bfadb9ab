namespace CleanStreets.Scoring.Streets;

/// <summary>The ways that belong into a network, until the places of their nodes are known.</summary>
internal sealed class OsmWays(RoadChoice roads)
{
    private readonly List<StreetLine> _ways = [];
    private readonly HashSet<long> _ids = [];
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private int _repeated;
    private int _cutOff;

    /// <summary>Ways taken.</summary>
    public int Count => _ways.Count;

    /// <summary>What was left out, a sentence each.</summary>
    public IReadOnlyList<string> Notes =>
    [
        .. _repeated > 0 ? [$"{_repeated} ways left out: their number had come before"] : Array.Empty<string>(),
        .. _cutOff > 0 ? [$"{_cutOff} ways end at the edge of the extract: the nodes beyond are not in the file"] : Array.Empty<string>(),
    ];

    /// <summary>Takes the way when it is wanted.</summary>
    public void Take(OsmWay way)
    {
        if (!OsmRoadRule.IsWanted(way.Tag, roads))
        {
            return;
        }

        if (!_ids.Add(way.Id))
        {
            _repeated++;
            return;
        }

        var direction = OsmRoadRule.DirectionOf(way.Tag);
        long[] nodes = [.. way.Nodes];
        if (direction == TrafficDirection.Against)
        {
            Array.Reverse(nodes); // One-ways always run along the geometry.
        }

        _ways.Add(new StreetLine(
            way.Id, One(way.Tag("name")), One(OsmRoadRule.ClassOf(way.Tag)), direction != TrafficDirection.Both, nodes));
    }

    /// <summary>The nodes whose places are needed.</summary>
    public HashSet<long> Nodes() => [.. _ways.SelectMany(way => way.Nodes)];

    /// <summary>The ways as lines of nodes with known places; a way that leaves the extract is cut there.</summary>
    public List<StreetLine> Lines(IReadOnlyDictionary<long, GeoPoint> places)
    {
        var lines = new List<StreetLine>(_ways.Count);
        var line = new List<long>();
        foreach (var way in _ways)
        {
            var cut = false;
            foreach (var node in way.Nodes)
            {
                if (!places.ContainsKey(node))
                {
                    cut = true;
                    End(way, line, lines);
                }
                else if (line.Count == 0 || line[^1] != node)
                {
                    line.Add(node);
                }
            }

            End(way, line, lines);
            _cutOff += cut ? 1 : 0;
        }

        return lines;
    }

    private static void End(StreetLine way, List<long> line, List<StreetLine> lines)
    {
        if (line.Count >= 2)
        {
            lines.Add(way with { Nodes = [.. line] });
        }

        line.Clear();
    }

    /// <summary>One string for every text, however many ways carry it.</summary>
    private string? One(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return _texts.TryGetValue(text, out var known) ? known : _texts[text] = text;
    }
}
