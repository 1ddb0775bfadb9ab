using System.Collections.Concurrent;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Receive.Broker;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Mqtt;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Faults;

/// <summary>A street that a change of the network removes does not stay on maps, wherever ingest is killed meanwhile.</summary>
public sealed class VanishedStreetTests : IAsyncDisposable
{
    private const string Readings = "cleanstreets/v1/readings/truck-1";
    private const string Marker = "cleanstreets/v1/scores/marker";

    private readonly TemporaryFolder _folder = new();
    private MosquittoServer? _broker;
    private IngestBench? _bench;

    [Fact]
    public async Task Kill_between_a_change_of_streets_and_the_first_publish_leaves_no_score_of_a_vanished_street_at_the_broker()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not installed: deploy/test installs it.");
        _broker = await MosquittoServer.StartAsync();
        _bench = new IngestBench { Broker = new BrokerAddress("127.0.0.1", _broker.Port, Encrypted: false, User: null) };
        var paths = new IngestPaths(_bench.Data);
        var (gone, after) = await ScoreAsync();
        var topic = Topics.Default.Scores(gone);
        await Eventually.TrueAsync("its score is retained", async () => (await RetainedAsync()).Contains(topic));
        await _bench.StopAsync();

        // The notes of what numbers were made with are opened when the network is taken, and before anything is published.
        await using (var killed = ProductProgram.StartProcess("strace",
        [
            "-f", "-e", "trace=openat", "-P", paths.Measure, "-e", "inject=openat:signal=KILL:when=1",
            "timeout", "--signal=KILL", "220", // Should strace end without having killed it, nothing stays behind.
            "dotnet", ProductProgram.AssemblyPath("Ingest/CleanStreets.Ingest"),
            "run", "--data", _bench.Data, "--mqtt-broker", $"mqtt://127.0.0.1:{_broker.Port}", "--read-api", "127.0.0.1:0", "--streets", after,
        ]))
        {
            await killed.ExitAsync(Eventually.Patience * 2);
            Assert.SkipWhen(killed.Output.Contains("not permitted", StringComparison.Ordinal), "This machine lets nobody trace a process.");
            killed.Output.ShouldContain("killed by SIGKILL");
        }

        StreetFile.Read(paths.Streets).TryFind(gone, out _).ShouldBeFalse("the new network is taken");
        (await RetainedAsync()).ShouldContain(topic, "killed before it could clear it");
        await _bench.StopAsync();

        // The broker is away at the next start: what is not cleared is not forgotten either.
        await _broker.StopAsync();
        _bench.Streets = null;
        await _bench.StartAsync();
        await _bench.StopAsync();
        VanishedSegments.Read(paths.Vanished).ShouldBe([gone]);

        await _broker.StartAgainAsync();
        (await RetainedAsync()).ShouldContain(topic, "it had kept it");
        await _bench.StartAsync();
        await Eventually.TrueAsync("it is cleared", async () => !(await RetainedAsync()).Contains(topic));
        await Eventually.TrueAsync("and forgotten", () => !File.Exists(paths.Vanished));
        (await RetainedAsync()).Count.ShouldBeGreaterThan(1, "the others stay");
    }

    [Fact]
    public async Task Own_listener_has_nothing_to_clear_after_a_kill_and_the_file_goes()
    {
        _bench = new IngestBench();
        var paths = new IngestPaths(_bench.Data);
        var (gone, after) = await ScoreAsync();
        await _bench.StopAsync();

        // What a process leaves that is killed right after it has taken the network.
        StreetSource.Load(after, paths).Vanished.ShouldBe([gone]);
        VanishedSegments.Read(paths.Vanished).ShouldBe([gone]);
        StreetSource.Load(null, paths).Vanished.ShouldBe([gone], "the next start knows it");
        _bench.Streets = null;
        await _bench.StartAsync();
        await Eventually.TrueAsync("it is forgotten", () => !File.Exists(paths.Vanished));
    }

    public async ValueTask DisposeAsync()
    {
        if (_bench is not null)
        {
            await _bench.DisposeAsync();
        }

        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }

        _folder.Dispose();
    }

    /// <summary>A truck drives; then a street that it saw is left out of the streets.</summary>
    private async Task<(SegmentId Gone, string After)> ScoreAsync()
    {
        var city = GeneratedCity.Create(7);
        _bench!.Streets = Write("before.geojson", city.Segments);
        await _bench.StartAsync();
        if (_broker is not null)
        {
            await _bench.ReceivingAsync();
        }

        var drive = new Drive(_bench.Network, "truck-1", "s-1", seed: 4, DateTimeOffset.UtcNow.AddHours(-3).ToUnixTimeMilliseconds()).Over(20);
        var client = await _bench.ConnectAsync("truck-1");
        foreach (var batch in drive.Batches(20))
        {
            await IngestBench.PublishAsync(client, Readings, batch);
        }

        await Eventually.TrueAsync("all of it is taken", () => _bench.Census().Accepted == drive.Count);
        await _bench.SettledAsync();
        var gone = (await _bench.ScoresAsync()).First(score => score.State == ScoreState.Seen).SegmentId;
        return (gone, Write("after.geojson", city.Segments.Where(segment => segment.Id != gone)));
    }

    private string Write(string name, IEnumerable<StreetSegment> segments)
    {
        var path = _folder.Combine(name);
        using var file = File.Create(path);
        StreetFile.WriteGeoJson(StreetNetwork.Create(segments.Select(s => new StreetDefinition(s.Id, s.Name, s.Class, s.OneWay, s.Geometry))), file);
        return path;
    }

    /// <summary>Topics of scores that the broker retains: they come before what is published after the subscription.</summary>
    private async Task<IReadOnlyCollection<string>> RetainedAsync()
    {
        var heard = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        var client = await _bench!.ConnectAsync("viewer");
        await client.SubscribeAsync("cleanstreets/v1/scores/+", QualityOfService.AtLeastOnce, (message, cancellationToken) =>
        {
            if (message.Payload.IsEmpty)
            {
                heard.TryRemove(message.Topic, out bool _);
            }
            else
            {
                heard[message.Topic] = true;
            }

            return ValueTask.CompletedTask;
        }, TestContext.Current.CancellationToken);
        await IngestBench.PublishAsync(client, Marker, "x"u8.ToArray());
        await Eventually.TrueAsync("everything retained has come", () => heard.ContainsKey(Marker));
        heard.TryRemove(Marker, out _);
        return [.. heard.Keys];
    }
}
