using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CleanStreets.Ingest.Observe;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Ingest.Tests.Receive;
using CleanStreets.Mqtt;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Observe;

public sealed partial class MetricsTests : IAsyncDisposable
{
    private readonly IngestBench _bench = new();

    [Fact]
    public async Task Names_in_the_text_are_those_of_the_contract()
    {
        await _bench.StartAsync();
        var text = await _bench.GetAsync("/metrics");
        var types = TypePattern().Matches(text).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["type"].Value);

        types["cleanstreets_ingest_readings_received_total"].ShouldBe("counter");
        types["cleanstreets_ingest_readings_quarantined_total"].ShouldBe("counter");
        types["cleanstreets_ingest_stage_duration_seconds"].ShouldBe("histogram");
        types["cleanstreets_ingest_acknowledge_latency_seconds"].ShouldBe("histogram");
        types["cleanstreets_ingest_unstored_age_seconds"].ShouldBe("gauge");
        types["cleanstreets_ingest_journal_size_bytes"].ShouldBe("gauge");
        types["cleanstreets_ingest_store_cursor_bytes"].ShouldBe("gauge");
        types["cleanstreets_ingest_stage_depth"].ShouldBe("gauge");
        foreach (var (name, type) in types)
        {
            name.ShouldMatch("^(cleanstreets_ingest|process|dotnet)_[a-z_]+$");
            name.EndsWith("_total", StringComparison.Ordinal).ShouldBe(type == "counter", name);
            text.ShouldContain($"# HELP {name} ");
        }

