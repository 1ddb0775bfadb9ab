using CleanStreets.Contracts;

namespace CleanStreets.Ingest.Tests.Pipeline;

[Collection(nameof(WholeProcessTests))]
public sealed class LockContentionTests(ITestOutputHelper output)
{
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
        output.WriteLine($"{Monitor.LockContentionCount - before} contended locks, {batches} batches");
        (Monitor.LockContentionCount - before).ShouldBeLessThanOrEqualTo(Math.Max(5, batches / 100));
    }
}
