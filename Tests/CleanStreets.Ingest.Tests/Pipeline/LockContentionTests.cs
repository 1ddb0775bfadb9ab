using CleanStreets.Contracts;

namespace CleanStreets.Ingest.Tests.Pipeline;

[Collection(nameof(WholeProcessTests))]
public sealed class LockContentionTests(ITestOutputHelper output)
{
    private const int Rounds = 10;

    /// <remarks>
    /// The channels' locks and the runtime's are counted too, so this is a ceiling for the whole service; the senders have none that could be counted. A
    /// lock on the way of every batch shows in each round; a busy machine, or code that is still being compiled, in one.
    /// </remarks>
    [Fact]
    public async Task Stages_contend_for_a_lock_at_most_once_in_a_thousand_batches()
    {
        var seen = new List<(long Contended, int Batches)>();
        do
        {
            seen.Add(await RunAsync());
            output.WriteLine($"{seen[^1].Contended} contended locks, {seen[^1].Batches} batches");
        }
        while (seen[^1].Contended > seen[^1].Batches / 1000 && seen.Count < Rounds);

        seen[^1].Contended.ShouldBeLessThanOrEqualTo(seen[^1].Batches / 1000, string.Join(", ", seen));
    }

    private static async Task<(long Contended, int Batches)> RunAsync()
    {
        await using var bench = new IngestBench();
        await bench.StartAsync();
        var start = DateTimeOffset.UtcNow.AddHours(-3).ToUnixTimeMilliseconds();
        var drives = new[] { "truck-1", "truck-2", "truck-3", "truck-4" }.Select(truck => new Drive(bench.Network, truck, "s-1", seed: 1, start).Over(80)).ToList();
        var sent = drives.ToDictionary(drive => TruckId.Parse(drive.Truck), drive => drive.Batches(1).ToList());
        var before = Monitor.LockContentionCount;
        await Task.WhenAll(sent.Select(truck => Task.Factory.StartNew(
            () => PlainSender.Send(bench.MqttEndpoint, truck.Key, truck.Value), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        await bench.SettledAsync();
        return (Monitor.LockContentionCount - before, sent.Values.Sum(batches => batches.Count));
    }
}
