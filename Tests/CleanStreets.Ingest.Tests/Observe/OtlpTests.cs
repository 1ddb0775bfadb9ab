using System.Net;
using CleanStreets.Ingest.Observe;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Observe;

public sealed class OtlpTests
{
    [Fact]
    public async Task Collector_hears_every_metric_that_has_a_value()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var bench = new IngestBench(
            ($"{OtlpOptions.Section}:Endpoint", collector.Endpoint.ToString()), ($"{OtlpOptions.Section}:Interval", "00:00:00.200"));
        await bench.StartAsync();
        var drive = new Drive(bench.Network, "truck-1", "s-1", seed: 1, DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeMilliseconds()).Over(3);
        await IngestBench.PublishAsync(await bench.ConnectAsync("truck-1"), "cleanstreets/v1/readings/truck-1", drive.Batch(0, 10));

        // Reasons that never occurred have no value to send.
        var expected = bench.Service<IngestMetrics>().All.Where(metric => metric.Kind == MetricKind.Histogram || metric.Read().Any()).Select(metric => metric.Name).ToList();
        expected.Count.ShouldBeGreaterThan(15);
        await Eventually.TrueAsync("the collector has heard them all", () => expected.TrueForAll(collector.Units.ContainsKey));
        collector.Units["cleanstreets.ingest.readings.accepted"].ShouldBe("{reading}");
        collector.Units["cleanstreets.ingest.stage.duration"].ShouldBe("s");
        collector.Units["cleanstreets.ingest.store.cursor"].ShouldBe("By");
        collector.Service.ShouldBe("cleanstreets-ingest");
        await Eventually.TrueAsync("the runtime's own go along", () => collector.Units.Keys.Any(name => name.StartsWith("dotnet.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Collector_that_is_away_disturbs_nothing()
    {
        await using var bench = new IngestBench(
            ($"{OtlpOptions.Section}:Endpoint", "http://127.0.0.1:1"), ($"{OtlpOptions.Section}:Interval", "00:00:00.100"));
        await bench.StartAsync();
        var drive = new Drive(bench.Network, "truck-1", "s-1", seed: 1, DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeMilliseconds()).Over(3);
        await IngestBench.PublishAsync(await bench.ConnectAsync("truck-1"), "cleanstreets/v1/readings/truck-1", drive.Batch(0, 10));
        bench.Census().Accepted.ShouldBe(10);
        (await bench.Http.GetAsync(new Uri("/readyz", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
