namespace CleanStreets.Ingest.Tests.Pipeline;

/// <summary>What the whole service costs, counted by the process.</summary>
[Collection(nameof(WholeProcessTests))]
public sealed class CostTests(ITestOutputHelper output)
{
    private const int Trucks = 8;
    private const int Readings = 6_000;
    private const int Rounds = 5;

    /// <summary>Generous: about 45 are seen, while pooled batches still grow to the largest turn they meet. A closure a reading would be 150 more.</summary>
    private const double MostBytes = 96;

    /// <remarks>What is allocated for each reading shows in every round; what a busy machine adds (larger turns, code still being compiled) does not.</remarks>
    [Fact]
    public async Task Readings_that_complete_no_pass_allocate_little()
    {
        await using var bench = new IngestBench();
        await bench.StartAsync();
        var start = DateTimeOffset.UtcNow.AddHours(-6).ToUnixTimeMilliseconds();
        var trucks = Enumerable.Range(0, Trucks)
            .Select(i => new RawTruck(
                new Drive(bench.Network, $"truck-{i}", "s-1", seed: i, start).Standing((Rounds + 1) * Readings), bench.MqttEndpoint.Port))
            .ToList();
        try
        {
            // The first ones warm up: code is compiled, batches and traces grow to their size.
            await SendAsync(bench, trucks, 0, Readings);
            var seen = new List<double>();
            do
            {
                var before = GC.GetTotalAllocatedBytes(precise: true);
                await SendAsync(bench, trucks, (seen.Count + 1) * Readings, (seen.Count + 2) * Readings);
                seen.Add((GC.GetTotalAllocatedBytes(precise: true) - before) / (double)(Trucks * Readings));
                output.WriteLine($"{seen[^1]:F1} bytes a reading");
            }
            while (seen[^1] >= MostBytes && seen.Count < Rounds);

            seen[^1].ShouldBeLessThan(MostBytes, string.Join(", ", seen));
        }
        finally
        {
            trucks.ForEach(truck => truck.Dispose());
        }
    }

    private static async Task SendAsync(IngestBench bench, List<RawTruck> trucks, int from, int to)
    {
        var threads = trucks.ConvertAll(truck => new Thread(() => truck.Send(from, to)));
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        await bench.SettledAsync();
    }
}
