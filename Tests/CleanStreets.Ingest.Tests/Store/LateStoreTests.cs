using CleanStreets.Contracts;
using CleanStreets.Ingest.Observe;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Store.Sqlite;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Testing;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Ingest.Tests.Store;

/// <summary>A store that cannot be opened at the start: nobody takes it for one that has nothing, and nothing it needs is let go.</summary>
public sealed class LateStoreTests
{
    private static readonly long Start = DateTimeOffset.UtcNow.AddHours(-3).ToUnixTimeMilliseconds();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Store_that_is_locked_at_the_start_is_known_or_unknown_and_gets_everything_once_it_opens(bool isReadable)
    {
        var clock = new ShiftedClock();
        await using var bench = new IngestBench(("Ingest:Store:Log:SyncInterval", "00:00:00")) { Time = clock };
        await bench.StartAsync();
        var drive = new Drive(bench.Network, "truck-1", "s-1", seed: 4, Start).Over(40);
        var half = drive.Count / 2;
        await SendAsync(bench, drive, 0, half);
        await bench.SettledAsync();
        var cursor = bench.Pipeline.Stores.StoredThrough;
        cursor.ShouldBeGreaterThan(0);
        await bench.StopAsync();
        using (var blocker = Lock(new IngestPaths(bench.Data).Store, isReadable))
        {
            await bench.StartAsync();
            var loop = bench.Pipeline.Stores.Loops[0];
            (loop.Store.IsOpen, loop.Store.KnowsCursor, loop.Store.Cursor).ShouldBe((false, isReadable, isReadable ? cursor : 0));
            var metrics = await bench.GetAsync("/metrics");
            metrics.Contains("cleanstreets_ingest_store_cursor_bytes{store=\"sqlite\"}").ShouldBe(isReadable);
            metrics.Contains("cleanstreets_ingest_store_lag_bytes{store=\"sqlite\"}").ShouldBe(isReadable);
            Readiness.Of(bench.Pipeline, clock).Dependencies.Single(dependency => dependency.Name == "store sqlite").State.ShouldBe(DependencyState.Degraded);

            await SendAsync(bench, drive, half, drive.Count);
            clock.Shift = TimeSpan.FromMinutes(5);
            await Eventually.TrueAsync("what waits for it grows old", () => bench.Pipeline.Stores.OldestUnstoredAge(clock.GetUtcNow()) >= clock.Shift);
            bench.Pipeline.Stores.StoredLogPosition.ShouldBe(0, "nothing is let go");
            clock.Shift = TimeSpan.Zero;
        }

        await bench.SettledAsync();
        bench.Pipeline.Stores.Loops[0].Marks.Gaps.ShouldBeEmpty();
        var passes = Passes(bench.Data);
        await using var twin = new IngestBench();
        await twin.StartAsync();
        await SendAsync(twin, drive, 0, drive.Count);
        await twin.SettledAsync();
        passes.ShouldBe(Passes(twin.Data));
    }

    private static SqliteConnection Lock(string path, bool isReadable)
    {
        if (isReadable)
        {
            var writer = SqliteDatabase.OpenForWriting(path);
            SqliteDatabase.Execute(writer, "BEGIN IMMEDIATE");
            return writer;
        }

        var only = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ConnectionString);
        only.Open();
        SqliteDatabase.Execute(only, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
        return only;
    }

    private static async Task SendAsync(IngestBench bench, Drive drive, int from, int to)
    {
        var truck = await bench.ConnectAsync("truck-1");
        for (var at = from; at < to; at += 20)
        {
            (await IngestBench.PublishAsync(truck, Topics.Default.Readings(TruckId.Parse("truck-1")), drive.Batch(at, Math.Min(20, to - at)))).ShouldBe(Mqtt.MqttReasonCode.Success);
        }
    }

    private static List<(string Segment, long LeftAtMs)> Passes(string data)
    {
        var passes = new List<(string, long)>();
        using var connection = SqliteDatabase.OpenForReading(new IngestPaths(data).Store);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT segment_id, left_at_ms FROM pass ORDER BY left_at_ms, segment_id";
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            passes.Add((row.GetString(0), row.GetInt64(1)));
        }

        return passes;
    }

    /// <summary>The machine's clock, and how much later a test says it is.</summary>
    private sealed class ShiftedClock : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;
    }
}
