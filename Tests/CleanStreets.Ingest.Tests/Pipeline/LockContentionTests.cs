using CleanStreets.Contracts;

namespace CleanStreets.Ingest.Tests.Pipeline;

[Collection(nameof(WholeProcessTests))]
public sealed class LockContentionTests(ITestOutputHelper output)
{
    private const int Rounds = 10;

    /// <remarks>
    /// The client's own locks, the channels' and the runtime's are counted too, so this is a ceiling for the whole process. A lock on the way of every
    /// batch shows in each round; a busy machine, or code that is still being compiled, in one.
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
        return (Monitor.LockContentionCount - before, batches);
    }
}
