using System.Globalization;
using System.Runtime.InteropServices;

namespace CleanStreets.Benchmarks.Run;

/// <summary>Where the figures were taken: figures of two machines, or of an idle and a busy one, are not to be compared.</summary>
internal static class Machine
{
    public static async Task<IReadOnlyList<string>> DescribeAsync(TimeProvider time) =>
    [
        $"machine: {Environment.ProcessorCount} × {Field("/proc/cpuinfo", "model name")}, {MemoryGigabytes():0.0} GB",
        $"kernel: {RuntimeInformation.OSDescription}; TCP congestion control {Read("/proc/sys/net/ipv4/tcp_congestion_control")}",
        $"versions: {RuntimeInformation.FrameworkDescription}; {await MosquittoAsync()}",
        $"load (1, 5, 15 minutes): {string.Join(' ', Read("/proc/loadavg").Split(' ').Take(3))}; {time.GetUtcNow():yyyy-MM-dd HH:mm} UTC",
    ];

    private static double MemoryGigabytes() =>
        long.Parse(Field("/proc/meminfo", "MemTotal").Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1048576.0;

    private static async Task<string> MosquittoAsync()
    {
        if (!File.Exists(Tools.Mosquitto))
        {
            return "Mosquitto not installed";
        }

        await using var help = CleanStreets.Testing.ProductProgram.StartProcess(Tools.Mosquitto, ["-h"]);
        await help.ExitAsync(TimeSpan.FromSeconds(10));
        return help.Output.Split('\n')[0].Trim();
    }

    private static string Field(string file, string name) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown";

    private static string Read(string file) => File.Exists(file) ? File.ReadAllText(file).Trim() : "unknown";
}
