using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CleanStreets.Ingest.Observe;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Store.Sqlite;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Ingest.Tests.Receive;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Observe;

public sealed class ReadinessTests
{
    [Fact]
    public async Task Ready_names_each_thing_that_ingestion_needs()
    {
        await using var bench = new IngestBench();
        await bench.StartAsync();
        var answer = (await bench.Http.GetFromJsonAsync<JsonObject>(new Uri("/readyz", UriKind.Relative)))!;
        answer["ready"]!.GetValue<bool>().ShouldBeTrue();
        answer["dependencies"]!.AsArray().Select(item => item!["name"]!.GetValue<string>())
            .ShouldBe(["journal and stages", "scores", "clock", "mqtt listener", "receiving", "store sqlite"]);
        answer["dependencies"]!.AsArray().ShouldAllBe(item => item!["state"]!.GetValue<string>() == "up" && item["reason"]!.GetValue<string>().Length > 0);
    }

    /// <summary>Load balancers and monitors probe by HEAD.</summary>
    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/metrics")]
    public async Task Probe_may_ask_for_the_head_alone(string path)
    {
        await using var bench = new IngestBench();
        await bench.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Head, new Uri(path, UriKind.Relative));
        using var answer = await bench.Http.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Store_that_takes_nothing_is_said_and_receiving_stays_ready()
    {
        var clock = new ShiftedClock();
        await using var bench = new IngestBench { Time = clock };
        await bench.StartAsync();
        using (var blocker = SqliteDatabase.OpenForWriting(new IngestPaths(bench.Data).Store))
        {
            using var transaction = blocker.BeginTransaction();
            using var answer = await EventBodies.PostAsync(
                bench.Http, EventBodies.Single, EventBodies.Plain("truck-1", JsonNode.Parse(EventBodies.Readings("truck-1", 1))).ToJsonString());
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            clock.Shift = TimeSpan.FromMinutes(5);
            bench.Pipeline.OldestUnstoredAge(clock.GetUtcNow()).ShouldBeGreaterThanOrEqualTo(clock.Shift);
            await Eventually.TrueAsync("the store is said to take nothing", () => Store(bench, clock).Reason.StartsWith("It takes no rows", StringComparison.Ordinal));
            Store(bench, clock).State.ShouldBe(DependencyState.Degraded);
            Readiness.Of(bench.Pipeline, clock).Ready.ShouldBeTrue("what is sent is kept");
        }

        await bench.SettledAsync();
        Readiness.Of(bench.Pipeline, clock).Dependencies.ShouldAllBe(dependency => dependency.State == DependencyState.Up);
    }

    private static Dependency Store(IngestBench bench, TimeProvider clock) =>
        Readiness.Of(bench.Pipeline, clock).Dependencies.Single(dependency => dependency.Name == "store sqlite");

    /// <summary>The machine's clock, and how much later a test says it is.</summary>
    private sealed class ShiftedClock : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;
    }
}
