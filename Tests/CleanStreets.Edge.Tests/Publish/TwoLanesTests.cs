using System.Buffers;
using System.Globalization;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Publish;

/// <summary>After an outage what happens now goes first, and what waited goes beside it.</summary>
public sealed class TwoLanesTests : IDisposable
{
    private const int SixHours = 21_600;
    private static readonly TruckId Truck = TruckId.Parse("truck-1");
    private readonly TemporaryFolder _folder = new();
    private long _capturedAtMs = 1_763_800_000_000;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Six_hours_offline_are_caught_up_while_live_readings_are_stored_at_their_pace()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var city = await MarkingCity.StartAsync(broker.Port);
        await using var proxy = new LinkProxy(broker.Port);
        proxy.Cut();
        await using var spool = FleetSpool.Open(new SpoolOptions { Folder = _folder.Combine("spool") }, TimeProvider.System, NullLogger.Instance);
        var sessions = 0;
        var lane = new LiveLane(spool, Truck, () => SessionId.Parse("s-" + (++sessions).ToString(CultureInfo.InvariantCulture)));
        var budget = new UploadBudget(null, TimeProvider.System) { BacklogBytesASecond = 1000, DailyBytes = 1 }; // A batch every few seconds: minutes for all, whatever stands still meanwhile.
        var options = new PublishOptions { Port = proxy.Port, SetAsideFolder = _folder.Combine("aside"), BatchAge = TimeSpan.FromMilliseconds(40) };
        var links = new FleetLinks("the city", TimeProvider.System, NullLogger.Instance);
        await using var link = new TruckLink(
            Truck, lane.Current, [], spool, () => null, options, new PublishCounters(), links, TimeProvider.System, NullLoggerFactory.Instance, budget, lane);
        using var stop = new CancellationTokenSource();
        var sending = Task.Run(() => link.RunAsync(stop.Token), CancellationToken.None);

        var before = lane.Current;
        for (var i = 0; i < SixHours; i++)
        {
            await TakeAsync(lane);
        }

        await Eventually.TrueAsync("six hours are on the disk", () => before.CommittedThrough == SixHours);
        city.IsMarking = false; // Until the new lane is there no more is sent than may go unmarked, however fast the machine.
        proxy.Restore();
        await Eventually.TrueAsync("the readings of now have a lane of their own", async () =>
        {
            await TakeAsync(lane);
            return lane.Current != before;
        });

        city.IsMarking = true;

        // The day's bytes are used up: backlog waits, live goes.
        await LiveIsStoredAsync(lane);
        var waiting = before.Unstored;
        waiting.ShouldBeGreaterThan(SixHours / 2);
        await LiveIsStoredAsync(lane);
        before.Unstored.ShouldBe(waiting, "no byte of today is left for it");

        // With bytes again, both go; live is stored reading by reading while there is backlog.
        budget.DailyBytes = 0;
        await Eventually.TrueAsync("backlog moves", () => before.Unstored < waiting);
        for (var i = 0; i < 10; i++)
        {
            await LiveIsStoredAsync(lane);
            before.Unstored.ShouldBeGreaterThan(0, $"live reading {i} did not wait for the backlog");
        }

        budget.BacklogBytesASecond = 0;
        await Eventually.TrueAsync("all is caught up", () => link.Unstored == 0);
        city.Stored("truck-1", "s-1").Count.ShouldBe((int)before.CommittedThrough);
        city.Stored("truck-1", "s-2").Count.ShouldBe((int)lane.Current.CommittedThrough);
        sessions.ShouldBe(2);
        await stop.CancelAsync();
        await sending;
    }

    [Fact]
    public void Backlog_keeps_to_its_bytes_a_second_and_a_day_and_the_day_outlives_a_restart()
    {
        var clock = new ManualClock();
        var file = _folder.Combine("sent-today");
        var budget = new UploadBudget(file, clock) { BacklogBytesASecond = 1000, DailyBytes = 20_000 };
        clock.Advance(TimeSpan.FromSeconds(1));
        var sent = 0;
        for (var tick = 0; tick < 100; tick++) // Ten seconds.
        {
            if (budget.MaySendBacklog())
            {
                budget.Sent(700, isBacklog: true);
                sent += 700;
            }

            clock.Advance(TimeSpan.FromSeconds(0.1));
        }

        sent.ShouldBeInRange(9_800, 11_900);
        budget.Sent(20_000, isBacklog: false);
        budget.Keep();
        var restarted = new UploadBudget(file, clock) { DailyBytes = 20_000 };
        restarted.MaySendBacklog().ShouldBeFalse("live readings used the day up");
        restarted.Today.ShouldBe(sent + 20_000);
        clock.Advance(TimeSpan.FromDays(1));
        restarted.MaySendBacklog().ShouldBeTrue();
        restarted.Today.ShouldBe(0);
    }

    private async Task LiveIsStoredAsync(LiveLane lane)
    {
        var through = lane.Current.CommittedThrough + 1;
        await TakeAsync(lane);
        await Eventually.TrueAsync("the live reading is stored", () => lane.Current.StoredThrough >= through);
    }

    private ValueTask TakeAsync(LiveLane lane)
    {
        var encoded = new ArrayBufferWriter<byte>();
        var reading = new Reading { CapturedAtMs = _capturedAtMs += 1000, LatitudeE7 = 378_000_000, LongitudeE7 = -1_223_000_000 };
        ReadingEncoder.WriteReading(encoded, ReadingFormat.Protobuf, in reading, default, default);
        return lane.AppendAsync(ReadingFormat.Protobuf, reading.CapturedAtMs, encoded.WrittenMemory);
    }
}
