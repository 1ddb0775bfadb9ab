using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Tests.IotHub;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Publish;

public sealed class TruckLinkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ours")]
    [InlineData("mosquitto")]
    public async Task Broker_that_restarts_gets_again_everything_above_the_mark_and_nothing_is_lost(string kind)
    {
        await using var broker = await TestBroker.StartAsync(kind);
        await using var city = await MarkingCity.StartAsync(broker.Port);
        await using var link = new LinkProxy(broker.Port);
        await using var truck = SendingTruck.Open(_folder.Path, link.Port);
        await truck.TakeAsync(50);
        await truck.StoredAsync();

        city.IsMarking = false; // It stores and its word does not arrive: the truck must not believe the PUBACK.
        await truck.TakeAsync(70);
        await Eventually.TrueAsync("the city heard all", () => city.Stored(SendingTruck.Id, "s-1").Count == 120);
        truck.Link.Unstored.ShouldBe(70);
        link.Cut();
        await broker.GoAwayAsync();
        await truck.TakeAsync(30);
        city.Batches.Clear();
        city.IsMarking = true;
        await broker.ComeBackAsync();
        await city.IsBackAsync(); // Before the truck, so that it hears the first batch.
        link.Restore();

        await truck.StoredAsync();
        city.Batches.First().First.ShouldBe(51, "everything above the mark goes again, nothing below it");
        city.Stored(SendingTruck.Id, "s-1").ShouldBe(Enumerable.Range(1, 150).Select(i => (long)i));
        truck.Spool.Stored.ShouldBe(150);
    }

    [Fact]
    public async Task Answers_lost_on_the_link_make_no_reading_count_as_stored_and_none_vanish()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var city = await MarkingCity.StartAsync(broker.Port);
        await using var link = new LinkProxy(broker.Port);
        await using var truck = SendingTruck.Open(_folder.Path, link.Port, change: publish => publish with { QuietStatusInterval = TimeSpan.FromHours(1) }); // Nothing else asks for an answer.
        for (var round = 1; round <= 2; round++)
        {
            await truck.TakeAsync(1); // Its mark comes behind every PUBACK before it: from here on the truck waits for no answer.
            await truck.StoredAsync();
            link.LoseAnswers(); // The batch arrives; neither PUBACK nor mark comes back.
            await truck.TakeAsync(20);
            await Eventually.TrueAsync("the city stored them", () => city.Stored(SendingTruck.Id, "s-1").Count == 21 * round);
            truck.Link.Unstored.ShouldBe(20);
            link.Cut();
            link.Restore();
            await truck.StoredAsync();
        }

        truck.Spool.Stored.ShouldBe(42);
    }

    [Fact]
    public async Task Mark_beyond_what_was_sent_is_ignored_and_no_mark_falls()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var city = await MarkingCity.StartAsync(broker.Port);
        await using var truck = SendingTruck.Open(_folder.Path, broker.Port);
        await truck.TakeAsync(40);
        await truck.StoredAsync();

        await city.MarkAsync(SendingTruck.Id, "s-1", 41);
        await city.MarkAsync(SendingTruck.Id, "s-1", long.MaxValue);
        await city.MarkAsync(SendingTruck.Id, "s-1", -7);
        await city.MarkAsync(SendingTruck.Id, "s-1", 3);
        await city.MarkAsync(SendingTruck.Id, "s-of-nobody", 3);
        await truck.TakeAsync(20); // Marks are handled in order: once these are marked, the false ones have been through.
        await truck.StoredAsync();
        truck.Live.StoredThrough.ShouldBe(60);
        truck.Spool.Stored.ShouldBe(60);
        city.Stored(SendingTruck.Id, "s-1").ShouldBe(Enumerable.Range(1, 60).Select(i => (long)i));
    }

    [Fact]
    public async Task Mark_that_is_cleared_is_no_trouble_and_takes_back_nothing()
    {
        var log = new LineLoggers();
        await using var broker = await TestBroker.StartAsync();
        await using var city = await MarkingCity.StartAsync(broker.Port);
        await using var truck = SendingTruck.Open(_folder.Path, broker.Port, loggers: log);
        await truck.TakeAsync(40);
        await truck.StoredAsync();

        await city.ClearAsync(SendingTruck.Id);
        await truck.TakeAsync(20); // Handled in order: once these are marked, the clearing has been through.
        await truck.StoredAsync();

        truck.Live.StoredThrough.ShouldBe(60);
        log.Lines.ShouldNotContain(line => line.Contains("acks", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Leftovers_go_under_their_old_session_behind_the_live_one()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var link = new LinkProxy(broker.Port);
        link.Cut();
        await using (var before = SendingTruck.Open(_folder.Path, link.Port, "s-old"))
        {
            await before.TakeAsync(500);
        }

        await using var city = await MarkingCity.StartAsync(broker.Port);
        await using var truck = SendingTruck.Open(_folder.Path, link.Port, "s-new");
        await truck.TakeAsync(60);
        truck.Link.Unstored.ShouldBe(560);
        link.Restore();
        await truck.StoredAsync();
        city.Stored(SendingTruck.Id, "s-old").Count.ShouldBe(500);
        city.Stored(SendingTruck.Id, "s-new").Count.ShouldBe(60);
        var batches = city.Batches.ToList();
        batches[0].Session.ShouldBe("s-new", "what happens now comes before what happened");
        batches.FindIndex(b => b.Session == "s-old").ShouldBeLessThan(batches.FindLastIndex(b => b.Session == "s-new"), "both drain beside one another");
        batches.Where(b => b.Session == "s-old").ShouldAllBe(b => b.Count <= 200);
        batches.Where(b => b.Session == "s-new").ShouldAllBe(b => b.Count <= 20);
    }

    [Fact]
    public async Task Reading_that_the_city_never_stores_is_set_aside_and_holds_up_nothing_else()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var city = await MarkingCity.StartAsync(broker.Port);
        city.Stores = batch => !batch.Sequences.Contains(3);
        await using var truck = SendingTruck.Open(
            _folder.Path, broker.Port, change: o => o with { BatchReadings = 4, MarkPatience = TimeSpan.FromMilliseconds(50) });
        await truck.TakeAsync(12);

        await truck.StoredAsync();
        city.Stored(SendingTruck.Id, "s-1").ShouldBe([1, 2, .. Enumerable.Range(4, 9).Select(i => (long)i)]);
        truck.Counters.SetAside.ShouldBe(1);
        var kept = Directory.GetFiles(_folder.Combine("set-aside")).ShouldHaveSingleItem();
        SealedFile.Read(kept, truck.Spool.Key).ShouldNotBeNull().ShouldNotBeEmpty();
        var sizes = city.Batches.Where(b => b.Sequences.Contains(3)).Select(b => b.Count).ToList();
        foreach (var size in new[] { 4, 2, 1 })
        {
            sizes.Count(s => s == size).ShouldBeGreaterThanOrEqualTo(3, $"three tries with {size}");
        }

        city.Batches.Last().Oldest.ShouldBe(4, "the mark must be able to pass what is gone");
    }

    [Theory]
    [InlineData("ours")]
    [InlineData("mosquitto")]
    public async Task Status_says_ready_lost_when_the_link_is_cut_ready_again_and_disconnected_at_the_end(string kind)
    {
        await using var broker = await TestBroker.StartAsync(kind);
        await using var city = await MarkingCity.StartAsync(broker.Port);
        await using var link = new LinkProxy(broker.Port);
        await using (var truck = SendingTruck.Open(_folder.Path, link.Port))
        {
            await truck.TakeAsync(5);
            await StatusBecomesAsync(city, TruckState.Ready);
            link.Cut();
            await StatusBecomesAsync(city, TruckState.Lost);
            link.Restore();
            await StatusBecomesAsync(city, TruckState.Ready);
        }

        await StatusBecomesAsync(city, TruckState.Disconnected);
        await using var late = await MarkingCity.StartAsync(broker.Port); // Hears what is retained, nothing else.
        await StatusBecomesAsync(late, TruckState.Disconnected);
        late.Statuses.Count.ShouldBe(1);
    }

    private static Task StatusBecomesAsync(MarkingCity city, TruckState state) =>
        Eventually.TrueAsync($"the truck's status is {state}", () => city.Statuses.LastOrDefault()?.State == state);
}
