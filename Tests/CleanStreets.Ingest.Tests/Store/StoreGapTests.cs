using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Store;
using CleanStreets.Ingest.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Ingest.Tests.Store;

/// <summary>A store that falls behind the log's cap.</summary>
public sealed class StoreGapTests
{
    [Fact]
    public async Task Store_behind_the_cap_misses_exactly_what_its_marks_say_goes_on_and_they_can_be_cleared()
    {
        await using var bench = new StoreBench("sqlite");
        (bench.LogOptions.FileBytes, bench.LogOptions.CapBytes) = (64 * 1024, 128 * 1024);
        bench.Start();
        bench.Append(TestRows.Pass(0));
        await bench.StoredAsync("sqlite", 1);
        using (var blocker = SqliteDatabase.OpenForWriting(bench.Paths.Store))
        {
            using var transaction = blocker.BeginTransaction();
            for (var i = 1; i <= 3000; i++)
            {
                bench.Append(TestRows.Pass(i));
                bench.Set.Log.Trim(bench.Set.StoredLogPosition);
            }
        }

        await bench.StoredAsync("sqlite", 3001);

        // How many stretches there are nobody promises: what the store has read before it is refused it stores later, while the log gives up
        // more behind that. What is promised: each position is stored, or lies in one mark, and the marks neither touch nor overlap.
        var gaps = bench["sqlite"].Marks.Gaps.ToList();
        gaps.ShouldNotBeEmpty();
        gaps.ShouldAllBe(gap => gap.From < gap.Through);
        gaps.Zip(gaps.Skip(1)).ShouldAllBe(pair => pair.First.Through < pair.Second.From);
        bench.Lines.Count(" 4003 ").ShouldBeGreaterThanOrEqualTo(gaps.Count, bench.Lines.Text);
        var stored = (await StoreBench.PassesAsync(bench.Set.History)).Select(Position).Order().ToList();
        stored.ShouldBe(Enumerable.Range(0, 3001).Where(position => !gaps.Exists(gap => gap.From <= position && position < gap.Through)));
        await bench.RestartAsync();
        bench["sqlite"].Marks.Gaps.ShouldBe(gaps);
        bench["sqlite"].Marks.ClearGaps();
        await bench.RestartAsync();
        bench["sqlite"].Marks.Gaps.ShouldBeEmpty();
        SqliteConnection.ClearAllPools();
    }

    [Fact]
    public async Task Store_that_was_away_all_the_while_misses_one_stretch_up_to_where_the_log_begins()
    {
        await using var bench = new StoreBench("sqlite");
        (bench.LogOptions.FileBytes, bench.LogOptions.CapBytes) = (64 * 1024, 128 * 1024);
        bench.Start();
        bench.Append(TestRows.Pass(0));
        await bench.StoredAsync("sqlite", 1);
        var stored = bench.Set.StoredLogPosition;
        await bench.Set.StopAsync();
        for (var i = 1; i <= 2000; i++)
        {
            bench.Append(TestRows.Pass(i));
            bench.Set.Log.Trim(stored);
        }

        await bench.RestartAsync();
        await bench.StoredAsync("sqlite", 2001);
        var gap = bench["sqlite"].Marks.Gaps.ShouldHaveSingleItem();
        gap.From.ShouldBe(1);
        (await StoreBench.PassesAsync(bench.Set.History)).Select(Position).Order()
            .ShouldBe([0, .. Enumerable.Range((int)gap.Through, 2001 - (int)gap.Through)]);
        bench.Lines.Count(" 4003 ").ShouldBe(1, bench.Lines.Text);
    }

    [Fact]
    public async Task New_store_is_marked_to_miss_what_the_log_has_given_up()
    {
        await using var bench = new StoreBench("sqlite");
        (bench.LogOptions.FileBytes, bench.LogOptions.CapBytes) = (64 * 1024, 128 * 1024);
        bench.Start();
        for (var i = 0; i < 2000; i++)
        {
            bench.Append(TestRows.Pass(i));
        }

        await bench.StoredAsync("sqlite", 2000);
        bench.Set.Log.Trim(bench.Set.Log.End.LogPosition);
        await bench.Set.DisposeAsync();
        SqliteConnection.ClearAllPools();
        foreach (var file in Directory.EnumerateFiles(bench.Paths.Data, "segments.db*"))
        {
            File.Delete(file);
        }

        bench.Start();
        await bench.StoredAsync("sqlite", 2000);
        bench["sqlite"].Marks.Gaps.ShouldHaveSingleItem().From.ShouldBe(0);
    }

    /// <summary>What the one before has got, this one has not: its cursor is not for it.</summary>
    [Fact]
    public async Task Server_at_another_address_begins_where_the_log_does_and_is_marked_for_what_that_has_given_up()
    {
        await using var before = await StubStore.StartAsync();
        await using var now = await StubStore.StartAsync();
        await using var bench = new StoreBench($"influx={before.Url}");
        (bench.LogOptions.FileBytes, bench.LogOptions.CapBytes) = (64 * 1024, 128 * 1024);
        bench.Start();
        for (var i = 0; i < 2000; i++)
        {
            bench.Append(TestRows.Pass(i));
        }

        await bench.StoredAsync("influx", 2000);
        bench.Set.Log.Trim(bench.Set.StoredLogPosition);
        bench.Stores = [$"influx={now.Url}"];
        await bench.RestartAsync();
        bench.Append(TestRows.Pass(2000));
        await bench.StoredAsync("influx", 2001);

        var gap = bench["influx"].Marks.Gaps.ShouldHaveSingleItem();
        gap.From.ShouldBe(0);
        gap.Through.ShouldBeInRange(1, 2000);
        now.Points.Count.ShouldBe(2 * (2001 - (int)gap.Through), "a pass and a point each");
        bench.Lines.Count(" 4013 ").ShouldBe(1, bench.Lines.Text);

        await bench.RestartAsync();
        bench["influx"].Marks.Gaps.ShouldBe([gap]);
        bench["influx"].Store.Cursor.ShouldBe(2001);
        bench.Lines.Count(" 4013 ").ShouldBe(1, "it is the same place now");
    }

    [Fact]
    public async Task Database_that_was_dropped_is_made_anew_and_marked_for_all_it_held()
    {
        await using var stub = await StubStore.StartAsync();
        await using var bench = new StoreBench($"influx={stub.Url}");
        bench.Start();
        bench.Append(TestRows.Pass(0), TestRows.Pass(1));
        await bench.StoredAsync("influx", 2);
        bench["influx"].Marks.Gaps.ShouldBeEmpty();

        stub.Points.Clear();
        stub.Answer = (_, context) => stub.Requests.Any(request => request.Contains("CREATE", StringComparison.Ordinal))
            ? Task.FromResult(true)
            : StubStore.SayAsync(context, 404, "{\"error\":\"database not found: \\\"cleanstreets\\\"\"}");
        bench.Append(TestRows.Pass(2));
        await bench.StoredAsync("influx", 3);

        bench["influx"].Marks.Gaps.ShouldBe([new StoreGap(0, 2)]);
        stub.Points.Count.ShouldBe(2);
        bench.Lines.Count(" 4014 ").ShouldBe(1, bench.Lines.Text);
    }

    // The rows of these tests carry their place in what they say.
    private static int Position(PassSummary pass) => (int)(pass.ExposureMetres - TestRows.Pass(0).Pass.ExposureMetres);
}
