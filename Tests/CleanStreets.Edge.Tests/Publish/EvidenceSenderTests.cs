using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Publish;

public sealed class EvidenceSenderTests : IDisposable
{
    private static readonly TruckId Truck = TruckId.Parse("truck-1");
    private static readonly PublishOptions Options = new() { SetAsideFolder = "aside", EvidencePatience = TimeSpan.FromSeconds(30) };
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Newest_goes_first_and_the_next_when_the_city_has_it_and_a_mute_city_is_asked_ever_more_seldom()
    {
        await using var spool = Open();
        await KeepAsync(spool, Truck, "s-1", 3);
        var sender = new EvidenceSender(spool, Truck, Options, _clock);
        var waiting = spool.Evidence.Waiting;

        sender.Accepts(waiting[2]).ShouldBeFalse("it was not sent");
        Send(sender).ShouldBe(waiting[2]);
        sender.Next().ShouldBeNull("one at a time");
        sender.Accepts(waiting[2]).ShouldBeTrue();
        sender.Accepts(waiting[1]).ShouldBeFalse();
        await RemoveAsync(spool, waiting[2]);
        Send(sender).ShouldBe(waiting[1]);

        // Nobody answers: 30 s, 60 s, 120 s … up to about an hour, always one picture.
        var gaps = new List<double>();
        for (var (seconds, since) = (0, 0); gaps.Count < 10; seconds++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            if (sender.Next() is { } again)
            {
                again.Id.ShouldBe(waiting[1]);
                sender.Sending(again.Id);
                gaps.Add(seconds - since + 1);
                since = seconds + 1;
            }
        }

        gaps.ShouldBe([30, 60, 120, 240, 480, 960, 1920, 3840, 3840, 3840]);
        sender.LinkLost();
        Send(sender).ShouldBe(waiting[1], "a new link is worth a try");
    }

    [Fact]
    public async Task Damaged_picture_goes_and_one_of_another_truck_never_goes_under_this_name()
    {
        await using var spool = Open();
        await KeepAsync(spool, TruckId.Parse("truck-2"), "s-2", 1);
        await KeepAsync(spool, Truck, "s-1", 2);
        var waiting = spool.Evidence.Waiting;
        var path = EvidenceShelf.In(_folder.Combine("spool")).Single(file => file.Contains(waiting[2], StringComparison.Ordinal));
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes[^40] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        var sender = new EvidenceSender(spool, Truck, Options, _clock);

        Send(sender).ShouldBe(waiting[1]);
        await Eventually.TrueAsync("the damaged one is gone", () => !spool.Evidence.Waiting.Contains(waiting[2]));
        await RemoveAsync(spool, waiting[1]);
        sender.Next().ShouldBeNull();
        spool.Evidence.Waiting.ShouldBe([waiting[0]]);
    }

    [Fact]
    public async Task Pictures_wait_for_readings_and_for_the_days_bytes_and_go_when_the_city_says_stored_or_refused()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var city = await MarkingCity.StartAsync(broker.Port);
        await using var desk = await EvidenceDesk.StartAsync(broker.Port);
        await using var spool = Open();
        await KeepAsync(spool, Truck, "s-0", 4);
        var ids = spool.Evidence.Waiting;
        desk.Refuses = id => id == ids[2];
        var lane = new LiveLane(spool, Truck, () => SessionId.Parse("s-1"));
        var budget = new UploadBudget(null, _clock) { DailyBytes = 1 };
        budget.Sent(1, isBacklog: false); // The day is used up: live readings go on, pictures wait.
        var options = Options with { Port = broker.Port, SendsEvidence = true, BatchAge = TimeSpan.FromMilliseconds(40) };
        var links = new FleetLinks("the city", TimeProvider.System, NullLogger.Instance);
        await using var link = new TruckLink(
            Truck, lane.Current, [], spool, () => null, options, new PublishCounters(), links, TimeProvider.System, NullLoggerFactory.Instance, budget, lane);
        using var stop = new CancellationTokenSource();
        var sending = Task.Run(() => link.RunAsync(stop.Token), CancellationToken.None);

        for (var i = 1; i <= 5; i++)
        {
            await lane.AppendAsync(ReadingFormat.Protobuf, i, new byte[] { 0x08, 0x01 });
            await Eventually.TrueAsync("it is sent", () => city.Batches.Sum(batch => batch.Count) >= i);
        }

        desk.Arrived.ShouldBeEmpty();
        budget.DailyBytes = 0;
        await Eventually.TrueAsync("all pictures are answered", () => spool.Evidence.Waiting.Count == 0);
        desk.Arrived.Select(header => header.EvidenceId).Distinct().ShouldBe(ids.Reverse(), "the newest first");
        desk.Arrived.ShouldAllBe(header => header.TruckId == Truck && header.SessionId.Value == "s-0" && header.Sequence >= 1 && header.Sequence <= 4);
        spool.Evidence.Stored.ShouldBe(3, "one was refused");
        Directory.GetFiles(_folder.Combine("spool"), "*.evidence").ShouldBeEmpty();
        await stop.CancelAsync();
        await sending;
    }

    private static string? Send(EvidenceSender sender)
    {
        var picture = sender.Next();
        if (picture is { } found)
        {
            sender.Sending(found.Id);
        }

        return picture?.Id;
    }

    private static async Task RemoveAsync(FleetSpool spool, string id)
    {
        await spool.RemoveEvidenceAsync(id, isStored: true);
        await Eventually.TrueAsync("it is gone", () => !spool.Evidence.Waiting.Contains(id));
    }

    private async Task KeepAsync(FleetSpool spool, TruckId truck, string session, int count)
    {
        var jpeg = await TestPictures.JpegAsync();
        var owner = spool.Begin(truck, SessionId.Parse(session));
        var before = spool.Evidence.Waiting.Count;
        for (var i = 1; i <= count; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await spool.AppendAsync(owner, ReadingFormat.Protobuf, i, new byte[] { 0x08, 0x01 }, [TestPictures.Picture(jpeg, _clock.GetUtcNow(), i)]);
        }

        await Eventually.TrueAsync("they are kept", () => spool.Evidence.Waiting.Count == before + count);
    }

    private FleetSpool Open() => FleetSpool.Open(
        new SpoolOptions { Folder = _folder.Combine("spool"), Evidence = new EvidenceLimits { MaxAge = TimeSpan.FromDays(36_500) } }, TimeProvider.System, NullLogger.Instance);
}
