using CleanStreets.Contracts;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Store;
using CleanStreets.Mqtt;
using CleanStreets.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CleanStreets.Ingest.Tests.Pipeline;

public sealed class BackpressureTests
{
    [Fact]
    public async Task Store_that_refuses_slows_receiving_and_loses_nothing()
    {
        await using var bench = new IngestBench(builder =>
        {
            builder.Services.Configure<PipelineOptions>(options => (options.PoolBatches, options.QueueDepth) = (4, 1));
            builder.Services.Configure<StoreOptions>(options =>
                (options.QueueDepth, options.CommitInterval, options.CommitRows, options.RetryPause) =
                (1, TimeSpan.Zero, 1, TimeSpan.FromMilliseconds(50)));
        });
        await bench.StartAsync();
        var drive = new Drive(bench.Network, "truck-1", "s-1", seed: 1, DateTimeOffset.UtcNow.AddHours(-3).ToUnixTimeMilliseconds()).Over(60);
        var batches = drive.Batches(1).ToList();
        var client = await bench.ConnectAsync("truck-1", inFlight: 1);
        var acknowledged = 0;
        Task sending;
        using (var blocker = SqliteDatabase.OpenForWriting(new IngestPaths(bench.Data).Store))
        {
            using var transaction = blocker.BeginTransaction();
            sending = Task.Run(async () =>
            {
                foreach (var batch in batches)
                {
                    (await IngestBench.PublishAsync(client, Topics.Default.Readings(TruckId.Parse("truck-1")), batch)).ShouldBe(MqttReasonCode.Success);
                    Interlocked.Increment(ref acknowledged);
                }
            });

            await Eventually.TrueAsync("every queue up to the journal is full", () => bench.Pipeline.Channels.Depths()
                .Where(stage => stage.Stage is "store" or "score" or "match" or "acknowledge").All(stage => stage.Depth == 1));
            Volatile.Read(ref acknowledged).ShouldBeLessThan(batches.Count, "a store that takes nothing must be felt by the trucks");
            sending.IsCompleted.ShouldBeFalse();
        }

        await sending;
        await bench.SettledAsync();
        acknowledged.ShouldBe(batches.Count);
        bench.Census().Accepted.ShouldBe(drive.Count);
        (await bench.StatusAsync()).OldestUnstoredAgeSeconds.ShouldBe(0);
    }

    [Fact]
    public async Task Stages_do_not_contend_for_locks()
    {
        await using var bench = new IngestBench();
        await bench.StartAsync();
        var start = DateTimeOffset.UtcNow.AddHours(-3).ToUnixTimeMilliseconds();
        var before = Monitor.LockContentionCount;
        var batches = 0;
        foreach (var truck in new[] { "truck-1", "truck-2", "truck-3", "truck-4" })
        {
            var drive = new Drive(bench.Network, truck, "s-1", seed: 1, start).Over(80);
            var client = await bench.ConnectAsync(truck);
            var sent = drive.Batches(1).Select(batch => IngestBench.PublishAsync(client, Topics.Default.Readings(TruckId.Parse(truck)), batch).AsTask()).ToList();
            await Task.WhenAll(sent);
            batches += sent.Count;
        }

        await bench.SettledAsync();

        // The client's own locks and the channels' are counted too, so this is a ceiling for the whole process.
        (Monitor.LockContentionCount - before).ShouldBeLessThanOrEqualTo(Math.Max(5, batches / 100));
    }
}
