using System.Globalization;

namespace CleanStreets.Benchmarks.Run;

/// <summary>What a process has used so far, all its threads together, as the operating system keeps the account.</summary>
/// <param name="CpuSeconds">User and system time (fields 14 and 15 of <c>/proc/PID/stat</c>, in ticks of 10 ms), ended threads included.</param>
/// <param name="Switches">Context switches, voluntary or not, of the threads that live.</param>
internal readonly record struct ProcessUse(double CpuSeconds, long Switches)
{
    private const double TicksASecond = 100; // USER_HZ: fixed by the kernel's interface, whatever its own tick is.

    public static ProcessUse Of(int processId) => new(CpuOf(processId), SwitchesOf(processId));

    public static ProcessUse operator -(ProcessUse now, ProcessUse before) => new(now.CpuSeconds - before.CpuSeconds, now.Switches - before.Switches);

    public static ProcessUse operator +(ProcessUse one, ProcessUse other) => new(one.CpuSeconds + other.CpuSeconds, one.Switches + other.Switches);

    /// <summary>Resident memory in bytes.</summary>
    public static long ResidentBytes(int processId) => StatusOf($"/proc/{processId}/status", "VmRSS:") * 1024;

    /// <summary>The most memory that was ever resident, in bytes.</summary>
    public static long PeakBytes(int processId) => StatusOf($"/proc/{processId}/status", "VmHWM:") * 1024;

    private static double CpuOf(int processId)
    {
        var stat = File.ReadAllText($"/proc/{processId}/stat");

        // The name, in brackets, may hold anything; the numbers begin behind it with field 3.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksASecond;
    }

    private static long SwitchesOf(int processId)
    {
        var switches = 0L;
        foreach (var thread in Directory.EnumerateDirectories($"/proc/{processId}/task"))
        {
            try
            {
                switches += StatusOf(Path.Combine(thread, "status"), "voluntary_ctxt_switches:") + StatusOf(Path.Combine(thread, "status"), "nonvoluntary_ctxt_switches:");
            }
            catch (IOException)
            {
                // The thread has ended meanwhile.
            }
        }

        return switches;
    }

    private static long StatusOf(string file, string field)
    {
        var line = File.ReadLines(file).First(line => line.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }
}
