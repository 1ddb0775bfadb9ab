using CleanStreets.Contracts;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Observe;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Snapshot;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Mqtt;
using Microsoft.Extensions.DependencyInjection;

namespace CleanStreets.Ingest.Tests.Store;

/// <summary>A store log that is lost while the journal does not hold its beginning any more.</summary>
public sealed class LostLogTests : IAsyncDisposable
{
    private readonly IngestBench _bench = new(builder =>
    {
        builder.Services.Configure<JournalOptions>(options =>
            (options.SegmentBytes, options.MaximumBytes, options.CommitInterval) = (64 * 1024, 256 * 1024, TimeSpan.Zero));
        builder.Services.Configure<SnapshotOptions>(options => options.Interval = TimeSpan.FromDays(1));
    });

    [Fact]
    public async Task Store_that_has_not_got_what_the_log_held_is_marked_and_scores_are_as_before()
    {
        var scores = await FillAndStopAsync();
        foreach (var file in Directory.GetFiles(_bench.Data, "segments.db*"))
        {
            File.Delete(file);
        }

        await _bench.StartAsync();
        await _bench.SettledAsync();

        (await _bench.GetAsync(Contracts.ReadApi.ReadApiPaths.Scores)).ShouldBe(scores);
        var gap = _bench.Pipeline.Stores.Loops.Single().Marks.Gaps.ShouldHaveSingleItem();
        gap.From.ShouldBe(0);
        gap.Through.ShouldBeGreaterThan(256 * 1024);
        (await _bench.GetAsync("/metrics")).ShouldContain("cleanstreets_ingest_store_gaps{store=\"sqlite\"} 1\n");
        var store = Readiness.Of(_bench.Pipeline, TimeProvider.System).Dependencies.Single(dependency => dependency.Name == "store sqlite");
        (store.State, store.Reason.Contains("misses 1 stretches", StringComparison.Ordinal)).ShouldBe((DependencyState.Degraded, true));
        await _bench.RestartAsync();
        await _bench.SettledAsync();
        _bench.Pipeline.Stores.Loops.Single().Marks.Gaps.ShouldBe([gap], "it is the same one");
    }

    [Fact]
    public async Task Store_that_has_it_all_misses_nothing()
    {
        var scores = await FillAndStopAsync();
        await _bench.StartAsync();
        await _bench.SettledAsync();
        (await _bench.GetAsync(Contracts.ReadApi.ReadApiPaths.Scores)).ShouldBe(scores);
        _bench.Pipeline.Stores.Loops.Single().Marks.Gaps.ShouldBeEmpty();
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    private async Task<string> FillAndStopAsync()
    {
        await _bench.StartAsync();
        var drive = new Drive(_bench.Network, "truck-1", "s-1", seed: 3, DateTimeOffset.UtcNow.AddHours(-3).ToUnixTimeMilliseconds()).Over(120);
        var client = await _bench.ConnectAsync("truck-1", inFlight: 16);
        foreach (var batches in drive.Batches(1).Chunk(16))
        {
            var sent = batches.Select(batch => IngestBench.PublishAsync(client, Topics.Default.Readings(TruckId.Parse("truck-1")), batch).AsTask());
            (await Task.WhenAll(sent)).ShouldAllBe(code => code == MqttReasonCode.Success);
        }

        await _bench.SettledAsync();
        var scores = await _bench.GetAsync(Contracts.ReadApi.ReadApiPaths.Scores);
        await _bench.StopAsync();
        using (var journal = new JournalReader(new IngestPaths(_bench.Data).Journal))
        {
            journal.Begin.ShouldBeGreaterThan(0, "its beginning is deleted");
        }

        Directory.Delete(new IngestPaths(_bench.Data).StoreLog, recursive: true);
        return scores;
    }
}
