using System.CommandLine;
using CleanStreets.Scoring.Index;

namespace CleanStreets.Launcher.Commands;

/// <summary><c>index</c>: grades a table of grids by a published method.</summary>
internal static class IndexCommand
{
    private static readonly Option<string> Method = new("--method") { Description = "The published rule to follow.", Required = true };

    private static readonly Option<string> Grids = new("--grids") { Description = "CSV with the columns grid,twos,threes,illegalDumping,bulkyItems; segments,seen make classes of grids seen in part incomplete.", Required = true };

    private static readonly Option<string> Out = new("--out") { Description = "CSV to write: grid,csScore,class.", Required = true };

    public static Command Create()
    {
        Method.AcceptOnlyFromAmong([.. LasanGridMethod.All.Select(method => method.Name)]);
        var command = new Command("index", "Grade a table of grids as LA Sanitation published it.") { Method, Grids, Out };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(Method), parsed.GetRequiredValue(Grids), parsed.GetRequiredValue(Out)));
        return command;
    }

    private static int Run(string method, string grids, string path)
    {
        using var result = new StringWriter(); // Written at the end: a bad row leaves no half table behind.
        int graded;
        try
        {
            using var input = TextFiles.OpenRead(grids);
            graded = GridIndexRunner.Run(method, input, result);
        }
        catch (GridIndexException wrong)
        {
            throw new WrongUseException($"{grids}: {wrong.Message}", wrong);
        }

        using var output = TextFiles.OpenWrite(path);
        output.Write(result.ToString());
        Console.Out.WriteLine($"{graded} grids graded by {method}, written to {path}");
        return 0;
    }
}
