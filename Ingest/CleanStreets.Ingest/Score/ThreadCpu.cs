using System.Runtime.InteropServices;

namespace CleanStreets.Ingest.Score;

/// <summary>CPU time that the calling thread has used.</summary>
internal static unsafe partial class ThreadCpu
{
    private const int ThreadClock = 3; // CLOCK_THREAD_CPUTIME_ID on Linux

    public static TimeSpan Time
    {
        get
        {
            if (!OperatingSystem.IsLinux())
            {
                return TimeSpan.FromMilliseconds(Environment.TickCount64); // As if it always worked.
            }

            var time = stackalloc long[2];
            return GetTime(ThreadClock, time) == 0
                ? TimeSpan.FromSeconds(time[0]) + TimeSpan.FromTicks(time[1] / TimeSpan.NanosecondsPerTick)
                : throw new InvalidOperationException($"clock_gettime: error {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int GetTime(int clock, long* time);
}
