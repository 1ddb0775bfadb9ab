using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Mqtt;
using CleanStreets.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Tests.Journal;

/// <summary>One fsync for many: a group waits for its time or its bytes, and nobody in it is acknowledged before, not even who repeats what is in it.</summary>
public sealed class GroupCommitTests : IAsyncDisposable
{
    private const string Topic = "cleanstreets/v1/readings/truck-1";

    private readonly IngestBench _bench;

    public GroupCommitTests() => _bench = new IngestBench(builder =>
        // Half of the batches end a group as well; here only bytes and time are to.
        builder.Services.Configure<PipelineOptions>(options => (options.PoolBatches, options.BatchBytes) = (128, 320 * 1024)));

    [Fact]
    public async Task Group_is_committed_once_it_has_its_bytes_and_a_repeat_waits_for_its_original()
    {
        await _bench.StartAsync();
        (Journal.CommitInterval, Journal.CommitBytes) = (TimeSpan.FromDays(1), 16 * 1024);
        var drive = new Drive(_bench.Network, "truck-1", "s-1", seed: 1, DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeMilliseconds()).Over(60);
        var truck = await _bench.ConnectAsync("truck-1");
        var original = IngestBench.PublishAsync(truck, Topic, drive.Batch(0, 1)).AsTask();
        await Eventually.TrueAsync("it is admitted", () => _bench.Pipeline.Fates.Received == 1);
        var repeat = IngestBench.PublishAsync(await _bench.ConnectAsync("repeater"), Topic, drive.Batch(0, 1)).AsTask();
        await Eventually.TrueAsync("its repeat is admitted", () => _bench.Pipeline.Fates.Received == 2);
        (original.IsCompleted, repeat.IsCompleted, _bench.Pipeline.Progress.JournalledThrough).ShouldBe((false, false, 128), "nothing is on the disk yet but the head of a file");

        var rest = IngestBench.PublishAsync(truck, Topic, drive.Batch(1, 100)).AsTask();

        (await Task.WhenAll(original, repeat, rest).WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken)).ShouldAllBe(code => code == MqttReasonCode.Success);
        (_bench.Pipeline.Fates.Accepted, _bench.Pipeline.Fates.Duplicates).ShouldBe((101, 1));
        _bench.Census().AcceptedTwice.ShouldBe(0);
    }

    [Fact]
    public async Task Group_is_committed_once_its_time_has_come()
    {
        await _bench.StartAsync();
        (Journal.CommitInterval, Journal.CommitBytes) = (TimeSpan.FromMilliseconds(300), 1 << 30);
        var drive = new Drive(_bench.Network, "truck-1", "s-1", seed: 1, DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeMilliseconds()).Over(10);
        var truck = await _bench.ConnectAsync("truck-1");
        var begun = TimeProvider.System.GetTimestamp();

        (await IngestBench.PublishAsync(truck, Topic, drive.Batch(0, 1))).ShouldBe(MqttReasonCode.Success);

        TimeProvider.System.GetElapsedTime(begun).ShouldBeGreaterThanOrEqualTo(Journal.CommitInterval - TimeSpan.FromMilliseconds(50));
    }

    private JournalOptions Journal => _bench.Service<IOptions<JournalOptions>>().Value;

    public ValueTask DisposeAsync() => _bench.DisposeAsync();
}