        foreach (var metric in Metrics.All)
        {
            types.ShouldContainKey(metric.PrometheusName);
            metric.Name.ShouldMatch("^cleanstreets\\.ingest\\.[a-z.]+$");
        }

        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#'))
        {
            line.ShouldMatch("^[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,le=\"[^\"]+\")?\\})? [-+0-9.E]+$");
        }
    }

    [Fact]
    public async Task Page_for_operators_lists_every_metric_and_no_other()
    {
        await _bench.StartAsync();
        var page = await File.ReadAllLinesAsync(RepositoryRoot.Combine("deploy", "metrics.md"));
        page.Where(line => line.StartsWith("| `cleanstreets.ingest.", StringComparison.Ordinal)).ShouldBe(Metrics.All.Select(Row));

        // Those of the process and of .NET stand in the text above the table.
        var shown = TypePattern().Matches(await _bench.GetAsync("/metrics")).Select(match => match.Groups["name"].Value).ToList();
        ProcessPattern().Matches(string.Join('\n', page)).Select(match => match.Groups["name"].Value).Order()
            .ShouldBe(shown.Where(name => !name.StartsWith("cleanstreets_", StringComparison.Ordinal)).Order());
        shown.Count.ShouldBe(shown.Distinct().Count());
    }

    [Fact]
    public async Task Fates_sum_to_what_was_received_from_every_way_in_good_and_bad()
    {
        await _bench.StartAsync();
        var client = await _bench.ConnectAsync("truck-1");
        var random = new Random(7);
        var sending = new List<Task>();
        for (var i = 1; i <= 300; i++)
        {
            // Now and then a repeat, a batch that is none, a truck that is another, a time in the future.
            var payload = random.Next(6) switch
            {
                0 => EventBodies.Readings("truck-1", 1),
                1 => "{\"truckId\":",
                2 => EventBodies.Readings("truck-2", i),
                3 => EventBodies.Readings("truck-1", i).Replace("2026-01-01", "2126-01-01", StringComparison.Ordinal),
                _ => EventBodies.Readings("truck-1", i),
            };
            sending.Add(random.Next(2) == 0
                ? PublishAsync(client, payload)
                : PostAsync(EventBodies.Plain("truck-1", JsonValue.Create(payload)), new JsonObject { ["not"] = "an event" }));
        }

        await Task.WhenAll(sending);
        await _bench.SettledAsync();
        var values = Values(await _bench.GetAsync("/metrics"));
        var fates = new[] { "accepted", "duplicate", "quarantined", "dropped" }.Select(fate => values[$"cleanstreets_ingest_readings_{fate}_total"]).ToArray();
        fates.Sum().ShouldBe(values["cleanstreets_ingest_readings_received_total"]);
        fates[..3].ShouldAllBe(fate => fate > 10, "a fate that nothing met is not tested");
        fates[0].ShouldBe(_bench.Census().Accepted);
    }

    [Fact]
    public async Task Durations_of_every_stage_and_the_wait_for_an_acknowledgement_are_counted()
    {
        await _bench.StartAsync();
        await PublishAsync(await _bench.ConnectAsync("truck-1"), EventBodies.Readings("truck-1", 1));
        await _bench.SettledAsync();
        string[] stages = ["decode", "admit", "journal", "acknowledge", "match", "score", "store"];
        var text = string.Empty;

        // A stage counts its time when it has passed on what it did.
        await Eventually.TrueAsync("every stage has counted", async () =>
        {
            text = await _bench.GetAsync("/metrics");
            return stages.All(stage => CountPattern(stage).Match(text) is { Success: true } count && count.Groups["count"].Value != "0");
        });
        foreach (var stage in stages)
        {
            text.ShouldContain($"cleanstreets_ingest_stage_duration_seconds_bucket{{stage=\"{stage}\",le=\"+Inf\"}} {CountPattern(stage).Match(text).Groups["count"].Value}\n");
        }

        text.ShouldContain("cleanstreets_ingest_acknowledge_latency_seconds_count 1\n");
    }

    [Fact]
    public void Buckets_are_cumulative_and_hold_every_recording()
    {
        var histogram = Observe.Durations.New().Decode;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            histogram.Record(histogram.Begin());
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1000, "measuring must not allocate");
        histogram.Record(histogram.Begin() - (20 * TimeProvider.System.TimestampFrequency));
        var (cumulative, total) = histogram.Read();
        cumulative.ShouldBe(cumulative.Order());
        cumulative[^1].ShouldBe(10_001);
        cumulative[^2].ShouldBe(10_000, "twenty seconds lie beyond the last bound");
        total.ShouldBeGreaterThan(20);
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    private IngestMetrics Metrics => _bench.Service<IngestMetrics>();

    private static string Row(Metric metric) =>
        $"| `{metric.Name}` | `{metric.PrometheusName}` | {metric.Kind.ToString().ToLowerInvariant()} | {(metric.Tag is null ? "" : $"`{metric.Tag}`")} | {metric.Help} |";

    private static async Task PublishAsync(Mqtt.Client.MqttClient client, string payload) =>
        (await IngestBench.PublishAsync(client, "cleanstreets/v1/readings/truck-1", Encoding.UTF8.GetBytes(payload))).ShouldBe(MqttReasonCode.Success);

    private async Task PostAsync(params JsonNode[] events)
    {
        var body = new JsonArray(events).ToJsonString();
        await Eventually.TrueAsync("the events are taken", async () =>
        {
            using var answer = await EventBodies.PostAsync(_bench.Http, EventBodies.Batch, body);
            return answer.IsSuccessStatusCode;
        });
    }

    /// <summary>Values by name, summed over their tags.</summary>
    private static Dictionary<string, double> Values(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Where(line => line[0] != '#')
        .GroupBy(line => line[..line.IndexOfAny(['{', ' '])], StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)));

    private static Regex CountPattern(string stage) =>
        new($"stage_duration_seconds_count{{stage=\"{stage}\"}} (?<count>\\d+)\n", RegexOptions.ExplicitCapture, Eventually.Patience);

    [GeneratedRegex("`(?<name>(process|dotnet)_[a-z_]+)`", RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex ProcessPattern();

    [GeneratedRegex("^# TYPE (?<name>\\S+) (?<type>\\S+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 60_000)]
    private static partial Regex TypePattern();
}
