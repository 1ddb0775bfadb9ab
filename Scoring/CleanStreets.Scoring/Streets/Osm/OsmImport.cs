namespace CleanStreets.Scoring.Streets;

/// <summary>Imports streets out of OpenStreetMap: drivable ways, cut at junctions, joined where only a tag changed, and forbidden turns.</summary>
/// <remarks>
/// The file is read twice, ways first and then the places of their nodes, so that memory grows with the streets and not with the
/// houses, woods and shops of a whole extract.
/// </remarks>
public static class OsmImport
{
    /// <summary>Reads OpenStreetMap XML.</summary>
    /// <param name="open">Opens the XML, decompressed, at its beginning; called twice.</param>
    /// <param name="source">What error messages call it.</param>
    /// <param name="options">What to take.</param>
    /// <exception cref="StreetFileException">The content is no map; the message names the line at fault.</exception>
    public static ImportedStreets ReadXml(Func<Stream> open, string source, StreetImportOptions options) =>
        Read(new OsmXmlFile(open, source), source, options);

    /// <summary>Reads OpenStreetMap PBF.</summary>
    /// <param name="open">Opens the file at its beginning; called twice.</param>
    /// <param name="source">What error messages call it.</param>
    /// <param name="options">What to take.</param>
    /// <exception cref="StreetFileException">The content is no map; the message names the byte at fault.</exception>
    public static ImportedStreets ReadPbf(Func<Stream> open, string source, StreetImportOptions options) =>
        Read(new OsmPbfFile(open, source), source, options);

    private static ImportedStreets Read(IOsmFile file, string source, StreetImportOptions options)
    {
        var ways = new OsmWays(options.Roads ?? RoadChoice.Streets);
        var turns = new OsmTurns();
        file.ReadWays(ways.Take, turns.Take);
        var places = new Dictionary<long, GeoPoint>();
        file.ReadNodes(ways.Nodes(), (id, place) => places[id] = place);
        var lines = ways.Lines(places);
        if (lines.Count == 0)
        {
            throw new StreetFileException($"{source}: holds no street. Name an OpenStreetMap extract with roads in it; see also --include.");
        }

        var cutter = new StreetCutter(lines);
        var streets = StreetMerger.Merge(cutter.Cut(), cutter);
        var ids = SegmentNaming.Distinct([.. streets.Select(street => (SegmentNaming.OfWay(street), street))]);
        var definitions = streets.Select((street, i) => new StreetDefinition(
            ids[i], street.Name, street.Class, street.OneWay, [.. street.Nodes.Select(node => places[node])]));
        var network = StreetNetwork.Create(definitions, turns.Between(lines, streets, ids));
        return new ImportedStreets(network, ways.Count, [.. ways.Notes, .. turns.Notes]);
    }
}
