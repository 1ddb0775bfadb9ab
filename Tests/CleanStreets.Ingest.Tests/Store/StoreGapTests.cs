using CleanStreets.Ingest.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Ingest.Tests.Store;

/// <summary>A store that falls behind the log's cap.</summary>
public sealed class StoreGapTests
{
    [Fact]
    public async Task Store_behind_the_cap_is_marked_for_good_goes_on_and_the_mark_can_be_cleared()
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

        // The store reads on while the log gives up more: it may fall behind more than once.
        var gaps = bench["sqlite"].Marks.Gaps.ToList();
        gaps.ShouldNotBeEmpty();
        bench.Lines.Count(" 4003 ").ShouldBe(gaps.Count, bench.Lines.Text);
        var stored = (await StoreBench.PassesAsync(bench.Set.History)).Count;
        stored.ShouldBe(3001 - (int)gaps.Sum(gap => gap.Through - gap.From), "what is missing is exactly what the mark says");
        await bench.RestartAsync();
        bench["sqlite"].Marks.Gaps.ShouldBe(gaps);
        bench["sqlite"].Marks.ClearGaps();
        await bench.RestartAsync();
        bench["sqlite"].Marks.Gaps.ShouldBeEmpty();
        SqliteConnection.ClearAllPools();
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
}
