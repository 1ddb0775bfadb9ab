using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Store;
using CleanStreets.Ingest.Store.Sqlite;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Ingest.Tests.Store;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Ingest.Tests.Rescore;

/// <summary>A store that fell behind the log's cap, filled from the journal.</summary>
public sealed class BackfillTests : IAsyncDisposable
{
    private readonly RunningInflux _influx = new();
    private IngestBench _bench = new();

    [Fact]
    public async Task Store_that_fell_behind_is_filled_while_ingest_runs_and_has_what_a_store_that_never_did_has()
    {
        await _influx.StartAsync();
        _bench = new IngestBench(
            ("Ingest:Store:Log:CapBytes", "131072"),
            ("Ingest:Store:Log:FileBytes", "65536"),
            ("Ingest:Store:Log:SyncInterval", "00:00:00"),
            ("Ingest:Score:Interval", "00:00:00"))
        {
            Stores = [$"influx={_influx.Url}", "sqlite"],
        };
        await _bench.StartAsync();
        await DriveAsync(trucks: 2, from: 0);
        await _bench.SettledAsync();
        Rows inRounds;
        using (var blocker = SqliteDatabase.OpenForWriting(new IngestPaths(_bench.Data).Store))
        {
            using var transaction = blocker.BeginTransaction();
            await DriveAsync(trucks: 20, from: 2);
            await InfluxHasAllAsync();
            inRounds = await RowsAsync(sqlite: false);
            await DriveAsync(trucks: 10, from: 22, inStep: true);
            await InfluxHasAllAsync();
        }

        await DriveAsync(trucks: 1, from: 32, inStep: true);
        await _bench.SettledAsync();
        (await _bench.StatusAsync()).Stores!.Single(store => store.Store == "sqlite").Gaps.ShouldNotBeEmpty();
        var (missing, whole) = (await RowsAsync(sqlite: true), await RowsAsync(sqlite: false));
        missing.Passes.Count.ShouldBeLessThan(whole.Passes.Count);
        var gaps = Loop("sqlite").Marks.Gaps.ToList();

        await FillAsync();

        var filled = await RowsAsync(sqlite: true);
        ShouldHold(filled, whole);

        // Where each record was a round of its own live, too, there is no such point.
        var ofOwnRounds = whole.Points.Keys.Except(inRounds.Points.Keys).ToList();
        ofOwnRounds.Count.ShouldBeGreaterThan(50);
        ofOwnRounds.Where(key => filled.Points[key] != whole.Points[key]).ShouldBeEmpty();
        (await _bench.StatusAsync()).Stores!.ShouldAllBe(store => store.Gaps.Count == 0);

        // Once more, as if the marks had not been taken away: nothing changes.
        gaps.ForEach(Loop("sqlite").Marks.Add);
        await FillAsync();
        var again = await RowsAsync(sqlite: true);
        again.Passes.ShouldBe(filled.Passes);
        again.Points.ShouldBe(filled.Points, ignoreOrder: true);

        // And of the whole journal, what the store has of its own rounds included.
        Loop("sqlite").Marks.Add(new StoreGap(0, _bench.Pipeline.Progress.JournalledThrough));
        await FillAsync();
        ShouldHold(await RowsAsync(sqlite: true), whole);
        await _bench.StopAsync();
        SqliteConnection.ClearAllPools();
    }

    [Fact]
    public async Task New_influx_is_filled_from_the_beginning_while_ingest_is_stopped_and_goes_on_behind()
    {
        await _influx.StartAsync();
        await _bench.StartAsync();
        await DriveAsync(trucks: 3, from: 0);
        await _bench.SettledAsync();
        var whole = await RowsAsync(sqlite: true);
        var (paths, network) = (new IngestPaths(_bench.Data), _bench.Network);
        var end = _bench.Pipeline.Progress.JournalledThrough;
        await _bench.StopAsync();
        var marks = new StoreMarks(paths.StoreMarks, "influx", network.Version);
        marks.MoveTo(end);
        marks.Add(new StoreGap(0, end));

        var (code, text, error) = await RescoreTests.CommandAsync("--data", _bench.Data, "--backfill", "influx", "--store", $"influx={_influx.Url}");

        code.ShouldBe(0, text + error);
        var read = new StoreMarks(paths.StoreMarks, "influx", network.Version);
        (read.Cursor, read.Gaps.Count).ShouldBe((end, 0));
        var history = new Ingest.Store.Influx.InfluxHistory(
            StoreAddress.Parse($"influx={_influx.Url}"), new Ingest.Store.Line.StoreHttp(StoreAddress.Parse($"influx={_influx.Url}"), new(), new StoreOptions(), TimeProvider.System), network.Version);
        (await RowsAsync(network, history)).Passes.ShouldBe(whole.Passes);
        SqliteConnection.ClearAllPools();
    }

    [Fact]
    public async Task What_retention_has_removed_stays_marked_and_is_told()
    {
        _bench = new IngestBench(("Ingest:Journal:SegmentBytes", "65536"));
        await _bench.StartAsync();
        await DriveAsync(trucks: 12, from: 0);
        await _bench.SettledAsync();
        var (paths, network) = (new IngestPaths(_bench.Data), _bench.Network);
        var end = _bench.Pipeline.Progress.JournalledThrough;
        await _bench.StopAsync();
        var files = JournalSegmentFile.List(paths.Journal, []);
        files.Count.ShouldBeGreaterThan(2);
        File.Delete(files[0].Path);
        var begin = files[1].Header.BasePosition;
        new StoreMarks(paths.StoreMarks, "sqlite", network.Version).Add(new StoreGap(100, end));

        var (code, text, error) = await RescoreTests.CommandAsync("--data", _bench.Data, "--backfill", "sqlite");

        code.ShouldBe(1, error);
        text.ShouldContain($"Filled: the journal from {begin} to {end}.");
        text.ShouldContain($"Cannot be filled any more: the journal from 100 to {begin} is gone.");
        text.ShouldContain("score points are left out");
        new StoreMarks(paths.StoreMarks, "sqlite", network.Version).Gaps.ShouldBe([new StoreGap(100, begin)]);
        SqliteConnection.ClearAllPools();
    }

