using System.Runtime.InteropServices;

namespace CleanStreets.Contracts.Processes;

/// <summary>Stops a program when whoever started it is gone, however that ended: killed, crashed, or without a word.</summary>
/// <remarks>
/// The starter keeps the other end of the program's standard input open and never writes to it. The kernel closes it with the starter, and
/// the program then ends itself as with SIGTERM: in order. Not by <c>PR_SET_PDEATHSIG</c>, which is about the thread that started it, and threads of a pool end.
/// </remarks>
public static partial class StarterWatch
{
    /// <summary>Environment variable by which a starter says that it does so. Without it standard input means nothing, as under systemd or a shell.</summary>
    public const string Variable = "CLEANSTREETS_STOP_WITH_STARTER";

    private const int SigTerm = 15;

    /// <summary>Begins to watch when the starter wants it.</summary>
    public static void Begin()
    {
        if (Environment.GetEnvironmentVariable(Variable) != "1")
        {
            return;
        }

        // What this program starts has another starter.
        Environment.SetEnvironmentVariable(Variable, null);
        new Thread(Watch) { IsBackground = true, Name = "starter watch" }.Start();
    }

    private static void Watch()
    {
        using var input = Console.OpenStandardInput();
        Span<byte> ignored = stackalloc byte[64];
        try
        {
            while (input.Read(ignored) > 0)
            {
            }
        }
        catch (IOException)
        {
            // It is closed, too.
        }

        _ = Kill(Environment.ProcessId, SigTerm);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
