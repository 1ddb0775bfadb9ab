using System.Runtime.InteropServices;

namespace CleanStreets.Benchmarks.Run;

/// <summary>CPU time of the calling thread, for figures that are measured inside this process.</summary>
internal static unsafe partial class ThreadCpu
{
    private const int ThreadClock = 3; // CLOCK_THREAD_CPUTIME_ID

    public static double Seconds
    {
        get
        {
            var time = stackalloc long[2];
            return GetTime(ThreadClock, time) == 0 ? time[0] + (time[1] / 1e9) : throw new InvalidOperationException("clock_gettime");
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetTime(int clock, long* time);
}
