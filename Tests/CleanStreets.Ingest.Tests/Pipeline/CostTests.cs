namespace CleanStreets.Ingest.Tests.Pipeline;

/// <summary>What the whole service costs, counted by the process.</summary>
[Collection(nameof(WholeProcessTests))]
public sealed class CostTests(ITestOutputHelper output)
{
    private const int Trucks = 8;
    private const int Readings = 12_000;

    /// <summary>Generous: about 45 are seen, while pooled batches still grow to the largest turn they meet. A closure a reading would be 150 more.</summary>
    private const double MostBytes = 96;

    [Fact]
    public async Task Readings_that_complete_no_pass_allocate_little()
    {
        await using var bench = new IngestBench();
        await bench.StartAsync();
        var start = DateTimeOffset.UtcNow.AddHours(-6).ToUnixTimeMilliseconds();
        var trucks = Enumerable.Range(0, Trucks)
            .Select(i => new RawTruck(
                new Drive(bench.Network, $"truck-{i}", "s-1", seed: i, start).Standing(Readings), bench.MqttEndpoint.Port))
            .ToList();
        try
        {
            // The first half warms up: code is compiled, batches and traces grow to their size.
            await SendAsync(bench, trucks, 0, Readings / 2);
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await SendAsync(bench, trucks, Readings / 2, Readings);
            var bytes = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)(Trucks * Readings / 2);
            output.WriteLine($"{bytes:F1} bytes a reading");
            bytes.ShouldBeLessThan(MostBytes);
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
