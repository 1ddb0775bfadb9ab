using System.Text.Json;

namespace CleanStreets.Scoring.Streets;

/// <summary>Imports a city's own street lines: any property names, lines that run over several blocks, ids or none.</summary>
public static class GeoJsonImport
{
    /// <summary>Reads the lines and cuts them into segments.</summary>
    /// <param name="stream">GeoJSON, read to its end.</param>
    /// <param name="source">What error messages call it.</param>
    /// <param name="options">Names of properties, and what to take.</param>
    /// <exception cref="StreetFileException">The content is no street map; the message names the feature at fault.</exception>
    public static ImportedStreets Read(Stream stream, string source, StreetImportOptions options)
    {
        using var document = GeoJson.Parse(stream, source, StreetFile.Kind);
        var notes = new List<string>();
        var left = 0;
        bool IsWanted(JsonElement properties) => IsStreet(properties, options.Roads) || ++left < 0;
        var features = new GeoJsonStreets(source, options.Properties).Read(document.RootElement, IsWanted);
        if (left > 0)
        {
            notes.Add($"{left} features left out: their highway is no road that was asked for");
        }

        if (GeoJson.Member(document.RootElement, GeoJsonTurns.Member) is { ValueKind: JsonValueKind.Array } turns && turns.GetArrayLength() > 0)
        {
            notes.Add($"{turns.GetArrayLength()} forbidden turns left out: lines are cut anew. A network that is ready needs no import");
        }

        var lines = Lines(features, notes);
        return lines.Count > 0
            ? new ImportedStreets(StreetNetwork.Create(Name(features, options.Cut ? new StreetCutter(lines).Cut() : lines)), features.Count, notes)
            : throw new StreetFileException($"{source}: holds no street. {left} features are no road that was asked for; see --include.");
    }

    /// <summary>A feature with OpenStreetMap's <c>highway</c> is judged by it, any other is a street because the city says so.</summary>
    private static bool IsStreet(JsonElement properties, RoadChoice? roads)
    {
        string? Tag(string key) => GeoJson.Text(GeoJson.Member(properties, key));
        return Tag(OsmRoadRule.Key) is not { } highway
            || (roads is { } choice ? OsmRoadRule.IsWanted(Tag, choice) : !OsmRoadRule.IsNoRoad(highway));
    }

    private static List<StreetLine> Lines(List<StreetFeature> features, List<string> notes)
    {
        var lines = new List<StreetLine>(features.Count);
        var points = 0;
        for (var i = 0; i < features.Count; i++)
        {
            foreach (var line in features[i].Lines)
            {
                long[] nodes = [.. WithoutRepeats(line.Select(PlaceKey.Of))];
                if (nodes.Length < 2)
                {
                    points++;
                    continue;
                }

                lines.Add(new StreetLine(i, features[i].Name, features[i].Class, features[i].OneWay, nodes));
            }
        }

        if (points > 0)
        {
            notes.Add($"{points} lines left out: all their points lie at one place");
        }

        return lines;
    }

    private static IEnumerable<StreetDefinition> Name(List<StreetFeature> features, List<StreetLine> pieces)
    {
        var piecesOf = pieces.CountBy(piece => piece.Source).ToDictionary();
        var ids = SegmentNaming.Distinct([.. pieces.Select(piece => (features[(int)piece.Source].Id is { } given
            ? SegmentNaming.OfPiece(given.Value, piece, piecesOf[piece.Source] > 1)
            : SegmentNaming.OfLine(piece), piece))]);
        return pieces.Select((piece, i) => new StreetDefinition(
            ids[i], piece.Name, piece.Class, piece.OneWay, [.. piece.Nodes.Select(PlaceKey.PlaceOf)]));
    }

    private static IEnumerable<long> WithoutRepeats(IEnumerable<long> nodes)
    {
        long? before = null;
        foreach (var node in nodes)
        {
            if (node != before)
            {
                yield return node;
            }

            before = node;
        }
    }
}
