using System.Net.Http.Json;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Store.Sqlite;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Ingest.Tests.Rescore;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Match;

/// <summary>A detector on trial looks at the frames of the one in use: it is compared, stored, and never counted.</summary>
public sealed class TrialTests : IAsyncLifetime
{
    private static readonly long Start = DateTimeOffset.UtcNow.AddHours(-8).ToUnixTimeMilliseconds() / 3_600_000 * 3_600_000;

    private readonly IngestBench _bench = new();
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _bench.StartAsync();

    [Fact]
    public async Task Trial_changes_no_score_and_no_list_of_passes_and_gives_the_bridge_also_after_a_restart()
    {
        await DriveAsync("s-1", "litter-7", isTrial: false);
        var before = (await ScoresAsync(), await PassesAsync(trials: false));
        var known = before.Item2.Count(pass => pass.EndsWith("litter-7", StringComparison.Ordinal)); // A short street may lie between two readings.
        await DriveAsync("t-1", "litter-8", isTrial: true);

        (await ScoresAsync()).ShouldBe(before.Item1);
        (await PassesAsync(trials: false)).ShouldBe(before.Item2);
        (await PassesAsync(trials: true)).Count.ShouldBe(before.Item2.Count);
        await SaysBridgeAsync(known);

        // From a snapshot and the journal behind it.
        await _bench.RestartAsync();
        (await ScoresAsync()).ShouldBe(before.Item1);
        await SaysBridgeAsync(known);

        var json = _folder.Combine("changes.json");
        var (code, text, error) = await RescoreTests.CommandAsync("--data", _bench.Data, "--out", json);
        code.ShouldBe(0, error);
        text.ShouldContain($"{known,6} passes on trial");
        text.ShouldContain("litter-7 → litter-8: what the newer finds for one of the older, both on the same frames (90 %)");
        using var written = JsonDocument.Parse(await File.ReadAllBytesAsync(json, Token));
        written.RootElement.GetProperty("detectors").GetProperty("bridges")[0].GetProperty("onSameFrames").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Trial_alone_is_never_a_score()
    {
        await DriveAsync("t-1", "litter-8", isTrial: true);

        (await ScoresAsync()).ShouldBe("[]");
        await _bench.RestartAsync();
        (await ScoresAsync()).ShouldBe("[]");
        var measure = await MeasureAsync();
        measure.Detectors.OnTrial.ShouldHaveSingleItem().Version.ShouldBe("litter-8");
        measure.Detectors.InUse.ShouldBeEmpty();
    }

    [Fact]
    public async Task Method_in_force_is_told_with_the_moment_it_came_into_force()
    {
        var method = (await MeasureAsync()).Methods.ShouldHaveSingleItem();
        method.Method.ShouldBe(_bench.Pipeline.Method);
        method.Since.ShouldNotBeNull().ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(10));
    }

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        _folder.Dispose();
    }

    private async Task SaysBridgeAsync(int passes)
    {
        var detectors = (await MeasureAsync()).Detectors;
        detectors.InUse.ShouldHaveSingleItem().ShouldSatisfyAllConditions(span => span.Version.ShouldBe("litter-7"), span => span.Passes.ShouldBe(passes));
        detectors.OnTrial.ShouldHaveSingleItem().ShouldSatisfyAllConditions(span => span.Version.ShouldBe("litter-8"), span => span.Passes.ShouldBe(passes));
        var bridge = detectors.Bridges.ShouldHaveSingleItem();
        (bridge.Older, bridge.Newer, bridge.OnSameFrames).ShouldBe(("litter-7", "litter-8", true));
        var litter = bridge.Kinds.Single(kind => kind.Kind == "loose_litter");
        litter.Factor.ShouldBe(1, "the drive of the same seed sees the same things");
        litter.OlderCount.ShouldBe(litter.NewerCount);
        litter.Places.ShouldBeInRange(passes / 2, passes);
    }

    private async Task<string> ScoresAsync() => await _bench.Http.GetStringAsync(ReadApiPaths.Scores, Token);

    private async Task<MeasureHistory> MeasureAsync() =>
        (await _bench.Http.GetFromJsonAsync(ReadApiPaths.Measure, ContractJson.Default.MeasureHistory, Token)).ShouldNotBeNull();

    private async Task<List<string>> PassesAsync(bool trials)
    {
        await _bench.SettledAsync();
        return [.. new SqliteHistory(Path.Combine(_bench.Data, "segments.db")).Between(DateTimeOffset.UnixEpoch, DateTimeOffset.UtcNow, trials).Select(pass => $"{pass.Segment} {pass.Pass.EnteredAt:O} {pass.Pass.ModelVersion}")];
    }

    private async Task DriveAsync(string session, string model, bool isTrial)
    {
        var client = await _bench.ConnectAsync(session);
        foreach (var batch in new Drive(_bench.Network, "truck-1", session, seed: 5, Start) { Model = model, IsTrial = isTrial }.Over(40).Batches(20))
        {
            await IngestBench.PublishAsync(client, Topics.Default.Readings(TruckId.Parse("truck-1")), batch);
        }

        await _bench.SettledAsync();
    }
}
