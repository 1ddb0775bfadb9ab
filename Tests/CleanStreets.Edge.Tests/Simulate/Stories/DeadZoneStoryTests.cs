using CleanStreets.Edge.Simulate.Stories;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Simulate.Stories;

public sealed class DeadZoneStoryTests : IDisposable
{
    private const int Seconds = 80 * 60;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Dead_zone_loses_nothing_and_what_happens_afterwards_does_not_wait_for_the_backlog()
    {
        var story = StoryRun.Story("1:20", new StoryEvent { At = TimeSpan.FromMinutes(5), For = TimeSpan.FromHours(1), Do = StoryAction.DeadZone, Trucks = "1" });
        await using var ingest = await RunningIngest.StartAsync(_folder.Combine("ingest"));
        await using var ear = await MarkingCity.StartAsync(ingest.Port);
        ear.IsMarking = false; // It listens; ingest marks.
        var facts = await StoryRun.TellAsync(_folder.Combine("edge"), ingest.Port, story, speed: 2000, backlogBytes: 100_000);

        facts.Trucks.Select(truck => (truck.Made, truck.Lost, Sessions: truck.Sessions.Count)).ShouldBe([(Seconds, 0, 2), (Seconds, 0, 1)]);
        var heard = ear.Batches.Where(batch => batch.Truck == "truck-001").ToList();
        facts.ShouldBeStored(await ingest.StopAndReadJournalAsync());

        var (before, after) = (facts.Trucks[0].Sessions[0], facts.Trucks[0].Sessions[1]);
        var firstLive = heard.FindIndex(batch => batch.Session == after.Session);
        var waiting = before.Made - heard.Take(firstLive).Where(batch => batch.Session == before.Session).SelectMany(batch => batch.Sequences).Distinct().Count();
        waiting.ShouldBeGreaterThan(3600 / 4, "the first reading of after the zone is heard while the backlog still waits");
        heard.FindLastIndex(batch => batch.Session == before.Session).ShouldBeGreaterThan(firstLive + 1, "the backlog drains beside it");
    }
}
