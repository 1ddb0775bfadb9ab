using System.Globalization;
using CleanStreets.Benchmarks.Run;
using CleanStreets.Testing;

namespace CleanStreets.Benchmarks.Agent;

/// <summary>The agent of a truck without camera at one reading a second, in the environment that its unit gives it: what is resident, and what it computes, minutes after its start.</summary>
/// <remarks>One round, however many are asked for: it takes six minutes. The city is ingest, so that readings are stored and leave the spool.</remarks>
internal sealed class AgentRow(TimeProvider time) : Row
{
    private const double MostMegabytes = 60, MostShare = 2;
    private const double Mega = 1_000_000;
    private const int DriveSeconds = 3600;

    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(80), Between = TimeSpan.FromSeconds(30), Watched = TimeSpan.FromMinutes(5);

    public override string Name => "agent";

    public override string About => "resident memory and CPU of a truck's agent without camera, 1 Hz, over five minutes";

    public override async Task<IReadOnlyList<Line>> MeasureAsync(RunSettings settings)
    {
        using var folder = new TemporaryFolder();
        await using var ingest = ProductProgram.Start(
            "Ingest/CleanStreets.Ingest", "run", "--data", folder.Combine("ingest"), "--mqtt", "127.0.0.1:0", "--read-api", "127.0.0.1:0", "--streets", "generated:1");
        var mqtt = ProductProgram.ValueOf(await ingest.ReadyAsync(TimeSpan.FromMinutes(2)), "mqtt");
        await File.WriteAllLinesAsync(folder.Combine("drive.nmea"), Drive());
        await File.WriteAllTextAsync(
            folder.Combine("edge.json"),
            $$"""
            { "truckId": "truck-1", "data": "{{folder.Combine("edge")}}", "mqtt": { "host": "127.0.0.1", "port": {{mqtt[(mqtt.LastIndexOf(':') + 1)..]}} },
              "position": { "source": "replay", "path": "{{folder.Combine("drive.nmea")}}" } }
            """);
        await using var agent = ProductProgram.StartProcess("env", [.. Environment(), "dotnet", ProductProgram.AssemblyPath("Edge/CleanStreets.Edge"), "run", "--settings", folder.Combine("edge.json")]);
        await agent.ReadyAsync(TimeSpan.FromMinutes(2));
        var memory = new Line("agent without camera, 1 Hz: resident, from 80 s to 6 min after its start (clear text)", "MB") { Limit = MostMegabytes };
        var share = new Line("the same: CPU of those minutes", "% of a core") { Limit = MostShare };
        await Task.Delay(FirstLook, time);
        var (before, since) = (ProcessUse.Of(agent.Id), time.GetTimestamp());
        while (time.GetElapsedTime(since) < Watched)
        {
            await Task.Delay(Between, time);
            memory.Ours.Add(ProcessUse.ResidentBytes(agent.Id) / Mega);
        }

        share.Ours.Add((ProcessUse.Of(agent.Id) - before).CpuSeconds / time.GetElapsedTime(since).TotalSeconds * 100);
        await agent.StopAsync(TimeSpan.FromMinutes(1));
        return [memory, share];
    }

    /// <summary>What the unit's lines <c>Environment=</c> say of the runtime.</summary>
    private static IEnumerable<string> Environment() => File.ReadLines(RepositoryRoot.Combine("deploy", "edge", "cleanstreets-edge.service"))
        .Where(line => line.StartsWith("Environment=", StringComparison.Ordinal))
        .SelectMany(line => line["Environment=".Length..].Split(' '))
        .Where(entry => entry.StartsWith("DOTNET_", StringComparison.Ordinal));

    // To the north at 5 m/s, a fix a second.
    private static IEnumerable<string> Drive()
    {
        var start = new DateTimeOffset(2026, 11, 1, 5, 0, 0, TimeSpan.Zero);
        for (var i = 0; i < DriveSeconds; i++)
        {
            var (at, minutes) = (start.AddSeconds(i), 48 + (i * 5 / 1852.0));
            yield return Sentence(string.Create(CultureInfo.InvariantCulture, $"GPGGA,{at:HHmmss.ff},37{minutes:00.0000},N,12216.2000,W,1,08,0.9,10.0,M,0.0,M,,"));
            yield return Sentence(string.Create(CultureInfo.InvariantCulture, $"GPRMC,{at:HHmmss.ff},A,37{minutes:00.0000},N,12216.2000,W,9.7,0.0,{at:ddMMyy},,,A"));
        }
    }

    private static string Sentence(string body) => $"${body}*{body.Aggregate(0, (sum, letter) => sum ^ letter):X2}";
}
