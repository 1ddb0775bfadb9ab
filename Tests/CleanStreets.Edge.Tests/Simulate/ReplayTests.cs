using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Simulate;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Simulate;

public sealed class ReplayTests : IDisposable
{
    private const string Edge = "Edge/CleanStreets.Edge";
    private const int HofReadings = 6682;
    private readonly TemporaryFolder _folder = new();
    private int _sessions;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Replay_with_leftovers_of_a_dead_one_stores_every_recorded_reading_and_every_leftover_once()
    {
        var traces = SharedData.Require("data/hof/points.csv");
        var data = _folder.Combine("edge");
        await using (var nobodyListens = Replay("127.0.0.1:1", traces, data, "200"))
        {
            await Eventually.TrueAsync("all traces are spooled", () => DeadSpool.Bytes(Path.Combine(data, "spool")) > HofReadings * 60);
            await nobodyListens.KillAsync();
        }

        var leftovers = await DeadSpool.LeftoversAsync(Path.Combine(data, "spool"));
        leftovers.Count.ShouldBeGreaterThan(40, "more trucks have leftovers than are on the road at once");
        await using var ingest = await RunningIngest.StartAsync(_folder.Combine("ingest"));
        await using var edge = Replay(ingest.Mqtt, traces, data, "40");
        (await edge.ExitAsync(TimeSpan.FromMinutes(5))).ShouldBe(0, edge.Output);
        edge.Output.ShouldContain($"replayed {HofReadings} readings");

        var stored = await ingest.StopAndReadJournalAsync();
        leftovers.ShouldAllBe(s => stored[s.Key] == s.Value);
        stored.Where(s => !leftovers.ContainsKey(s.Key)).Sum(s => s.Value).ShouldBe(HofReadings);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Recorded_fixes_arrive_with_their_gaps_noise_and_order(bool keepTimes)
    {
        var traces = SharedData.Require("data/hof/points.csv");
        var arrived = await DriveAsync(traces, speed: 0, keepTimes, SharedData.Require("data/hof/network.geojson"));
        arrived.Values.Sum(readings => readings.Count(r => r.Coverage > 0)).ShouldBeInRange(HofReadings / 3, HofReadings * 9 / 10, "the camera sees, and not everywhere");
        foreach (var trace in ReplayTraces.Read(traces))
        {
            ShouldBeTheSame(trace, arrived[trace.Truck.Value], keepTimes);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Replay_at_20_times_the_speed_keeps_recorded_times_and_its_pace(bool keepTimes)
    {
        var traces = _folder.Combine("traces.csv");
        await File.WriteAllLinesAsync(traces, ["id,time,longitude,latitude", .. new double[] { 0, 1, 2.25, 3, 31, 32, 32, 60 }.Select(
            (second, i) => FormattableString.Invariant($"7,{DateTimeOffset.UnixEpoch.AddDays(20_000).AddSeconds(second):O},11.9{i * i % 7},50.3{i}"))]);
        var began = TimeProvider.System.GetTimestamp();
        var arrived = await DriveAsync(traces, speed: 20, keepTimes);
        TimeProvider.System.GetElapsedTime(began).ShouldBeGreaterThan(TimeSpan.FromSeconds(60 / 20.0));
        ShouldBeTheSame(ReplayTraces.Read(traces).ShouldHaveSingleItem(), arrived["replay-7"], keepTimes);
    }

    private static ProductProgram Replay(string mqtt, string traces, string data, string trucks) => ProductProgram.Start(
        Edge, "simulate", "--mqtt", mqtt, "--replay", traces, "--data", data, "--speed", "max", "--trucks", trucks);

    /// <summary>Replays into a real broker and answers each truck's readings in the order of their sequences.</summary>
    private async Task<Dictionary<string, List<Reading>>> DriveAsync(string traces, double speed, bool keepTimes, string streets = "generated:1")
    {
        await using var broker = await TestBroker.StartAsync();
        await using var city = await MarkingCity.StartAsync(broker.Port);
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var options = new SimulateOptions
        {
            Host = "127.0.0.1",
            Port = broker.Port,
            Data = _folder.Combine("edge"),
            Replay = traces,
            Streets = streets,
            Speed = speed,
            KeepTimes = keepTimes,
            Trucks = 200,
        };
        var run = new SimulateRun(
            options, _ => SessionId.Parse($"s-{Interlocked.Increment(ref _sessions)}"), services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(),
            TimeProvider.System, NullLoggerFactory.Instance, TextWriter.Null);
        (await run.RunAsync(TestContext.Current.CancellationToken)).ShouldBe(0);
        return city.Batches
            .GroupBy(b => b.Truck)
            .ToDictionary(truck => truck.Key, truck => truck
                .SelectMany(b => b.Readings.Select((r, i) => (Sequence: b.First + i, Reading: r)))
                .DistinctBy(r => r.Sequence).OrderBy(r => r.Sequence).Select(r => r.Reading).ToList());
    }

    private static void ShouldBeTheSame(ReplayTrace recorded, List<Reading> arrived, bool keepTimes)
    {
        arrived.Select(r => (r.LatitudeE7, r.LongitudeE7)).ShouldBe(recorded.Fixes.Select(f => (f.LatitudeE7, f.LongitudeE7)));
        var shift = keepTimes ? 0 : arrived[0].CapturedAtMs - recorded.Fixes[0].AtMs;
        arrived.Select(r => r.CapturedAtMs - shift).ShouldBe(recorded.Fixes.Select(f => f.AtMs));
    }
}
