using System.CommandLine;
using CleanStreets.Scoring.Matching;

namespace CleanStreets.Launcher.Commands;

/// <summary><c>match</c>: places recorded traces on streets, with the matcher that ingest uses.</summary>
internal static class MatchCommand
{
    private static readonly Option<string> Streets = new("--streets") { Description = "Street network: a GeoJSON file, or generated:SEED.", Required = true };

    private static readonly Option<string> Traces = new("--traces")
    {
        Description = "CSV of fixes: id,time and longitude,latitude or a WKT geometry column.",
        Required = true,
    };

    private static readonly Option<string> Passes = new("--passes")
    {
        Description = "CSV to write: id,order,segmentId,direction,enteredAt,leftAt,coverage.",
        Required = true,
    };

    private static readonly Option<string?> Fixes = new("--fixes") { Description = "CSV to write: id,time,segmentId,offsetMetres,longitude,latitude." };

    public static Command Create()
    {
        var command = new Command("match", "Place recorded traces on streets.") { Streets, Traces, Passes, Fixes };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(Streets), parsed.GetRequiredValue(Traces), parsed.GetRequiredValue(Passes), parsed.GetValue(Fixes)));
        return command;
    }

    private static int Run(string streets, string traces, string passes, string? fixes)
    {
        var network = StreetsCommand.ReadNetwork(streets);
        using var input = TextFiles.OpenRead(traces);
        using var passOutput = TextFiles.OpenWrite(passes);
        using var fixOutput = fixes is null ? null : TextFiles.OpenWrite(fixes);
        try
        {
            var summary = MatchRunner.Run(network, input, passOutput, fixOutput);
            Console.Out.WriteLine($"{summary.Traces} traces, {summary.Fixes} fixes, {summary.Passes} passes written to {passes}");
        }
        catch (TraceFileException wrong)
        {
            throw new WrongUseException($"{traces}: {wrong.Message}", wrong);
        }

        return 0;
    }
}
