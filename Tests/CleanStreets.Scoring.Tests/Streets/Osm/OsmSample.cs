using System.Globalization;
using System.Security;
using System.Text;

namespace CleanStreets.Scoring.Tests.Streets.Osm;

/// <summary>A small OpenStreetMap, drawn by hand and written in any of its forms.</summary>
internal sealed class OsmSample
{
    private readonly List<SampleWay> _ways = [];
    private readonly List<SampleRelation> _relations = [];
    private readonly SortedDictionary<long, (double Latitude, double Longitude)> _nodes = [];

    public IReadOnlyList<SampleWay> Ways => _ways;

    public IReadOnlyList<SampleRelation> Relations => _relations;

    public IReadOnlyDictionary<long, (double Latitude, double Longitude)> Nodes => _nodes;

    /// <summary>A node <paramref name="x"/>, <paramref name="y"/> steps of about 100 m from a corner of the Mojave desert.</summary>
    public OsmSample Node(long id, double x, double y)
    {
        _nodes[id] = (Math.Round(35 + (y * 0.001), 7), Math.Round(-117 + (x * 0.001), 7));
        return this;
    }

    public OsmSample Way(long id, long[] nodes, params string[] tags)
    {
        _ways.Add(new SampleWay(id, nodes, [.. tags.Select(tag => tag.Split('=', 2)).Select(pair => (pair[0], pair[1]))]));
        return this;
    }

    /// <summary>A turn restriction; each member is its kind (node, way or relation), number and role: <c>way/20/from</c>.</summary>
    public OsmSample Restriction(string members, params string[] tags)
    {
        _relations.Add(new SampleRelation(
            _relations.Count + 1,
            [.. members.Split(' ').Select(member => member.Split('/')).Select(part => (part[0], long.Parse(part[1], CultureInfo.InvariantCulture), part[2]))],
            [("type", "restriction"), .. tags.Select(tag => tag.Split('=', 2)).Select(pair => (pair[0], pair[1]))]));
        return this;
    }

    public OsmSample Road(long id, long[] nodes, params string[] tags) => Way(id, nodes, ["highway=residential", .. tags]);

    /// <summary>A square of four blocks: nodes 1–9 from south-west to north-east, ways 10–15 along its lines, three of each.</summary>
    public static OsmSample Square()
    {
        var map = new OsmSample();
        for (var i = 0; i < 9; i++)
        {
            map.Node(i + 1, i % 3, i / 3);
        }

        for (var i = 0; i < 3; i++)
        {
            map.Road(10 + i, [(3 * i) + 1, (3 * i) + 2, (3 * i) + 3], $"name={i} Street");
            map.Road(13 + i, [i + 1, i + 4, i + 7], $"name={i} Avenue");
        }

        return map;
    }

    public string Xml()
    {
        var xml = new StringBuilder("<?xml version='1.0' encoding='UTF-8'?>\n<osm version=\"0.6\">\n");
        foreach (var (id, place) in _nodes)
        {
            xml.Append($"  <node id=\"{id}\" lat=\"{place.Latitude:0.0######}\" lon=\"{place.Longitude:0.0######}\" version=\"1\"/>\n");
        }

        foreach (var way in _ways)
        {
            xml.Append($"  <way id=\"{way.Id}\">\n");
            xml.Append(string.Concat(way.Nodes.Select(node => $"    <nd ref=\"{node}\"/>\n")));
            xml.Append(string.Concat(way.Tags.Select(tag => $"    <tag k=\"{SecurityElement.Escape(tag.Key)}\" v=\"{SecurityElement.Escape(tag.Value)}\"/>\n")));
            xml.Append("  </way>\n");
        }

        foreach (var relation in _relations)
        {
            xml.Append($"  <relation id=\"{relation.Id}\">\n");
            xml.Append(string.Concat(relation.Members.Select(member => $"    <member type=\"{member.Kind}\" ref=\"{member.Id}\" role=\"{member.Role}\"/>\n")));
            xml.Append(string.Concat(relation.Tags.Select(tag => $"    <tag k=\"{SecurityElement.Escape(tag.Key)}\" v=\"{SecurityElement.Escape(tag.Value)}\"/>\n")));
            xml.Append("  </relation>\n");
        }

        return xml.Append("  <relation id=\"999\"><member type=\"way\" ref=\"10\" role=\"from\"/></relation>\n</osm>\n").ToString();
    }
}

internal sealed record SampleWay(long Id, long[] Nodes, IReadOnlyList<(string Key, string Value)> Tags);

internal sealed record SampleRelation(
    long Id, IReadOnlyList<(string Kind, long Id, string Role)> Members, IReadOnlyList<(string Key, string Value)> Tags);
