using System.CommandLine;

namespace CleanStreets.Ingest.Verbs;

/// <summary>Says in one sentence why a command line cannot be used.</summary>
internal static class Misuse
{
    /// <summary>Exit code of wrong use.</summary>
    public const int ExitCode = 2;

    public static async Task<int> SayAsync(ParseResult parsed)
    {
        await Console.Error.WriteLineAsync($"ingest: {parsed.Errors[0].Message} See --help.");
        return ExitCode;
    }
}
