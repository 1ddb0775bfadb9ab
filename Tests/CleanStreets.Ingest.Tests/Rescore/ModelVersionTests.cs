using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Rescore;

/// <summary>A new detector version runs beside the old one: rescore tells the break and the bridge.</summary>
public sealed class ModelVersionTests : IAsyncLifetime
{
    // Within one hour, so that both versions meet.
    private static readonly long Hour = DateTimeOffset.UtcNow.AddHours(-8).ToUnixTimeMilliseconds() / 3_600_000 * 3_600_000;

    private readonly IngestBench _bench = new();
    private readonly TemporaryFolder _folder = new();

    public async ValueTask InitializeAsync() => await _bench.StartAsync();

    [Fact]
    public async Task Two_versions_over_the_same_streets_give_a_bridge_with_its_error()
    {
        await DriveAsync("truck-1", "litter-7", Hour + 1000, seed: 5);
        await DriveAsync("truck-2", "litter-8", Hour + 61_000, seed: 5); // The same things on the same frames.
        var json = _folder.Combine("changes.json");

        var (code, text, error) = await RescoreTests.CommandAsync("--data", _bench.Data, "--out", json);

        code.ShouldBe(0, error);
        text.ShouldContain("litter-7 → litter-8: what the newer finds for one of the older");
        using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(json, TestContext.Current.CancellationToken));
        var models = document.RootElement.GetProperty("models");
        models.EnumerateArray().Select(model => model.GetProperty("version").GetString()).ShouldBe(["litter-7", "litter-8"]);
        var bridge = models[1].GetProperty("bridgeFromVersionBefore").EnumerateArray().Single(item => item.GetProperty("kind").GetString() == "loose_litter");
        bridge.GetProperty("older").GetInt64().ShouldBeGreaterThan(50);
        bridge.GetProperty("factor").GetDouble().ShouldBe(1, 0.05);
        (bridge.GetProperty("low").GetDouble() < 1 && bridge.GetProperty("high").GetDouble() > 1).ShouldBeTrue();
    }

    [Fact]
    public async Task Versions_that_never_met_are_a_break_without_a_bridge_and_one_version_is_none()
    {
        await DriveAsync("truck-1", "litter-7", Hour - (5 * 3_600_000), seed: 5);
        (await RescoreTests.CommandAsync("--data", _bench.Data)).Output.ShouldNotContain("Detector versions");

        await DriveAsync("truck-2", "litter-8", Hour, seed: 5);

        (await RescoreTests.CommandAsync("--data", _bench.Data)).Output.ShouldContain("litter-7 → litter-8: break without a bridge");
    }

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        _folder.Dispose();
    }

    private async Task DriveAsync(string truck, string model, long startMs, int seed)
    {
        var client = await _bench.ConnectAsync(truck);
        foreach (var batch in new Drive(_bench.Network, truck, "s-1", seed, startMs) { Model = model }.Over(25).Batches(20))
        {
            await IngestBench.PublishAsync(client, Topics.Default.Readings(TruckId.Parse(truck)), batch);
        }

        await _bench.SettledAsync();
    }
}
