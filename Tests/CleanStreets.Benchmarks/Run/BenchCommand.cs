using System.CommandLine;

namespace CleanStreets.Benchmarks.Run;

/// <summary><c>bench [NAME…] [--runs N] [--save]</c>.</summary>
internal static class BenchCommand
{
    public static async Task<int> RunAsync(TimeProvider time, IReadOnlyList<Row> rows, string[] args)
    {
        var names = new Argument<string[]>("NAME") { Description = "Rows to measure; without any, all.", Arity = ArgumentArity.ZeroOrMore };
        names.AcceptOnlyFromAmong([.. rows.Select(row => row.Name)]);
        var runs = new Option<int>("--runs") { Description = "Rounds a figure; the median is said.", DefaultValueFactory = _ => 5 };
        runs.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int>() is < 1 or > 1000)
            {
                result.AddError("--runs is 1 to 1000.");
            }
        });
        var save = new Option<bool>("--save") { Description = "Write the results page, Tests/CleanStreets.Benchmarks/RESULTS.md." };
        var about = string.Join('\n', rows.Select(row => $"  {row.Name,-18} {row.About}"));
        var root = new RootCommand(
            $"The performance table, peers measured in the same run. Exit code 0: every promise kept, 1: not, 2: wrong use.\n\nRows:\n{about}") { names, runs, save };
        root.SetAction(parsed => new Bench(time, rows).RunAsync(parsed.GetValue(names)!, parsed.GetValue(runs), parsed.GetValue(save)));
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync($"bench: {parsed.Errors[0].Message}");
            return 2;
        }

        return await parsed.InvokeAsync();
    }
}