    [Fact]
    public async Task Wrong_use_is_said_in_a_sentence()
    {
        await _bench.StartAsync();
        await DriveAsync(trucks: 1, from: 0);
        await _bench.SettledAsync();

        (await RescoreTests.CommandAsync("--data", _bench.Data, "--backfill", "oracle")).Error.ShouldContain("there is no such store");
        (await RescoreTests.CommandAsync("--data", _bench.Data, "--backfill", "sqlite")).Error.ShouldContain("--read-api");
        (await RescoreTests.CommandAsync("--data", _bench.Data, "--backfill", "sqlite", "--method", "kab-1")).Error.ShouldContain("--method does not go with --backfill");
        var (code, text, _) = await RescoreTests.CommandAsync("--data", _bench.Data, "--backfill", "sqlite", "--read-api", _bench.Addresses[0].Authority);
        (code, text.Trim()).ShouldBe((0, "The store sqlite misses nothing."));
    }

    [Theory]
    [InlineData(10, 20, 0, 5, "10-20")]
    [InlineData(10, 20, 20, 30, "10-20")]
    [InlineData(10, 20, 5, 15, "15-20")]
    [InlineData(10, 20, 15, 25, "10-15")]
    [InlineData(10, 20, 12, 14, "10-12 14-20")]
    [InlineData(10, 20, 10, 20, "")]
    [InlineData(10, 20, 0, 99, "")]
    public void What_is_left_of_a_gap(long from, long through, long filledFrom, long filledThrough, string left) =>
        string.Join(' ', new StoreGap(from, through).Without(new StoreGap(filledFrom, filledThrough)).Select(gap => $"{gap.From}-{gap.Through}")).ShouldBe(left);

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _influx.DisposeAsync();
    }

    private StoreLoop Loop(string store) => _bench.Pipeline.Stores.Loops.Single(loop => loop.Store.Name == store);

    private async Task FillAsync()
    {
        var (code, text, error) = await RescoreTests.CommandAsync(
            "--data", _bench.Data, "--backfill", "sqlite", "--store", $"influx={_influx.Url}", "--store", "sqlite", "--read-api", _bench.Addresses[0].Authority);
        code.ShouldBe(0, text + error);
        text.ShouldContain("It is not marked any more.");
    }

    private static void ShouldHold(Rows filled, Rows whole)
    {
        filled.Passes.ShouldBe(whole.Passes);
        foreach (var (key, point) in whole.Points)
        {
            // A live round may take a street's late pass together with a newer one; the replay scores it between them, of one pass more.
            var there = filled.Points[key];
            (there == point || there.SampleSize > point.SampleSize).ShouldBeTrue($"{key}: {there} for {point}");
        }
    }

    private Task InfluxHasAllAsync() =>
        Eventually.TrueAsync("InfluxDB has everything", () => Loop("influx").Store.Cursor >= _bench.Pipeline.Progress.JournalledThrough);

    /// <param name="trucks">How many.</param>
    /// <param name="from">Number of the first.</param>
    /// <param name="inStep">Each record is scored before the next is sent.</param>
    private async Task DriveAsync(int trucks, int from, bool inStep = false)
    {
        var start = DateTimeOffset.UtcNow.AddHours(-8).ToUnixTimeMilliseconds();
        for (var i = from; i < from + trucks; i++)
        {
            var truck = TruckId.Parse($"truck-{i}");
            var client = await _bench.ConnectAsync(truck.Value);
            foreach (var batch in new Drive(_bench.Network, truck.Value, "s-1", seed: 100 + i, start + (i * 1000)).Over(60).Batches(inStep ? 200 : 40))
            {
                await IngestBench.PublishAsync(client, Topics.Default.Readings(truck), batch);
                if (inStep)
                {
                    await _bench.Pipeline.Stores.Log.SyncThroughAsync(_bench.Pipeline.Progress.JournalledThrough)
                        .WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
                }
            }
        }
    }

    private Task<Rows> RowsAsync(bool sqlite) => RowsAsync(
        _bench.Network, sqlite ? new SqliteHistory(new IngestPaths(_bench.Data).Store) : _bench.Pipeline.History);

    private static async Task<Rows> RowsAsync(StreetNetwork network, ISegmentHistory history)
    {
        var (passes, points) = (new List<string>(), new Dictionary<string, ScorePoint>());
        foreach (var segment in network.Segments)
        {
            passes.AddRange((await StoreBench.PassesAsync(history, segment.Id.Value)).Select(pass => $"{segment.Id.Value} {TestRows.Text(pass)}"));
            foreach (var point in await StoreBench.PointsAsync(history, segment.Id.Value))
            {
                points.Add($"{segment.Id.Value} {point.AsOf:O}", point);
            }
        }

        passes.Sort(StringComparer.Ordinal);
        return new Rows(passes, points);
    }

    private sealed record Rows(List<string> Passes, Dictionary<string, ScorePoint> Points);
}
