using System.CommandLine;
using System.Globalization;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Launcher.Commands;

/// <summary><c>streets</c>: brings a street file into the form that every program reads, and looks for what is wrong with it.</summary>
internal static class StreetsCommand
{
    private static readonly Argument<string> File = new("FILE") { Description = "GeoJSON with one LineString for each street segment." };

    private static readonly Option<string[]> Map = PropertyMap.Option();

    public static Command Create()
    {
        var check = new Command("check", "Report disconnected pieces, duplicates, zero lengths, and signs that leave no way; exit code 1 when something is wrong.") { File, Map };
        check.SetAction(parsed => Check(Read(parsed), Console.Out));
        return new Command("streets", "Street networks: import, check.") { check, StreetsImportCommand.Create(Map) };
    }

    /// <summary>The network of a file, or of <c>generated:SEED</c>.</summary>
    /// <exception cref="WrongUseException">The file cannot be used; the message names the feature at fault.</exception>
    public static StreetNetwork ReadNetwork(string streets, StreetFileOptions? options = null)
    {
        try
        {
            return streets.StartsWith("generated:", StringComparison.Ordinal)
                ? GeneratedCity.Create(int.Parse(ServiceOptions.DemandStreets(streets)["generated:".Length..], CultureInfo.InvariantCulture))
                : StreetFile.Read(streets, options);
        }
        catch (StreetFileException wrong)
        {
            throw new WrongUseException(wrong.Message, wrong);
        }
    }

    private static StreetNetwork Read(ParseResult parsed) =>
        ReadNetwork(parsed.GetRequiredValue(File), PropertyMap.Read(parsed.GetValue(Map)));

    private static int Check(StreetNetwork network, TextWriter output)
    {
        var report = StreetCheck.Run(network);
        output.WriteLine($"{network.Segments.Count} segments, {network.Segments.Sum(segment => segment.LengthMetres) / 1000:0.0} km, version {network.Version}");
        output.WriteLine(report.Pieces.Count == 1
            ? "connected: every segment hangs together"
            : $"{report.Pieces.Count} disconnected pieces; all but the largest hold {report.Pieces.Skip(1).Sum(piece => piece.Count)} segments, for example {network.Segments[report.Pieces[1][0]].Id}");
        output.WriteLine($"{report.Core.Count} segments can be driven from each to every other");
        foreach (var (first, second) in report.SameGeometry)
        {
            output.WriteLine($"same line twice: {first} and {second}");
        }

        foreach (var segment in report.ZeroLength)
        {
            output.WriteLine($"no length: {segment}");
        }

        if (network.ForbiddenTurns.Count > 0)
        {
            output.WriteLine($"{network.ForbiddenTurns.Count} forbidden turns; the two streets of each meet");
        }

        foreach (var (segment, forward) in report.NoWayOut)
        {
            output.WriteLine($"no way out: signs forbid every turn from the {(forward ? "end" : "beginning")} of {segment}");
        }

        foreach (var (segment, forward) in report.NoWayIn)
        {
            output.WriteLine($"no way in: signs forbid every turn into {segment} at its {(forward ? "beginning" : "end")}");
        }

        return report.SameGeometry.Count + report.ZeroLength.Count + report.NoWayOut.Count + report.NoWayIn.Count == 0 && report.Pieces.Count == 1 ? 0 : CommandLine.Failed;
    }
}
