using System.CommandLine;

namespace CleanStreets.Launcher.Commands;

/// <summary>How every verb ends: 0 done, 1 failed, 2 wrong use; errors are one sentence on the error stream.</summary>
internal static class CommandLine
{
    public const int Failed = 1;
    public const int WrongUse = 2;

    // Longer than stopping three programs takes, each with its own patience (see City).
    private static readonly TimeSpan StopPatience = TimeSpan.FromMinutes(2);

    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync($"cleanstreets: {Sentence(parsed)} Try: ./cleanstreets {string.Join(' ', parsed.CommandResult.Command == root ? [] : args.Take(1))} --help".Replace("  ", " ", StringComparison.Ordinal));
            return WrongUse;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = StopPatience });
        }
        catch (WrongUseException wrong)
        {
            await Console.Error.WriteLineAsync($"cleanstreets: {wrong.Message}");
            return WrongUse;
        }
        catch (LaunchException failed)
        {
            await Console.Error.WriteLineAsync($"cleanstreets: {failed.Message}");
            return Failed;
        }
    }

    /// <summary>The parser's errors in a person's words.</summary>
    private static string Sentence(ParseResult parsed)
    {
        var unknown = parsed.UnmatchedTokens;
        return unknown.Count > 0 && parsed.CommandResult.Command.Subcommands.Count > 0
            ? $"There is no verb '{unknown[0]}'."
            : string.Join(' ', parsed.Errors.Select(error => error.Message.ReplaceLineEndings(" ")
                .Replace("as expected type 'System.Int32'", "as a whole number", StringComparison.Ordinal)
                .Replace("as expected type 'System.Double'", "as a number", StringComparison.Ordinal)));
    }
}

/// <summary>What was asked for cannot be: the message says what happened, what it means and what to do.</summary>
internal sealed class WrongUseException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>It was asked rightly and still failed.</summary>
internal sealed class LaunchException(string message, Exception? inner = null) : Exception(message, inner);
