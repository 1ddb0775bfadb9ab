using CleanStreets.Contracts;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Store;
using CleanStreets.Ingest.Store.Log;
using CleanStreets.Ingest.Store.Sqlite;
using CleanStreets.Mqtt;
using CleanStreets.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CleanStreets.Ingest.Tests.Pipeline;

public sealed class BackpressureTests
{
    [Fact]
    public async Task Store_that_refuses_slows_nobody_and_gets_everything_later()
    {
        await using var bench = new IngestBench(builder =>
        {
            builder.Services.Configure<PipelineOptions>(options => (options.PoolBatches, options.QueueDepth) = (4, 1));
            builder.Services.Configure<StoreLogOptions>(options => options.QueueDepth = 1);
            builder.Services.Configure<StoreOptions>(options =>
                (options.RetryPause, options.LongestRetryPause) = (TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(50)));
        });
        await bench.StartAsync();
        var drive = new Drive(bench.Network, "truck-1", "s-1", seed: 1, DateTimeOffset.UtcNow.AddHours(-3).ToUnixTimeMilliseconds()).Over(20);
        var client = await bench.ConnectAsync("truck-1", inFlight: 1);
        var store = bench.Pipeline.Stores.Loops[0];
        using (var blocker = SqliteDatabase.OpenForWriting(new IngestPaths(bench.Data).Store))
        {
            using var transaction = blocker.BeginTransaction();
            var before = store.Store.Cursor; // The head of the journal's first file may be behind it already.
            foreach (var batch in drive.Batches(1))
            {
                (await IngestBench.PublishAsync(client, Topics.Default.Readings(TruckId.Parse("truck-1")), batch)).ShouldBe(MqttReasonCode.Success);
            }

            await Eventually.TrueAsync("everything is scored and in the store log", () =>
                bench.Pipeline.Stores.Log.SyncedThrough >= bench.Pipeline.Progress.JournalledThrough);
            (await bench.ScoresAsync()).ShouldNotBeEmpty("scores are published although the store takes nothing");
            store.Store.Cursor.ShouldBe(before);
            await Eventually.TrueAsync("the store is said to fail", () => store.Standing.Failure is not null);
            (await bench.GetAsync("/readyz")).ShouldContain("It takes no rows");
        }

        await bench.SettledAsync();
        (await bench.GetAsync("/readyz")).ShouldNotContain("It takes no rows");
        bench.Census().Accepted.ShouldBe(drive.Count);
        (await bench.StatusAsync()).OldestUnstoredAgeSeconds.ShouldBe(0);
        (await bench.StatusAsync()).Stores![0].Gaps.ShouldBeEmpty();
    }
}
