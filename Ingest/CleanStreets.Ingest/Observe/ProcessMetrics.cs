using System.Diagnostics;
using System.Text;

namespace CleanStreets.Ingest.Observe;

/// <summary>What Prometheus's own clients say of every process, under the names that its dashboards expect.</summary>
internal static class ProcessMetrics
{
    public static void Write(StringBuilder text)
    {
        using var process = Process.GetCurrentProcess();
        One(text, "process_cpu_seconds_total", "counter", "CPU time of the process.", process.TotalProcessorTime.TotalSeconds);
        One(text, "process_resident_memory_bytes", "gauge", "Resident memory of the process.", process.WorkingSet64);
        One(text, "process_start_time_seconds", "gauge", "When the process started, seconds since 1970 UTC.", Seconds(process.StartTime));
        One(text, "process_threads", "gauge", "Threads of the process.", process.Threads.Count);
        One(text, "dotnet_gc_heap_total_allocated_bytes_total", "counter", "Bytes allocated since the process started.", GC.GetTotalAllocatedBytes());
    }

    private static double Seconds(DateTime at) => new DateTimeOffset(at).ToUnixTimeMilliseconds() / 1000.0;

    private static void One(StringBuilder text, string name, string type, string help, double value) =>
        text.Append($"# HELP {name} {help}\n# TYPE {name} {type}\n{name} {value:R}\n");
}
