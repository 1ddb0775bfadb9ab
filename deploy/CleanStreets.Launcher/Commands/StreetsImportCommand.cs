using System.CommandLine;
using CleanStreets.Launcher.Streets;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Launcher.Commands;

/// <summary><c>streets import</c>: makes a street network out of a city's own lines or of OpenStreetMap.</summary>
internal static class StreetsImportCommand
{
    private static readonly Argument<string> File = new("FILE")
    {
        Description = "GeoJSON of street lines, or OpenStreetMap as .osm, .osm.gz, .osm.bz2 or .osm.pbf.",
    };

    private static readonly Option<string> Out = new("--out") { Description = "The GeoJSON to write.", Required = true };

    private static readonly Option<string[]> Include = new("--include")
    {
        Description = $"Roads beside streets: {string.Join(',', Names())}; or none.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<bool> WholeLines = new("--whole-lines")
    {
        Description = "GeoJSON: do not cut lines where they share a point with another.",
    };

    private static readonly Option<string?> Previous = new("--previous")
    {
        Description = "The network in use: streets that lie where one of its segments lies keep that segment's id, and with it their history.",
    };

    public static Command Create(Option<string[]> map)
    {
        var command = new Command("import", "Cut a street map into segments with lasting ids and write the network.") { File, Out, Include, map, WholeLines, Previous };
        command.SetAction(parsed => Import(parsed.GetRequiredValue(File), parsed.GetRequiredValue(Out), parsed.GetValue(Previous), new StreetImportOptions
        {
            Properties = PropertyMap.Read(parsed.GetValue(map)),
            Roads = Roads(parsed.GetValue(Include)),
            Cut = !parsed.GetValue(WholeLines),
        }));
        return command;
    }

    private static int Import(string path, string target, string? previous, StreetImportOptions options)
    {
        var before = previous is null ? null : StreetsCommand.ReadNetwork(previous);
        var imported = Read(path, options);
        foreach (var note in imported.Notes)
        {
            Console.Out.WriteLine(note);
        }

        var network = before is null ? imported.Network : Keep(imported.Network, before);
        using var output = TextFiles.OpenWrite(target);
        StreetFile.WriteGeoJson(network, output.BaseStream);
        Console.Out.WriteLine($"{network.Segments.Count} segments from {imported.Lines} lines, "
            + $"{network.Segments.Sum(segment => segment.LengthMetres) / 1000:0.0} km, written to {target}, version {network.Version}");
        return 0;
    }

    private static StreetNetwork Keep(StreetNetwork network, StreetNetwork before)
    {
        var kept = PreviousIds.Keep(network, before);
        Console.Out.WriteLine($"{kept.Same + kept.Kept} segments keep their ids, {kept.Kept} of them by their place; {kept.New} are new, {kept.Gone} are gone");
        return kept.Network;
    }

    private static ImportedStreets Read(string path, StreetImportOptions options)
    {
        try
        {
            return ImportProgress.Run($"reading {Path.GetFileName(path)}", progress => new StreetMapFile(path, progress).Import(options));
        }
        catch (StreetFileException wrong)
        {
            throw new WrongUseException(wrong.Message, wrong);
        }
        catch (InvalidDataException damaged)
        {
            throw new WrongUseException($"{path}: damaged ({damaged.Message}). Fetch the file again.", damaged);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new WrongUseException($"Cannot read {path}: {TextFiles.Reason(problem)}. Check the path.", problem);
        }
    }

    private static RoadChoice? Roads(string[]? words)
    {
        if (words is not { Length: > 0 })
        {
            return null;
        }

        var choice = RoadChoice.Streets;
        foreach (var word in words.SelectMany(word => word.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            choice |= word == "none" ? RoadChoice.Streets
                : Names().Contains(word) ? Enum.Parse<RoadChoice>(word, ignoreCase: true)
                : throw new WrongUseException($"--include {word}: there is no such kind of road. Known: {string.Join(", ", Names())}; or none.");
        }

        return choice;
    }

    private static IEnumerable<string> Names() =>
        Enum.GetValues<RoadChoice>().Where(kind => kind != RoadChoice.Streets).Select(kind => kind.ToString().ToLowerInvariant());
}
