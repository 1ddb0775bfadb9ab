using System.Diagnostics;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Store.Line;
using CleanStreets.Ingest.Store.Log;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Mqtt.Client;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Ingest.Tests.Store;

/// <summary>kill -9 while passes are on their way: what every store has afterwards is what a run without it has.</summary>
public sealed class StoreKillTests
{
    private const string Program = "Ingest/CleanStreets.Ingest";

    [Fact]
    public async Task Killed_at_any_moment_every_store_ends_with_exactly_the_passes_of_a_run_without_it()
    {
        await using var influx = new RunningInflux();
        await influx.StartAsync();
        using var folder = new TemporaryFolder();
        var network = GeneratedCity.Create(7);
        for (var round = 0; round < 3; round++)
        {
            await using var ingest = Start(folder.Combine("killed"), "sqlite", $"influx={influx.Url}");
            var mqtt = ProductProgram.ValueOf(await ingest.ReadyAsync(Eventually.Patience), "mqtt");
            await DriveAsync(new Drive(network, $"truck-{round}", $"s-{round}", round, TestRows.Start.ToUnixTimeMilliseconds()).Over(60), mqtt, mostBatches: 10 + (round * 9));
            await ingest.KillAsync();
        }

        // The same journal, read by a service that knows nothing yet, is the run without a kill.
        CopyFolder(new IngestPaths(folder.Combine("killed")).Journal, new IngestPaths(folder.Combine("whole")).Journal);
        await SettleAsync(folder.Combine("killed"), "sqlite", $"influx={influx.Url}");
        await SettleAsync(folder.Combine("whole"), "sqlite");

        var whole = Passes(folder.Combine("whole"));
        whole.Count.ShouldBeGreaterThan(20);
        Passes(folder.Combine("killed")).ShouldBe(whole);
        (await influx.NumberAsync("cleanstreets", $"SELECT COUNT(coverage) FROM {LineSchema.Pass}")).ShouldBe(whole.Count);
        NewestPoints(folder.Combine("killed")).ShouldBe(NewestPoints(folder.Combine("whole")));
    }

    [Fact]
    public async Task Killed_while_it_catches_up_every_store_ends_with_exactly_the_passes_and_points_of_a_start_without_it()
    {
        await using var influx = new RunningInflux();
        await influx.StartAsync();
        using var folder = new TemporaryFolder();
        var network = GeneratedCity.Create(7);
        await using (var source = Start(folder.Combine("source"), "sqlite"))
        {
            var mqtt = ProductProgram.ValueOf(await source.ReadyAsync(Eventually.Patience), "mqtt");
            await Task.WhenAll(Enumerable.Range(0, 4).Select(truck =>
                DriveAsync(new Drive(network, $"truck-{truck}", "s-1", truck, TestRows.Start.ToUnixTimeMilliseconds()).Over(60), mqtt, mostBatches: int.MaxValue, readings: 4)));
            (await source.StopAsync(Eventually.Patience)).ShouldBe(0, source.Output);
        }

        // A journal and nothing else: all of it is to be caught up with. Slowly, so that there is something to kill.
        string[] names = ["killed", "whole"];
        foreach (var name in names)
        {
            CopyFolder(new IngestPaths(folder.Combine("source")).Journal, new IngestPaths(folder.Combine(name)).Journal);
        }

        long end;
        using (var journal = new JournalReader(new IngestPaths(folder.Combine("killed")).Journal))
        {
            end = journal.End;
        }

        string[] slow = ["Ingest__Pipeline__BatchMessages=8", "Ingest__Pipeline__QueueDepth=1", "Ingest__Score__Interval=00:00:00", "Ingest__Store__Log__QueueDepth=1", "Ingest__Score__MostOfOneCore=1", "Ingest__Store__Log__SyncInterval=00:00:00", "Ingest__Store__Log__SyncRows=1"];
        var halfWay = 0;
        for (var kill = 1; kill <= 4; kill++)
        {
            await using var ingest = ProductProgram.StartProcess("env", [.. slow, "dotnet", ProductProgram.AssemblyPath(Program), .. Arguments(folder.Combine("killed"), "sqlite", $"influx={influx.Url}")]);
            // Looked at without a pause: on a fast machine the rest is caught up with in a few hundredths of a second.
            var began = Stopwatch.StartNew();
            while (LoggedThrough(folder.Combine("killed")) < end * kill / 6)
            {
                began.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(4), "some of it is in the store log");
            }

            await ingest.KillAsync();
            halfWay += LoggedThrough(folder.Combine("killed")) < end ? 1 : 0;
        }

