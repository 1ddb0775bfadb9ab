using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Simulate.Stories;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Simulate.Stories;

public sealed class PowerCutStoryTests : IDisposable
{
    private const int Cuts = 4;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Power_cuts_lose_at_most_what_was_never_on_disk_and_double_nothing()
    {
        var cut = new StoryEvent
        {
            At = TimeSpan.FromMinutes(5),
            For = TimeSpan.FromSeconds(20),
            Every = TimeSpan.FromMinutes(6),
            Times = Cuts,
            Do = StoryAction.PowerCut,
            Trucks = "1",
        };
        await using var ingest = await RunningIngest.StartAsync(_folder.Combine("ingest"));
        await using var ear = await MarkingCity.StartAsync(ingest.Port);
        ear.IsMarking = false;
        var facts = await StoryRun.TellAsync(_folder.Combine("edge"), ingest.Port, StoryRun.Story("0:30", cut), speed: 600);

        var (hit, spared) = (facts.Trucks[0], facts.Trucks[1]);
        hit.Made.ShouldBe(1800 - (Cuts * 20), "no power, no readings");
        hit.Sessions.Count.ShouldBe(Cuts + 1);
        hit.Sessions[^1].Lost.ShouldBe(0);
        (spared.Made, spared.Lost, spared.Sessions.Count).ShouldBe((1800, 0, 1));
        ear.Statuses.Count(status => status.TruckId.Value == "truck-001" && status.State == TruckState.Lost).ShouldBe(Cuts, "nobody hears a good-bye");
        // Of each session the first readings are there without a hole, each once; what is missing was made in the moment of the cut.
        facts.ShouldBeStored(await ingest.StopAndReadJournalAsync());
        hit.Sessions.ShouldAllBe(session => session.Stored == session.Made - session.Lost && session.Lost < session.Made / 2);
    }
}
