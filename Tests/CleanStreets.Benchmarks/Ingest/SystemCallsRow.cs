using System.Globalization;
using CleanStreets.Benchmarks.Load;
using CleanStreets.Benchmarks.Run;
using CleanStreets.Testing;

namespace CleanStreets.Benchmarks.Ingest;

/// <summary>System calls of ingest a reading, counted by strace, whose brake makes batches larger than they are without it; so every load is said.</summary>
internal sealed class SystemCallsRow : Row
{
    private const string Strace = "/usr/bin/strace";
    private const int SigInt = 2;

    public override string Name => "ingest-system-calls";

    public override string About => "system calls of ingest";

    public override async Task<IReadOnlyList<Line>> MeasureAsync(RunSettings settings)
    {
        Tools.Need(Strace, "strace");
        var bulk = new Line($"{About}, one JSON reading a message, 50 trucks, 200 in flight each", "calls a reading");
        var many = new Line($"{About}, one JSON reading a message, 1,000 trucks, one in flight each", "calls a reading");
        var batches = new Line($"{About}, 20 readings a message in Protobuf, 50 trucks, 200 in flight each", "calls a reading");
        await using var city = await RunningCity.StartAsync(settings.Tools.Path(Name), Drive.StreetsFile);
        await using var mosquitto = await Server.MosquittoAsync();
        for (var round = 0; round < settings.Runs; round++)
        {
            foreach (var (line, drive, inFlight) in new[] { (bulk, new Drive(settings.Tools, 50, 400, 1), 200), (many, new Drive(settings.Tools, 1000, 20, 1), 1), (batches, new Drive(settings.Tools, 50, 100, 20), 200) })
            {
                await drive.PrepareAsync(seed: 300 + round);
                line.Ours.Add(await CountAsync(settings, city.IngestId, () => drive.SendAsync(city.MqttPort, inFlight)) / drive.Readings);
                line.Next(mosquitto.Name).Add(await CountAsync(settings, mosquitto.Id, () => drive.SendAsync(mosquitto.Port, inFlight)) / drive.Readings);
            }
        }

        return [bulk, many, batches];
    }

    private static async Task<double> CountAsync(RunSettings settings, int processId, Func<Task> load)
    {
        var summary = settings.Tools.Path($"strace-{Guid.NewGuid():N}");
        await using var strace = ProductProgram.StartProcess(Strace, ["-c", "-f", "-o", summary, "-p", $"{processId}"]);
        await Eventually.TrueAsync("strace is attached", () => File.ReadAllText($"/proc/{processId}/status").Contains($"TracerPid:\t{strace.Id}", StringComparison.Ordinal));
        await load();
        strace.Signal(SigInt);
        await strace.ExitAsync(TimeSpan.FromMinutes(1));
        var total = (await File.ReadAllLinesAsync(summary)).Last(line => line.EndsWith(" total", StringComparison.Ordinal));
        return double.Parse(total.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], CultureInfo.InvariantCulture);
    }
}
