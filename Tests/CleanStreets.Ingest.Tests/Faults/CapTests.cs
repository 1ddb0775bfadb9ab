using CleanStreets.Contracts;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Quarantine;
using CleanStreets.Ingest.Snapshot;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CleanStreets.Ingest.Tests.Faults;

/// <summary>A journal at its cap when the service starts, and when it stops.</summary>
public sealed class CapTests : IAsyncDisposable
{
    private const long Cap = 256 * 1024;

    private readonly IngestBench _bench;
    private long _cap = 1L << 30;
    private int _snapshotReadings = 1_000_000_000;
    private TimeSpan? _drainTime;

    public CapTests() => _bench = new IngestBench(builder =>
    {
        builder.Services.Configure<JournalOptions>(options => (options.SegmentBytes, options.MaximumBytes, options.CommitInterval) = (64 * 1024, _cap, TimeSpan.Zero));
        builder.Services.Configure<SnapshotOptions>(options => (options.Readings, options.Interval) = (_snapshotReadings, TimeSpan.FromDays(1)));
        builder.Services.Configure<Acknowledge.AcknowledgeOptions>(options => options.MarksInterval = TimeSpan.FromMilliseconds(50));
        builder.Services.Configure<PipelineOptions>(options => options.DrainTime = _drainTime ?? options.DrainTime);
    });

    [Fact]
    public async Task Files_that_no_snapshot_needs_go_at_the_start_when_a_stop_came_before_they_went()
    {
        _snapshotReadings = 100;
        await _bench.StartAsync();
        await SendAsync("s-1");
        for (var i = 2; i < 5; i++)
        {
            // However long a snapshot takes here: both that are kept are to be young.
            var before = _bench.Pipeline.SnapshotPosition;
            await SendAsync($"s-{i}", readings: 120);
            await Eventually.TrueAsync("a snapshot is taken", () => _bench.Pipeline.SnapshotPosition > before);
        }

        _bench.Pipeline.SnapshotPosition.ShouldBeGreaterThan(2 * Cap);
        await _bench.StopAsync();
        (_cap, _snapshotReadings) = (Cap, 1_000_000_000);

        await _bench.StartAsync();

        _bench.Pipeline.Progress.Bytes.ShouldBeLessThanOrEqualTo(Cap, "before anything has come");
        _bench.Pipeline.Room.Reason.ShouldBeNull();
    }

    [Fact]
    public async Task Journal_beyond_its_cap_without_any_snapshot_makes_room_though_nothing_can_come()
    {
        await _bench.StartAsync();
        await SendAsync("s-1");
        await _bench.StopAsync();
        Directory.Exists(new IngestPaths(_bench.Data).Snapshots).ShouldBeFalse();
        _cap = Cap;

        await _bench.StartAsync();

        await Eventually.TrueAsync("a snapshot has let the old files go", () => _bench.Pipeline.Progress.Bytes <= Cap && _bench.Pipeline.Room.Reason is null);
        await SendAsync("s-2");
    }

    [Fact]
    public async Task Stop_does_not_wait_for_a_way_in_that_waits_for_a_batch()
    {
        // The cap is reached and no snapshot can be written: nobody will ever give a batch.
        await _bench.StartAsync();
        await SendAsync("s-1");
        await _bench.StopAsync();
        await File.WriteAllTextAsync(new IngestPaths(_bench.Data).Snapshots, "in the way", TestContext.Current.CancellationToken);
        (_cap, _drainTime) = (Cap, TimeSpan.FromSeconds(1));
        await _bench.StartAsync();
        await Eventually.TrueAsync("the cap is told", () => _bench.Pipeline.Room.Reason is not null);
        var head = new ReleaseHead("d-1", "dora", 0, 0, []);
        var ticket = new ReleaseTicket(TruckId.Parse("truck-1"), SessionId.Parse("s-9"), head, "{}"u8.ToArray());
        _bench.Pipeline.Receivers.Releases.TryTake(ticket).ShouldBeTrue();

        await _bench.StopAsync().WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);

        ticket.Stored.IsCompleted.ShouldBeFalse("it was not taken");
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    private async Task SendAsync(string session, int readings = int.MaxValue)
    {
        var drive = new Drive(_bench.Network, "truck-1", session, seed: 3, DateTimeOffset.UtcNow.AddHours(-3).ToUnixTimeMilliseconds()).Over(120);
        var client = await _bench.ConnectAsync("truck-1", inFlight: 16);
        foreach (var batches in drive.Batches(1).Take(readings).Chunk(16))
        {
            var sent = batches.Select(batch => IngestBench.PublishAsync(client, Topics.Default.Readings(TruckId.Parse("truck-1")), batch).AsTask());
            (await Task.WhenAll(sent)).ShouldAllBe(code => code == Mqtt.MqttReasonCode.Success);
        }

        await _bench.SettledAsync();
    }
}
