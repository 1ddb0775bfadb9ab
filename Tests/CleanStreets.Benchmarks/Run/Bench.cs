using CleanStreets.Testing;

namespace CleanStreets.Benchmarks.Run;

/// <summary>Measures the rows that were asked for, one after another, and prints the table as it grows.</summary>
internal sealed class Bench(TimeProvider time, IReadOnlyList<Row> rows)
{
    private const string ResultsFile = "Tests/CleanStreets.Benchmarks/RESULTS.md";

    private readonly List<string> _said = [];

    /// <summary>0: measured and every promise kept; 1: a promise broken or a row failed.</summary>
    public async Task<int> RunAsync(IReadOnlyList<string> names, int runs, bool save)
    {
        using var tools = new Tools();
        foreach (var line in await Machine.DescribeAsync(time))
        {
            Say(line);
            Say("");
        }

        Say(Table.Head);
        var isGood = true;
        foreach (var row in rows.Where(row => names.Count == 0 || names.Contains(row.Name)))
        {
            isGood &= await MeasureAsync(row, new RunSettings(runs, tools));
        }

        Say("");
        Say($"Medians of {runs}; ratios round by round, ours and the peers' by turns. CPU time is the process's own account, all its threads.");
        Say($"Load afterwards: {string.Join(' ', (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ').Take(3))}.");
        if (save)
        {
            await File.WriteAllTextAsync(
                RepositoryRoot.Combine(ResultsFile), $"# Results\n\nWritten by `./cleanstreets bench --save`; what each row does stands in [README](README.md).\n\n{string.Join('\n', _said)}\n");
        }

        return isGood ? 0 : 1;
    }

    private async Task<bool> MeasureAsync(Row row, RunSettings settings)
    {
        try
        {
            var lines = await row.MeasureAsync(settings);
            foreach (var line in lines)
            {
                Say(Table.Format(row.Name, line));
            }

            return lines.All(line => line.IsKept != false);
        }
        catch (MissingException missing)
        {
            Say($"| `{row.Name}` {row.About} | left out: {missing.Message} | | | | – |");
            return true;
        }
        catch (Exception failure) when (failure is InvalidOperationException or TimeoutException or IOException)
        {
            Say($"| `{row.Name}` {row.About} | failed: {failure.Message.ReplaceLineEndings(" ")} | | | | no |");
            return false;
        }
    }

    private void Say(string line)
    {
        _said.Add(line);
        Console.WriteLine(line);
    }
}
