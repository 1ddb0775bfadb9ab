using System.Globalization;
using System.Xml;

namespace CleanStreets.Scoring.Streets;

/// <summary>Reads OpenStreetMap XML (<c>.osm</c>) element by element.</summary>
/// <param name="open">Opens the XML, decompressed, at its beginning.</param>
/// <param name="source">What error messages call it.</param>
internal sealed class OsmXmlFile(Func<Stream> open, string source) : IOsmFile
{
    private const int MostDepth = 8; // osm, way, tag: three are used.

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreWhitespace = true,
        IgnoreProcessingInstructions = true,
        CloseInput = true,
    };

    /// <inheritdoc/>
    public void ReadWays(Action<OsmWay> take, Action<OsmRelation> restriction)
    {
        var (way, relation) = (new OsmWay(), new OsmRelation());
        Read((xml, name) =>
        {
            if (name == "way")
            {
                ReadWay(xml, way);
                if (way.Tag(OsmRoadRule.Key) is not null)
                {
                    take(way);
                }
            }
            else if (name == "relation")
            {
                ReadRelation(xml, relation);
                if (relation.IsRestriction)
                {
                    restriction(relation);
                }
            }
        });
    }

    /// <inheritdoc/>
    public void ReadNodes(IReadOnlySet<long> wanted, Action<long, GeoPoint> take) => Read((xml, name) =>
    {
        if (name == "node" && Number(xml, "id") is var id && wanted.Contains(id))
        {
            take(id, new GeoPoint(Degrees(xml, "lat", 90), Degrees(xml, "lon", 180)));
        }
    });

    /// <summary>Hands every element below the root to <paramref name="element"/>, which may read on to that element's end.</summary>
    private void Read(Action<XmlReader, string> element)
    {
        XmlReader? xml = null;
        try
        {
            using var reader = xml = XmlReader.Create(new MarkupGuard(open()), Settings);
            DemandRoot(reader);
            while (reader.Read())
            {
                DemandShallow(reader);
                if (reader is { NodeType: XmlNodeType.Element, Depth: 1 })
                {
                    element(reader, reader.Name);
                }
            }
        }
        catch (XmlException ex)
        {
            var at = ex.LineNumber > 0 ? $"not XML at line {ex.LineNumber}, character {ex.LinePosition}" : "not plain XML: a map has no document type and no entities";
            throw new StreetFileException($"{source}: {at}. Fetch the OpenStreetMap extract again.", ex);
        }
        catch (InvalidDataException ex)
        {
            throw new StreetFileException($"{source}: {Line(xml)}damaged ({ex.Message}). Fetch the OpenStreetMap extract again.", ex);
        }
    }

    private void DemandRoot(XmlReader xml)
    {
        if (xml.MoveToContent() != XmlNodeType.Element || xml.Name != "osm")
        {
            throw Fault(xml, $"begins with <{xml.Name}>: an OpenStreetMap file begins with <osm>");
        }
    }

    private void ReadWay(XmlReader xml, OsmWay way)
    {
        way.Begin(Number(xml, "id"));
        ReadParts(xml, name =>
        {
            if (name == "nd")
            {
                way.Nodes.Add(Number(xml, "ref"));
            }
            else if (name == "tag")
            {
                way.Tags[Text(xml, "k")] = Text(xml, "v");
            }

            Demand(xml, "way", way.Id, way.Nodes.Count, way.Tags.Count);
        });
    }

    private void ReadRelation(XmlReader xml, OsmRelation relation)
    {
        relation.Begin(Number(xml, "id"));
        ReadParts(xml, name =>
        {
            if (name == "member")
            {
                var kind = xml.GetAttribute("type") switch { "node" => OsmMemberKind.Node, "way" => OsmMemberKind.Way, _ => OsmMemberKind.Other };
                relation.Members.Add(new OsmMember(kind, Number(xml, "ref"), xml.GetAttribute("role") ?? string.Empty));
            }
            else if (name == "tag")
            {
                relation.Tags[Text(xml, "k")] = Text(xml, "v");
            }

            Demand(xml, "relation", relation.Id, relation.Members.Count, relation.Tags.Count);
        });
    }

    /// <summary>Hands every element inside the present one to <paramref name="part"/>.</summary>
    private void ReadParts(XmlReader xml, Action<string> part)
    {
        if (xml.IsEmptyElement)
        {
            return;
        }

        var depth = xml.Depth;
        while (xml.Read() && xml.Depth > depth)
        {
            DemandShallow(xml);
            if (xml.NodeType == XmlNodeType.Element)
            {
                part(xml.Name);
            }
        }
    }

    private void Demand(XmlReader xml, string what, long id, int parts, int tags)
    {
        if (parts > OsmWay.MostParts || tags > OsmWay.MostParts)
        {
            throw Fault(xml, $"{what} {id} has more than {OsmWay.MostParts} {(what == "way" ? "nodes" : "members")} or tags");
        }
    }

    private void DemandShallow(XmlReader xml)
    {
        if (xml.Depth > MostDepth)
        {
            throw Fault(xml, "elements stand inside each other deeper than a map needs");
        }
    }

    private string Text(XmlReader xml, string attribute) =>
        xml.GetAttribute(attribute) ?? throw Fault(xml, $"<{xml.Name}> has no {attribute}");

    private long Number(XmlReader xml, string attribute) =>
        long.TryParse(Text(xml, attribute), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Fault(xml, $"{attribute} of <{xml.Name}> is no whole number");

    private double Degrees(XmlReader xml, string attribute, double most) =>
        double.TryParse(Text(xml, attribute), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && Math.Abs(value) <= most
            ? value
            : throw Fault(xml, $"{attribute} of <{xml.Name}> is no angle from -{most} to {most} degrees");

    private StreetFileException Fault(XmlReader xml, string what) =>
        new($"{source}: {Line(xml)}{what}. Fetch the OpenStreetMap extract again.");

    private static string Line(XmlReader? xml) => xml is IXmlLineInfo { LineNumber: > 0 } at ? $"line {at.LineNumber}: " : string.Empty;
}
