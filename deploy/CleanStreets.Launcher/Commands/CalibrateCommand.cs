using System.CommandLine;
using CleanStreets.Scoring.Index;

namespace CleanStreets.Launcher.Commands;

/// <summary><c>calibrate</c>: simulates streets whose truth is known, and writes how often the interval of each method held it.</summary>
internal static class CalibrateCommand
{
    private const string Page = "RESULTS.md";

    private static readonly Option<string> Out = new("--out") { Description = $"Folder for {Page} and its pictures.", Required = true };

    private static readonly Option<int> Streets = new("--streets") { Description = "Simulated streets of each kind.", DefaultValueFactory = _ => 20_000 };

    private static readonly Option<int> Seed = new("--seed") { Description = "Seed: the same one writes the same page.", DefaultValueFactory = _ => 1 };

    public static Command Create()
    {
        Streets.Validators.Add(ServiceOptions.AtLeast(1, 10_000_000));
        var command = new Command("calibrate", "Check on simulated streets how often the scores' intervals hold the truth.") { Out, Streets, Seed };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(Out), parsed.GetValue(Streets), parsed.GetValue(Seed)));
        return command;
    }

    private static int Run(string folder, int streets, int seed)
    {
        if (!Directory.Exists(folder))
        {
            throw new WrongUseException($"--out {folder}: there is no such folder. Make it, or name another.");
        }

        var methods = ScoreMethods.Names.Select(name => CalibrationRunner.Run(streets, seed, ScoreMethods.OptionsOf(name)!)).ToList();
        foreach (var (at, kind) in CalibrationRunner.Cases.Index())
        {
            using var picture = TextFiles.OpenWrite(Path.Combine(folder, CalibrationPage.PictureOf(kind)));
            ReliabilityDiagram.Write([.. methods.Select(results => results[at])], picture);
        }

        using (var page = TextFiles.OpenWrite(Path.Combine(folder, Page)))
        {
            CalibrationPage.Write(methods, streets, seed, page);
        }

        foreach (var result in methods.SelectMany(results => results))
        {
            Console.Out.WriteLine($"{result.Method}  {result.Case}: {result.Share * 100:0.0} % of {result.Streets} intervals held the truth, mean width {result.MeanWidth:0.00}");
        }

        Console.Out.WriteLine($"written to {Path.Combine(folder, Page)}");
        return 0;
    }
}
