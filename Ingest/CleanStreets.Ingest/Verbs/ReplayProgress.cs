using Spectre.Console;

namespace CleanStreets.Ingest.Verbs;

/// <summary>Shows how far a replay is: a bar on a terminal, nothing where output goes into a file.</summary>
internal static class ReplayProgress
{
    /// <summary>Does <paramref name="work"/>, which tells the share that it has done.</summary>
    public static T Run<T>(string what, Func<Action<double>, T> work)
    {
        if (Console.IsOutputRedirected || Console.IsErrorRedirected)
        {
            return work(_ => { });
        }

        return AnsiConsole.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .Start(bar =>
            {
                var task = bar.AddTask(Markup.Escape(what), maxValue: 1);
                return work(share => task.Value = share);
            });
    }
}
