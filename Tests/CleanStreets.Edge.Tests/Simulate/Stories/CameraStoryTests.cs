using System.Net.Http.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Scores;
using CleanStreets.Edge.Simulate.Stories;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Simulate.Stories;

public sealed class CameraStoryTests : IDisposable
{
    private static readonly TimeSpan Dirty = TimeSpan.FromMinutes(5);

    // The watch needs a minute of driving for the change, and its averages a minute or two to follow.
    private static readonly DateTimeOffset Noticed = StoryRun.Begin + Dirty + TimeSpan.FromMinutes(4);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Dirty_camera_sees_less_and_a_blind_one_nothing_so_that_its_streets_become_uncertain_or_not_seen_and_never_clean()
    {
        var story = StoryRun.Story(
            "0:40",
            new StoryEvent { At = Dirty, For = TimeSpan.FromHours(1), Do = StoryAction.Grease, Trucks = "1" },
            new StoryEvent { At = Dirty, For = TimeSpan.FromHours(1), Do = StoryAction.Mud, Trucks = "2", Share = 0.45 });
        var (told, plain) = (TellAsync("told", story), TellAsync("plain", null));
        var (dirty, clean) = (await told, await plain);

        dirty.Facts.Trucks.Select(truck => truck.SecondsCameraFaulty > 1800).ShouldBe([true, true, false]);
        dirty.Faults.ShouldContain("dirty", "the status says so");
        clean.Faults.ShouldBeEmpty();

        // Greased: what it drives from then on is not seen at all.
        Seen(dirty, "truck-001").ShouldBe(0);
        Seen(clean, "truck-001").ShouldBeGreaterThan(10_000);
        var only = clean.Passes.GroupBy(pass => pass.Segment)
            .Where(segment => segment.All(pass => pass.Truck == "truck-001" && pass.EnteredAt > Noticed)).Select(segment => segment.Key).ToList();
        only.Count.ShouldBeGreaterThan(5);
        only.Count(segment => IsSeen(clean, segment)).ShouldBeGreaterThan(5);
        only.ShouldAllBe(segment => !IsSeen(dirty, segment));

        // Muddy: it sees a part, and says so.
        (Seen(dirty, "truck-002") / Seen(clean, "truck-002")).ShouldBeInRange(0.2, 0.93);
        (Seen(dirty, "truck-003") / Seen(clean, "truck-003")).ShouldBe(1, 1e-9);
        var muddy = clean.Passes.GroupBy(pass => pass.Segment)
            .Where(segment => segment.All(pass => pass.Truck == "truck-002" && pass.EnteredAt > Noticed)).Select(segment => segment.Key)
            .Where(segment => IsSeen(dirty, segment) && IsSeen(clean, segment)).ToList();
        muddy.Count.ShouldBeGreaterThan(5);
        muddy.Average(segment => Width(dirty.Scores[segment])).ShouldBeGreaterThan(muddy.Average(segment => Width(clean.Scores[segment])));
    }

    private static double Seen(Told told, string truck) => told.Passes.Where(pass => pass.Truck == truck && pass.EnteredAt > Noticed).Sum(pass => pass.SquareMetresSeen);

    /// <summary>Whether the map shows a letter.</summary>
    private static bool IsSeen(Told told, string segment) => told.Scores.GetValueOrDefault(segment) is { State: ScoreState.Seen, Grade: not null };

    private static double Width(SegmentScore score) => score.High!.Value - score.Low!.Value;

    private async Task<Told> TellAsync(string name, StoryScript? story)
    {
        await using var ingest = await RunningIngest.StartAsync(_folder.Combine(name));
        await using var ear = await MarkingCity.StartAsync(ingest.Port);
        ear.IsMarking = false;
        var facts = await StoryRun.TellAsync(_folder.Combine($"{name}-edge"), ingest.Port, story, trucks: 3, lasts: "0:40", speed: 1000);
        using var http = new HttpClient { BaseAddress = new Uri(ingest.ReadApi) };
        var scores = await Eventually.GetAsync<IReadOnlyList<SegmentScore>>("everything stored is scored", async () =>
        {
            var status = await http.GetFromJsonAsync(ReadApiPaths.Status, ContractJson.Default.IngestStatus);
            return IsScored(status!, facts.Stored) ? await http.GetFromJsonAsync(ReadApiPaths.Scores, ContractJson.Default.IReadOnlyListSegmentScore) : null;
        });
        facts.ShouldBeStored(await ingest.StopAndReadJournalAsync());
        return new Told(
            facts,
            await StoredPass.ReadAsync(_folder.Combine(name), _folder.Combine($"{name}.csv")),
            scores.ToDictionary(score => score.SegmentId.Value),
            [.. ear.Statuses.SelectMany(status => status.Camera?.Faults ?? []).Distinct()]);
    }

    private static bool IsScored(IngestStatus status, long readings) => status.Accepted >= readings && status.OldestUnstoredAgeSeconds == 0;

    private sealed record Told(StoryFacts Facts, IReadOnlyList<StoredPass> Passes, Dictionary<string, SegmentScore> Scores, IReadOnlyList<string> Faults);
}
