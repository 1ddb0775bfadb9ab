using System.Net;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Store;

/// <summary>The whole service with InfluxDB as the store that history is read from.</summary>
public sealed class StoreApiTests
{
    [Fact]
    public async Task History_comes_from_the_first_store_and_its_absence_is_said_while_scores_go_on()
    {
        await using var influx = new RunningInflux();
        await influx.StartAsync();
        await using var bench = new IngestBench { Stores = [$"influx={influx.Url}", "sqlite"] };
        await bench.StartAsync();
        await SendAsync(bench, new Drive(bench.Network, "truck-1", "s-1", seed: 2, DateTimeOffset.UtcNow.AddHours(-2).ToUnixTimeMilliseconds()).Over(25));
        var segment = (await bench.ScoresAsync()).First(score => score.State == ScoreState.Seen).SegmentId;
        (await bench.GetAsync(ReadApiPaths.History, segment)).ShouldContain("\"index\"");
        (await bench.GetAsync(ReadApiPaths.Passes, segment)).ShouldContain("litter-7.2");
        var status = await bench.StatusAsync();
        status.Stores!.Select(store => (store.Store, store.LagBytes, store.Failure)).ShouldBe([("influx", 0L, null), ("sqlite", 0L, null)]);
        (await bench.GetAsync("/metrics")).ShouldContain("cleanstreets_ingest_store_lag_bytes{store=\"influx\"} 0");

        await influx.KillAsync();
        using var history = await bench.Http.GetAsync(new Uri(ReadApiPaths.History.Replace("{segmentId}", segment.Value, StringComparison.Ordinal), UriKind.Relative));
        history.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await history.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("cannot be reached");
        (await bench.GetAsync(ReadApiPaths.Explain, segment)).ShouldContain("\"sentences\"");
        var seen = (await bench.ScoresAsync()).Count;
        await SendAsync(bench, new Drive(bench.Network, "truck-2", "s-1", seed: 9, DateTimeOffset.UtcNow.AddHours(-2).ToUnixTimeMilliseconds()).Over(25), settle: false);
        await Eventually.TrueAsync("the other store goes on", () => bench.Pipeline.Stores.Loops[1].Store.Cursor >= bench.Pipeline.Progress.JournalledThrough);
        (await bench.ScoresAsync()).Count.ShouldBeGreaterThan(seen);
        (await bench.GetAsync("/readyz")).ShouldContain("It takes no rows");

        await influx.StartAsync();
        await bench.SettledAsync();
        (await bench.GetAsync(ReadApiPaths.Passes, segment)).ShouldContain("truck-1");
        using var cleared = await bench.Http.DeleteAsync(new Uri(ReadApiPaths.StoreGaps.Replace("{store}", "influx", StringComparison.Ordinal), UriKind.Relative));
        cleared.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var unknown = await bench.Http.DeleteAsync(new Uri(ReadApiPaths.StoreGaps.Replace("{store}", "nobody", StringComparison.Ordinal), UriKind.Relative));
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static async Task SendAsync(IngestBench bench, Drive drive, bool settle = true)
    {
        var client = await bench.ConnectAsync(drive.Truck);
        foreach (var payload in drive.Batches(20))
        {
            await IngestBench.PublishAsync(client, Topics.Default.Readings(TruckId.Parse(drive.Truck)), payload);
        }

        if (settle)
        {
            await bench.SettledAsync();
        }
    }
}
