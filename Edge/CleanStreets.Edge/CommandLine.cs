using System.CommandLine;
using CleanStreets.Edge.Enroll;
using CleanStreets.Edge.Position;
using CleanStreets.Edge.Run;
using CleanStreets.Edge.Simulate;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Vision;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Edge;

/// <summary>How every verb ends: 0 done, 1 failed, 2 wrong use; errors are one sentence on the error stream.</summary>
internal static class CommandLine
{
    private const int Failed = 1;
    private const int WrongUse = 2;

    // Many trucks say good-bye, and the spool commits once more.
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(15);

    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            return await EndAsync(WrongUse, $"{string.Join(' ', parsed.Errors.Select(e => e.Message.ReplaceLineEndings(" ")))} Try: edge --help");
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = StopPatience });
        }
        catch (Exception wrong) when (wrong is SimulateException or VisionException or SettingsException or PositionException or StreetFileException or SpoolException { IsWrongUse: true })
        {
            return await EndAsync(WrongUse, wrong.Message);
        }
        catch (EnrollException failed)
        {
            return await EndAsync(failed.IsWrongUse ? WrongUse : Failed, failed.Message);
        }
        catch (SpoolException failed)
        {
            return await EndAsync(Failed, failed.Message);
        }
    }

    /// <summary>An action that a signal can stop from its first line on.</summary>
    /// <remarks>
    /// System.CommandLine listens for signals only once the action has given back its task. One that runs without waiting to the line that says it is ready
    /// would be ended by a signal that follows at once.
    /// </remarks>
    public static Func<ParseResult, CancellationToken, Task<int>> Stoppable(Func<ParseResult, CancellationToken, Task<int>> action) => async (parsed, stop) =>
    {
        await Task.Yield();
        return await action(parsed, stop);
    };

    private static async Task<int> EndAsync(int code, string message)
    {
        await Console.Error.WriteLineAsync($"edge: {message}");
        return code;
    }
}
