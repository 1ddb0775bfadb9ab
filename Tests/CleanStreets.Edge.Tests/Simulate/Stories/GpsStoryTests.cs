using CleanStreets.Edge.Simulate.Stories;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Simulate.Stories;

public sealed class GpsStoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Deceived_receiver_sees_nothing_where_the_truck_never_was()
    {
        var story = StoryRun.Story(
            "0:50",
            new StoryEvent { At = TimeSpan.FromMinutes(3), For = TimeSpan.FromMinutes(10), Do = StoryAction.GpsOutliers, Trucks = "1", Metres = 400, OneIn = 6 },
            new StoryEvent { At = TimeSpan.FromMinutes(15), For = TimeSpan.FromSeconds(40), Every = TimeSpan.FromMinutes(3), Times = 6, Do = StoryAction.GpsJump, Trucks = "1", Metres = 1500 },
            new StoryEvent { At = TimeSpan.FromMinutes(36), For = TimeSpan.FromMinutes(4), Do = StoryAction.GpsStuck, Trucks = "1" });
        var (told, plain) = (TellAsync("told", story), TellAsync("plain", null));
        var (facts, passes) = await told;
        var truth = (await plain).Passes;

        facts.Trucks[0].FixesNotBelieved.ShouldBeGreaterThan((600 / 12) + (6 * 30) + 200);
        facts.Trucks[1].FixesNotBelieved.ShouldBe(0);
        Of(passes, "truck-002").ShouldBe(Of(truth, "truck-002"));
        Of(passes, "truck-001").Count.ShouldBeGreaterThan(Of(truth, "truck-001").Count / 3);
        Of(passes, "truck-001").ShouldBeSubsetOf(Of(truth, "truck-001"));
    }

    /// <summary>Where it saw anything: over a gap the way between is driven, and nothing of it seen.</summary>
    private static List<string> Of(IReadOnlyList<StoredPass> passes, string truck) =>
        [.. passes.Where(pass => pass.Truck == truck && pass.SquareMetresSeen > 0).Select(pass => pass.Segment).Distinct().Order(StringComparer.Ordinal)];

    private async Task<(StoryFacts Facts, IReadOnlyList<StoredPass> Passes)> TellAsync(string name, StoryScript? story)
    {
        await using var ingest = await RunningIngest.StartAsync(_folder.Combine(name));
        var facts = await StoryRun.TellAsync(_folder.Combine($"{name}-edge"), ingest.Port, story, lasts: "0:50", speed: 1000);
        facts.ShouldBeStored(await ingest.StopAndReadJournalAsync());
        return (facts, await StoredPass.ReadAsync(_folder.Combine(name), _folder.Combine($"{name}.csv")));
    }
}
