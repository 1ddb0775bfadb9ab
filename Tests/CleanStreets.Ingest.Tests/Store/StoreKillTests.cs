using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Store.Line;
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
    }

    private static ProductProgram Start(string data, params string[] stores) => ProductProgram.Start(
        Program,
        ["run", "--data", data, "--mqtt", "127.0.0.1:0", "--read-api", "127.0.0.1:0", "--streets", "generated:7", .. stores.SelectMany(store => new[] { "--store", store })]);

    private static async Task DriveAsync(Drive drive, string mqtt, int mostBatches)
    {
        var options = new MqttClientOptions { Port = int.Parse(mqtt.Split(':')[^1]), ClientId = drive.Truck };
        await using var client = new MqttClient(options, TimeProvider.System, NullLogger<MqttClient>.Instance);
        await client.StartAsync(TestContext.Current.CancellationToken);
        await client.WaitConnectedAsync(TestContext.Current.CancellationToken);
        foreach (var batch in drive.Batches(25).Take(mostBatches))
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

    private static List<string> Passes(string data)
    {
        using var connection = new SqliteConnection($"Data Source={new IngestPaths(data).Store};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT journal_position, ordinal, segment_id, truck_id, entered_at_ms, left_at_ms, exposure_metres, counts FROM pass ORDER BY 1, 2";
        using var row = command.ExecuteReader();
        var passes = new List<string>();
        while (row.Read())
        {
            passes.Add(string.Join(' ', Enumerable.Range(0, row.FieldCount).Select(row.GetValue)));
        }

        return passes;
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
