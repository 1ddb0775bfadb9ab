using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CleanStreets.Contracts;
using CleanStreets.Ingest.Receive;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Receive;

/// <summary>One that sends too much waits; the others do not, and nothing is lost.</summary>
public sealed class BudgetTests
{
    private const string Key = "0123456789abcdef-first";
    private const string OtherKey = "0123456789abcdef-other";

    [Fact]
    public async Task Truck_beyond_its_budget_is_held_and_shown_and_the_others_go_on()
    {
        await using var bench = new IngestBench(Setting("MessagesPerSecond", "1"), Setting("BurstMessages", "20"), Setting("IncludesLoopback", "true"));
        await bench.StartAsync();
        var flooder = await bench.ConnectAsync("flooder");
        var flood = Enumerable.Range(1, 25).Select(i => PublishAsync(flooder, "flooder", i)).ToList();
        await Eventually.TrueAsync("it is held", async () => (await bench.GetAsync("/metrics")).Contains("cleanstreets_ingest_budget_held 1\n", StringComparison.Ordinal));
        for (var truck = 1; truck <= 20; truck++)
        {
            var client = await bench.ConnectAsync($"truck-{truck}");
            for (var i = 1; i <= 5; i++)
            {
                await PublishAsync(client, $"truck-{truck}", i);
            }
        }

        await Task.WhenAll(flood); // Five of them a second apart: held, not cut.
        await bench.SettledAsync();
        (bench.Census().Accepted, bench.Census().AcceptedTwice).ShouldBe((25 + (20 * 5), 0));
        var metrics = await bench.GetAsync("/metrics");
        metrics.ShouldNotContain("cleanstreets_ingest_budget_holds_total 0\n");
        metrics.ShouldNotContain("cleanstreets_ingest_budget_received_bytes_total 0\n");
    }

    [Fact]
    public async Task Sender_over_http_beyond_its_budget_is_told_when_to_come_back_and_the_others_are_taken()
    {
        using var folder = new TemporaryFolder();
        var keys = folder.Combine("keys");
        await File.WriteAllLinesAsync(keys, [Key, OtherKey], TestContext.Current.CancellationToken);
        await using var bench = new IngestBench(
            EventsTests.Setting("KeyFile", keys), Setting("DevicesPerHttpSender", "1"), Setting("MessagesPerSecond", "1"), Setting("BurstMessages", "1000"));
        await bench.StartAsync();
        bench.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "192.0.2.7"); // A proxy of this machine, who speaks for others.
        (await PostAsync(bench, Key, 1, 1000)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using (var refused = await PostAsync(bench, Key, 1001, 2000))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
            refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeGreaterThan(60, "a thousand at one a second");
            (await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("more than its budget (Ingest:Budget)");
        }

        (await PostAsync(bench, OtherKey, 2001, 3000)).StatusCode.ShouldBe(HttpStatusCode.OK, "another sender has its own");
        await Eventually.TrueAsync("a little is taken soon", async () => (await PostAsync(bench, Key, 1001, 1001)).IsSuccessStatusCode);
        await bench.SettledAsync();
        bench.Census().Accepted.ShouldBe(2001);
        (await bench.GetAsync("/metrics")).ShouldContain("outcome=\"over_budget\"");
    }

    [Fact]
    public async Task Sender_over_http_has_a_budget_of_bytes_too()
    {
        await using var bench = new IngestBench(
            EventsTests.Setting("Key", Key), Setting("DevicesPerHttpSender", "1"), Setting("BytesPerSecond", "1"), Setting("BurstBytes", "1024"));
        await bench.StartAsync();
        bench.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "192.0.2.7");
        (await PostAsync(bench, Key, 1, 10)).StatusCode.ShouldBe(HttpStatusCode.OK, "larger than all that can be there: it takes that");
        (await PostAsync(bench, Key, 11, 20)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        bench.Census().Accepted.ShouldBe(10);
    }

    private static (string Name, string Value) Setting(string name, string value) => ($"{BudgetOptions.Section}:{name}", value);

    private static async Task PublishAsync(Mqtt.Client.MqttClient client, string truck, int sequence) => (await IngestBench.PublishAsync(
        client, Topics.Default.Readings(TruckId.Parse(truck)), Encoding.UTF8.GetBytes(EventBodies.Readings(truck, sequence)))).ShouldBe(Mqtt.MqttReasonCode.Success);

    private static Task<HttpResponseMessage> PostAsync(IngestBench bench, string key, int first, int last) => EventBodies.PostAsync(
        bench.Http,
        EventBodies.Batch,
        new JsonArray([.. Enumerable.Range(first, last - first + 1).Select(i => EventBodies.Telemetry("truck-1", EventBodies.Readings("truck-1", i)))]).ToJsonString(),
        key);
}
