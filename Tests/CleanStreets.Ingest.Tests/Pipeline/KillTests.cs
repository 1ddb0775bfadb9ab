using System.Collections.Concurrent;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Ingest.Tests.Pipeline;

public sealed class KillTests
{
    private const int Trucks = 20;
    private const int Rounds = 3;
    private static readonly TimeSpan Patience = Eventually.Patience;

    [Fact]
    public async Task Killed_under_load_every_acknowledged_reading_is_there_once()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Combine("ingest");
        var acknowledged = new ConcurrentBag<(string Truck, string Session, int Sequence)>();
        for (var round = 0; round < Rounds; round++)
        {
            await using var ingest = Start(data);
            var mqtt = ProductProgram.ValueOf(await ingest.ReadyAsync(Patience), "mqtt");
            await LoadAndKillAsync(ingest, int.Parse(mqtt.Split(':')[^1]), $"s-{round}", acknowledged);
        }

        await using (var last = Start(data))
        {
            await last.ReadyAsync(Patience);
            (await last.StopAsync(Patience)).ShouldBe(0, last.Output);
        }

        acknowledged.Count.ShouldBeGreaterThan(Trucks * Rounds);
        var stored = Stored(data, out var twice);
        twice.ShouldBe(0);
        acknowledged.Where(reading => !stored.Contains(reading)).ShouldBeEmpty("acknowledged means on disk");
        await using var check = ProductProgram.Start("Ingest/CleanStreets.Ingest", "journal", "check", "--data", data);
        (await check.ExitAsync(Patience)).ShouldBe(0, check.Output);
        check.Output.ShouldContain($"{acknowledged.First(reading => reading.Session == "s-0").Truck} s-0 accepted 1-");
    }

    [Fact]
    public async Task Killed_at_any_moment_even_while_saving_scores_and_admission_are_those_of_a_run_without_the_kill()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Combine("ingest");
        var acknowledged = new ConcurrentBag<(string Truck, string Session, int Sequence)>();
        string[] busy = ["Ingest__Snapshot__Readings=40", "Ingest__Snapshot__Interval=00:00:00.010", "Ingest__Store__Log__SyncInterval=00:00:00.020", "Ingest__Journal__SegmentBytes=65536"];
        for (var round = 0; round < Rounds; round++)
        {
            await using var ingest = Start(data, busy);
            var mqtt = ProductProgram.ValueOf(await ingest.ReadyAsync(Patience), "mqtt");
            await LoadAndKillAsync(ingest, int.Parse(mqtt.Split(':')[^1]), $"s-{round}", acknowledged, () => Snapshots(data).Length >= Math.Min(round + 1, 2));
        }

        var (killed, output) = await ScoresAsync(data, busy);
        Snapshots(data).Length.ShouldBe(2);
        int.Parse(output.Split("stop, ")[1].Split(' ')[0]).ShouldBeLessThan(acknowledged.Count, "it went on from a snapshot");
        output.ShouldNotContain("set aside");
        Stored(data, out var twice);
        twice.ShouldBe(0);
        Directory.Delete(new IngestPaths(data).Snapshots, recursive: true);
        Directory.Delete(new IngestPaths(data).StoreLog, recursive: true);
        foreach (var file in Directory.GetFiles(data, "segments.db*"))
        {
            File.Delete(file);
        }

        var (whole, _) = await ScoresAsync(data);
        whole.ShouldContain("\"seen\"");
        killed.ShouldBe(whole);
    }

    [Theory]
    [InlineData("--streets", "/no/such/streets.geojson", "streets.geojson")]
    [InlineData("--mqtt", "nonsense", "HOST:PORT")]
    [InlineData("--data", "/proc/nowhere", "/proc/nowhere")]
    public async Task Wrong_use_gets_one_sentence_and_exit_code_2(string option, string value, string says)
    {
        using var folder = new TemporaryFolder();
        var arguments = new Dictionary<string, string>
        {
            ["--data"] = folder.Combine("ingest"),
            ["--mqtt"] = "127.0.0.1:0",
            ["--read-api"] = "127.0.0.1:0",
            ["--streets"] = "generated:7",
            [option] = value,
        };
        await using var ingest = ProductProgram.Start(
            "Ingest/CleanStreets.Ingest", ["run", .. arguments.SelectMany(pair => new[] { pair.Key, pair.Value })]);
        (await ingest.ExitAsync(Patience)).ShouldBe(2, ingest.Output);
        ingest.Output.ShouldContain(says);
        ingest.Output.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Port_or_folder_in_use_gets_one_sentence_and_exit_code_2()
    {
        using var folder = new TemporaryFolder();
        await using var first = Start(folder.Combine("first"));
        var ready = await first.ReadyAsync(Patience);
        foreach (var (data, mqtt, readApi) in new[]
        {
            ("second", ProductProgram.ValueOf(ready, "mqtt"), "127.0.0.1:0"),
            ("second", "127.0.0.1:0", ProductProgram.ValueOf(ready, "read-api")["http://".Length..]),
            ("first", "127.0.0.1:0", "127.0.0.1:0"),
        })
        {
            await using var second = ProductProgram.Start(
                "Ingest/CleanStreets.Ingest", "run", "--data", folder.Combine(data), "--mqtt", mqtt, "--read-api", readApi, "--streets", "generated:7");
            (await second.ExitAsync(Patience)).ShouldBe(2, second.Output);
            second.Output.ShouldContain(" use");
            second.Output.ShouldNotContain("   at ");
        }
    }

    private static ProductProgram Start(string data, params string[] settings) => ProductProgram.StartProcess("env",
    [
        .. settings, "dotnet", ProductProgram.AssemblyPath("Ingest/CleanStreets.Ingest"),
        "run", "--data", data, "--mqtt", "127.0.0.1:0", "--read-api", "127.0.0.1:0", "--streets", "generated:7",
    ]);

    private static async Task<(string Scores, string Output)> ScoresAsync(string data, params string[] settings)
    {
        await using var ingest = Start(data, settings);
        var address = ProductProgram.ValueOf(await ingest.ReadyAsync(Patience), "read-api");
        await Recovered.AtAsync(new Uri(address));
        using var http = new HttpClient();
        var scores = await http.GetStringAsync(new Uri(address + ReadApiPaths.Scores));
        (await ingest.StopAsync(Patience)).ShouldBe(0, ingest.Output);
        return (scores, ingest.Output);
    }

    private static string[] Snapshots(string data) =>
        Directory.Exists(new IngestPaths(data).Snapshots) ? Directory.GetFiles(new IngestPaths(data).Snapshots, "*.snapshot") : [];

    private static async Task LoadAndKillAsync(
        ProductProgram ingest, int port, string session, ConcurrentBag<(string Truck, string Session, int Sequence)> acknowledged, Func<bool>? isEnough = null)
    {
        var network = GeneratedCity.Create(7);
        var enough = new TaskCompletionSource();
        var target = acknowledged.Count + (Trucks * new Random(Environment.TickCount).Next(15, 45));
        using var stop = new CancellationTokenSource();
        var senders = Enumerable.Range(0, Trucks).Select(truck => Task.Run(async () =>
        {
            var drive = new Drive(network, $"truck-{truck}", session, truck, DateTimeOffset.UtcNow.AddHours(-3).ToUnixTimeMilliseconds()).Over(200);
            var options = new MqttClientOptions { Port = port, ClientId = $"truck-{truck}" };
            await using var client = new MqttClient(options, TimeProvider.System, NullLogger<MqttClient>.Instance);
            await client.StartAsync(stop.Token);
            await client.WaitConnectedAsync(stop.Token);
            for (var sequence = 1; sequence <= drive.Count; sequence++)
            {
                var message = new MqttMessage
                {
                    Topic = Topics.Default.Readings(TruckId.Parse(drive.Truck)),
                    Payload = drive.Batch(sequence - 1, 1),
                    QualityOfService = QualityOfService.AtLeastOnce,
                };
                if (await client.PublishAsync(message, stop.Token) == MqttReasonCode.Success)
                {
                    acknowledged.Add((drive.Truck, session, sequence));
                    if (acknowledged.Count >= target)
                    {
                        enough.TrySetResult();
                    }
                }
            }
        })).ToList();
        await Task.WhenAny(enough.Task, Task.Delay(Patience));
        enough.Task.IsCompleted.ShouldBeTrue(ingest.Output);
        await Eventually.TrueAsync("there is what the test needs", isEnough ?? (() => true));
        await ingest.KillAsync();
        await stop.CancelAsync();
        await Task.WhenAll(senders).ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    private static HashSet<(string, string, int)> Stored(string data, out long twice)
    {
        var stored = new HashSet<(string, string, int)>();
        twice = 0;
        using var reader = new JournalReader(new IngestPaths(data).Journal);
        while (reader.TryReadNext(out var record))
        {
            for (var i = 0; record.Type == JournalRecordType.Readings && i < record.ReadingCount; i++)
            {
                if (record.Verdicts.IsEmpty || record.Verdicts[i] == 0)
                {
                    twice += stored.Add((record.IdText, record.SessionText, (int)record.FirstSequence + i)) ? 0 : 1;
                }
            }
        }

        return stored;
    }
}