        halfWay.ShouldBeGreaterThan(0, "it was killed while it caught up");
        await SettleAsync(folder.Combine("killed"), "sqlite", $"influx={influx.Url}");
        await SettleAsync(folder.Combine("whole"), "sqlite");

        Points(folder.Combine("whole")).Count.ShouldBeGreaterThan(50);
        Points(folder.Combine("killed")).ShouldBe(Points(folder.Combine("whole")));
        Passes(folder.Combine("killed")).ShouldBe(Passes(folder.Combine("whole")));
        (await influx.NumberAsync("cleanstreets", $"SELECT COUNT(sample_size) FROM {LineSchema.Score}")).ShouldBe(Points(folder.Combine("whole")).Count);
        (await influx.NumberAsync("cleanstreets", $"SELECT COUNT(coverage) FROM {LineSchema.Pass}")).ShouldBe(Passes(folder.Combine("whole")).Count);
    }

    private static long LoggedThrough(string data)
    {
        try
        {
            return StoreLogRecovery.FindEnd(new IngestPaths(data).StoreLog).Through;
        }
        catch (IOException)
        {
            // It is being opened.
            return 0;
        }
    }

    private static ProductProgram Start(string data, params string[] stores) => ProductProgram.Start(
        Program, Arguments(data, stores));

    private static string[] Arguments(string data, params string[] stores) =>
        ["run", "--data", data, "--mqtt", "127.0.0.1:0", "--read-api", "127.0.0.1:0", "--streets", "generated:7", "--method", "crow-2", .. stores.SelectMany(store => new[] { "--store", store })];

    private static async Task DriveAsync(Drive drive, string mqtt, int mostBatches, int readings = 25)
    {
        var options = new MqttClientOptions { Port = int.Parse(mqtt.Split(':')[^1]), ClientId = drive.Truck };
        await using var client = new MqttClient(options, TimeProvider.System, NullLogger<MqttClient>.Instance);
        await client.StartAsync(TestContext.Current.CancellationToken);
        await client.WaitConnectedAsync(TestContext.Current.CancellationToken);
        foreach (var batch in drive.Batches(readings).Take(mostBatches))
        {
            await IngestBench.PublishAsync(client, Topics.Default.Readings(TruckId.Parse(drive.Truck)), batch);
        }
    }

    /// <summary>Starts on what is there, waits until every store has all of it, and stops in order.</summary>
    private static async Task SettleAsync(string data, params string[] stores)
    {
        await using var ingest = Start(data, stores);
        var api = ProductProgram.ValueOf(await ingest.ReadyAsync(Eventually.Patience), "read-api");
        await Recovered.AtAsync(new Uri(api));
        using var http = new HttpClient();
        await Eventually.GetAsync("every store has everything", async () =>
        {
            var status = System.Text.Json.JsonSerializer.Deserialize(
                await http.GetStringAsync(new Uri(api + ReadApiPaths.Status)), ContractJson.Default.IngestStatus)!;
            return status.Stores!.All(store => store is { LagBytes: 0, Gaps.Count: 0 }) ? "yes" : null;
        });
        (await ingest.StopAsync(Eventually.Patience)).ShouldBe(0, ingest.Output);
    }

    private static List<string> Passes(string data) =>
        Rows(data, "SELECT journal_position, ordinal, segment_id, truck_id, entered_at_ms, left_at_ms, exposure_metres, counts FROM pass ORDER BY 1, 2");

    private static List<string> Points(string data) =>
        Rows(data, "SELECT segment_id, as_of_ms, cleanliness_index, low, high, grade, sample_size FROM score_point ORDER BY 1, 2");

    /// <summary>Without its time: evidence that changes nothing makes no point of its own, but dates one anew when it came within the same live round.</summary>
    private static List<string> NewestPoints(string data) =>
        [.. Rows(data, "SELECT segment_id, cleanliness_index, low, high, grade, sample_size, MAX(as_of_ms) FROM score_point GROUP BY 1 ORDER BY 1").Select(row => row[..row.LastIndexOf(' ')])];

    private static List<string> Rows(string data, string question)
    {
        using var connection = new SqliteConnection($"Data Source={new IngestPaths(data).Store};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = question;
        using var row = command.ExecuteReader();
        var rows = new List<string>();
        while (row.Read())
        {
            rows.Add(string.Join(' ', Enumerable.Range(0, row.FieldCount).Select(row.GetValue)));
        }

        return rows;
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
