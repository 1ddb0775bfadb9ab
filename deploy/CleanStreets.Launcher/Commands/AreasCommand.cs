using System.CommandLine;
using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Launcher.Commands;

/// <summary><c>areas</c>: the index of districts, neighbourhoods or zones, out of the passes of trucks.</summary>
internal static class AreasCommand
{
    private static readonly Option<string> Streets = new("--streets") { Description = "Street network: a GeoJSON file, or generated:SEED.", Required = true };

    private static readonly Option<string?> Areas = new("--areas") { Description = "GeoJSON of Polygons or MultiPolygons. Default: each street by itself." };

    private static readonly Option<string?> AreaName = new("--area-name") { Description = "Property that names an area. Default: name, district or id." };

    private static readonly Option<string> Passes = new("--passes")
    {
        Description = "CSV of passes: segmentId,truckId,enteredAt,exposureSquareMetres,counts, and coverage if known: what ./cleanstreets passes writes.",
        Required = true,
    };

    private static readonly Option<string?> Facts = new("--facts")
    {
        Description = "CSV of verified cleanings and of trucks that were sent: segmentId,kind,at,side,truckId,orderId, what ./cleanstreets passes --facts writes.",
    };

    private static readonly Option<string> Method = new("--method") { Description = "The index.", DefaultValueFactory = _ => ScoreMethods.Default };

    private static readonly Option<DateTimeOffset?> From = new("--from") { Description = "Period index: beginning, for example 2026-11-01T00:00Z." };

    private static readonly Option<DateTimeOffset?> To = new("--to") { Description = "Period index: end, itself outside." };

    private static readonly Option<DateTimeOffset?> AsOf = new("--as-of") { Description = "Condition now, as of this moment: another number than a period index." };

    private static readonly Option<string> Out = new("--out") { Description = "CSV to write, a row an area.", Required = true };

    private static readonly Option<string?> LeaveOneOut = new("--leave-one-out") { Description = "CSV to write: what leaving out any one truck would change." };

    public static Command Create()
    {
        Method.AcceptOnlyFromAmong([.. IndexMethods.All.Select(method => method.Name)]);
        var command = new Command("areas", "Tell the cleanliness of districts, neighbourhoods or zones.")
        {
            Streets, Areas, AreaName, Passes, Facts, Method, From, To, AsOf, Out, LeaveOneOut,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var (from, to, asOf) = (parsed.GetValue(From), parsed.GetValue(To), parsed.GetValue(AsOf));
        var effects = parsed.GetValue(LeaveOneOut);
        DemandQuestion(from, to, asOf, effects);
        var network = StreetsCommand.ReadNetwork(parsed.GetRequiredValue(Streets));
        var areas = Places(network, parsed.GetValue(Areas), parsed.GetValue(AreaName)).ToList();
        var detectors = new DetectorTimes();
        var evidence = ReadPasses(parsed.GetRequiredValue(Passes), network, detectors);
        if (parsed.GetValue(Facts) is { } facts)
        {
            ReadFacts(facts, network, evidence);
        }

        var indexer = new AreaIndexer(IndexMethods.Find(parsed.GetRequiredValue(Method))!);
        var table = areas.Select(area => asOf is { } moment
            ? indexer.Now(area.Name, area.Streets, evidence.GetValueOrDefault, moment)
            : indexer.Over(area.Name, area.Streets, evidence.GetValueOrDefault, from!.Value, to!.Value) with
            {
                // The trend compares with the period of the same length before.
                Detectors = detectors.Of(area.Streets, from.Value - (to.Value - from.Value), to.Value),
            }).ToList();
        WriteTable(parsed.GetRequiredValue(Out), output => AreaTable.Write(table, output));
        if (effects is not null)
        {
            WriteTable(effects, output => AreaTable.Write(
                areas.Select(area => (area.Name, indexer.LeaveOneOut(area.Streets, evidence.GetValueOrDefault, from!.Value, to!.Value))), output));
        }

        Console.Out.WriteLine($"{table.Count} {(parsed.GetValue(Areas) is null ? "streets" : "areas")} by {parsed.GetRequiredValue(Method)}, {(asOf is null ? "period index" : "condition now")}; "
            + $"{table.Count(area => area.Index is null)} of them not seen; "
            + (table.Count(area => area.Detectors.Count > 1) is > 0 and var broken ? $"in {broken} the detector changed, so their trend compares two measures; " : string.Empty) + $"written to {parsed.GetRequiredValue(Out)}");
        if (table.Exists(area => area.Index is not null && area.IntervalIsOfTrucksOnly))
        {
            Console.Out.WriteLine($"The intervals of {parsed.GetRequiredValue(Method)} hold what trucks do to all their streets alike, and nothing of the doubt about single streets: its grades are rounded and have none.");
        }

        return 0;
    }

    private static void DemandQuestion(DateTimeOffset? from, DateTimeOffset? to, DateTimeOffset? asOf, string? effects)
    {
        if ((asOf is null) == (from is null && to is null))
        {
            throw new WrongUseException("Say which number you want: --from and --to for a period index, or --as-of for the condition at a moment.");
        }

        if (asOf is null && !(from < to))
        {
            throw new WrongUseException("A period needs both ends, and --from before --to.");
        }

        if (asOf is not null && effects is not null)
        {
            throw new WrongUseException("--leave-one-out goes with a period: name --from and --to.");
        }
    }

    private static IEnumerable<(string Name, IReadOnlyList<AreaStreet> Streets)> Places(StreetNetwork network, string? areas, string? nameProperty) =>
        areas is null
            ? network.Segments.Select(segment => (segment.Id.Value, (IReadOnlyList<AreaStreet>)[new AreaStreet(segment, 1)]))
            : ReadAreas(areas, nameProperty).Select(area => (area.Name, AreaStreets.Of(network, area.Shape)));

    private static IReadOnlyList<Area> ReadAreas(string path, string? nameProperty)
    {
        try
        {
            using var input = TextFiles.OpenRead(path);
            return AreaFile.Read(input.BaseStream, path, nameProperty);
        }
        catch (StreetFileException wrong)
        {
            throw new WrongUseException(wrong.Message, wrong);
        }
    }

    private static Dictionary<Contracts.SegmentId, SegmentEvidence> ReadPasses(string path, StreetNetwork network, DetectorTimes detectors)
    {
        try
        {
            using var input = TextFiles.OpenRead(path);
            var evidence = PassFile.Read(input, network, out var left, detectors);
            if (left != default)
            {
                Console.Out.WriteLine($"{left.Elsewhere} passes left out because the network has no such segment, {left.WithoutExposure} because how much they saw is not known");
            }

            return evidence;
        }
        catch (PassFileException wrong)
        {
            throw new WrongUseException($"{path}: {wrong.Message}", wrong);
        }
    }

    private static void ReadFacts(string path, StreetNetwork network, Dictionary<Contracts.SegmentId, SegmentEvidence> evidence)
    {
        try
        {
            using var input = TextFiles.OpenRead(path);
            if (FactFile.Read(input, network, evidence) is > 0 and var elsewhere)
            {
                Console.Out.WriteLine($"{elsewhere} facts left out because the network has no such segment");
            }
        }
        catch (PassFileException wrong)
        {
            throw new WrongUseException($"{path}: {wrong.Message}", wrong);
        }
    }

    private static void WriteTable(string path, Action<TextWriter> write)
    {
        using var table = new StringWriter(); // Written at the end: a fault leaves no half table behind.
        write(table);
        using var output = TextFiles.OpenWrite(path);
        output.Write(table.ToString());
    }
}
