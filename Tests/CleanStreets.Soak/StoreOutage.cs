using System.Diagnostics;
using System.Net.Http.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Testing;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Soak;

/// <summary>InfluxDB is away while trucks send: it must stop nobody, and miss nothing once it is back. SQLite beside it is what it is compared with.</summary>
internal static class StoreOutage
{
    private const string Store = "influx";

    // Passes and points of an hour go in within minutes, also on a busy machine.
    private static readonly TimeSpan CatchUpPatience = TimeSpan.FromMinutes(20);

    /// <summary>Frozen for a quarter of the time, then killed; at its end it starts again on what it had.</summary>
    public static async Task RoundAsync(SoakRun run, int round)
    {
        await run.ProgressAsync();
        await Task.Delay(run.Outage / 60, run.Time); // Warm, so that what memory grows by is the outage's.
        var (readings, memory) = (run.Fleet.Acknowledged, MegabytesOf(run));
        run.Influx.Freeze();
        await Task.Delay(run.Outage / 4, run.Time);
        await run.Influx.KillAsync();
        await Task.Delay(run.Outage * 3 / 4, run.Time);
        var away = await StatusAsync(run, Store);
        var beside = await StatusAsync(run, "sqlite");
        Console.WriteLine($"away for {run.Outage.TotalMinutes:0.#} min: {run.Fleet.Acknowledged - readings} readings acknowledged meanwhile; {Store} is {away.LagBytes} bytes "
            + $"of the journal behind ({away.Failure}), sqlite {beside.LagBytes}; Ingest has {MegabytesOf(run)} MB resident, {memory} MB before");
        var back = Stopwatch.GetTimestamp();
        await run.Influx.StartAsync();
        await Eventually.TrueAsync("the store has caught up", async () => (await StatusAsync(run, Store)).LagBytes < away.LagBytes / 100, CatchUpPatience);
        Console.WriteLine($"caught up to a hundredth {Stopwatch.GetElapsedTime(back).TotalSeconds:0.0} s after its start was begun; Ingest has {MegabytesOf(run)} MB resident then");
    }

    /// <summary>Both stores hold the same number of passes and of score points, nothing is marked as missed, nothing was refused.</summary>
    public static async Task<bool> CheckAsync(SoakRun run)
    {
        foreach (var store in new[] { "sqlite", Store })
        {
            await Eventually.TrueAsync($"{store} has everything", async () => (await StatusAsync(run, store)).LagBytes == 0, CatchUpPatience);
        }

        var begun = run.Time.GetTimestamp();

        // The cursor tells how far passes are; the last round of scores may still be on its way, to one of them sooner than to the other.
        var counted = string.Empty;
        var same = await Eventually.GetAsync<object>("both hold the same, or do not for minutes", async () =>
        {
            var sqlite = InSqlite(Path.Combine(run.Data, "segments.db"));
            var influx = (Passes: await run.Influx.NumberAsync("cleanstreets", "SELECT COUNT(coverage) FROM cleanstreets_pass"), Points: await run.Influx.NumberAsync("cleanstreets", "SELECT COUNT(sample_size) FROM cleanstreets_score"));
            counted = $"passes: {sqlite.Passes} in SQLite, {influx.Passes} in InfluxDB; score points: {sqlite.Points}, {influx.Points}";
            return sqlite == influx && sqlite.Passes > 0 ? true : run.Time.GetElapsedTime(begun) > SoakRun.Patience ? false : null;
        }, SoakRun.Patience * 2) is true;
        var status = await StatusAsync(run, Store);
        Console.WriteLine($"{counted}; refused {status.RowsRefused}, stretches missed {status.Gaps.Count}");
        return same && status is { RowsRefused: 0, Gaps.Count: 0 };
    }

    private static async Task<StoreStatus> StatusAsync(SoakRun run, string store)
    {
        using var http = new HttpClient { BaseAddress = run.ReadApi };
        var status = await http.GetFromJsonAsync(ReadApiPaths.Status, ContractJson.Default.IngestStatus);
        return status!.Stores!.Single(item => item.Store == store);
    }

    private static (long Passes, long Points) InSqlite(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
        connection.Open();
        return (Count("SELECT COUNT(*) FROM pass"), Count("SELECT COUNT(*) FROM score_point"));

        long Count(string question)
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // One of the two questions above.
            command.CommandText = question;
#pragma warning restore CA2100
            return (long)command.ExecuteScalar()!;
        }
    }

    private static long MegabytesOf(SoakRun run)
    {
        using var process = Process.GetProcessById(run.Ingest.Id);
        return process.WorkingSet64 >> 20;
    }
}
