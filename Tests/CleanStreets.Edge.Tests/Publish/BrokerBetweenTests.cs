using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Publish;

/// <summary>Truck → Mosquitto → ingest, each a real part: Mosquitto acknowledges and, killed, forgets; the mark on <c>acks/…</c> is the truth.</summary>
public sealed class BrokerBetweenTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Broker_that_is_killed_again_and_again_loses_no_reading_and_doubles_none()
    {
        await using var broker = await TestBroker.StartAsync("mosquitto");
        await using var ingest = await RunningIngest.StartBehindAsync(_folder.Combine("ingest"), broker.Port);
        await using var truck = SendingTruck.Open(_folder.Combine("truck"), broker.Port);
        for (var i = 0; i < 4; i++)
        {
            await truck.TakeAsync(60);
            var sent = truck.Counters.Sent;
            await broker.GoAwayAsync();
            await truck.TakeAsync(40);
            await broker.ComeBackAsync();
            await Eventually.TrueAsync("the truck sends again", () => truck.Counters.Sent > sent);
        }

        await truck.StoredAsync();
        (await ingest.StopAndReadJournalAsync()).ShouldBe(new Dictionary<(string, string), long> { [(SendingTruck.Id, "s-1")] = 400 });
    }

    [Fact]
    public async Task Readings_that_only_the_broker_acknowledged_are_sent_again()
    {
        await using var broker = await TestBroker.StartAsync("mosquitto");
        await using var truck = SendingTruck.Open(_folder.Combine("truck"), broker.Port);
        await truck.TakeAsync(50);
        await Eventually.TrueAsync("the broker has acknowledged everything", () => truck.Counters.Sent >= 50);

        // Nobody was there to take it, and now the broker has forgotten it.
        await broker.GoAwayAsync();
        await broker.ComeBackAsync();
        await using var ingest = await RunningIngest.StartBehindAsync(_folder.Combine("ingest"), broker.Port);
        await truck.StoredAsync();
        (await ingest.StopAndReadJournalAsync()).ShouldBe(new Dictionary<(string, string), long> { [(SendingTruck.Id, "s-1")] = 50 });
    }

    [Fact]
    public async Task Ingest_that_is_killed_behind_a_broker_takes_what_waited_there_and_counts_it_once()
    {
        await using var broker = await TestBroker.StartAsync("mosquitto");
        await using var truck = SendingTruck.Open(_folder.Combine("truck"), broker.Port);
        await using (var first = await RunningIngest.StartBehindAsync(_folder.Combine("ingest"), broker.Port))
        {
            await truck.TakeAsync(60);
            await Eventually.TrueAsync("some is stored", () => truck.Link.Unstored < 60);
            await truck.TakeAsync(60);
            await first.KillAsync();
        }

        await truck.TakeAsync(60);
        await using var second = await RunningIngest.StartBehindAsync(_folder.Combine("ingest"), broker.Port);
        await truck.StoredAsync();
        (await second.StopAndReadJournalAsync()).ShouldBe(new Dictionary<(string, string), long> { [(SendingTruck.Id, "s-1")] = 180 });
    }
}
