using CleanStreets.Edge.Simulate.Stories;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Simulate.Stories;

public sealed class ClockStoryTests : IDisposable
{
    private static readonly TimeSpan Wrong = TimeSpan.FromMinutes(2);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Clock_that_is_wrong_makes_no_reading_or_a_marked_one_and_never_a_pass_at_another_time()
    {
        var story = StoryRun.Story(
            "0:50",
            Clock("0:05") with { Reads = DateTimeOffset.UnixEpoch },
            Clock("0:15") with { Ahead = TimeSpan.FromHours(1) },
            Clock("0:25") with { Ahead = TimeSpan.FromHours(-23) },
            Clock("0:35") with { Reads = new DateTimeOffset(2046, 6, 1, 0, 0, 0, TimeSpan.Zero) });
        var (told, plain) = (TellAsync("told", story), TellAsync("plain", null));
        var (facts, passes, unconfirmed) = await told;
        var truth = (await plain).Passes;

        var wrong = facts.Trucks[0];
        wrong.SecondsWithoutTime.ShouldBe(2 * (long)Wrong.TotalSeconds, "1970 and 2046 cannot be true");
        wrong.ClockUnconfirmed.ShouldBe(2 * (long)Wrong.TotalSeconds);
        unconfirmed.ShouldBe(wrong.ClockUnconfirmed, "each of them says so");

        passes.Count(pass => pass.Truck == wrong.Truck).ShouldBeGreaterThan(20);
        foreach (var pass in passes.Where(pass => pass.SquareMetresSeen > 0)) // Over a gap the way between is driven, and nothing of it seen.
        {
            truth.ShouldContain(
                real => real.Truck == pass.Truck && real.Segment == pass.Segment
                    && real.EnteredAt - TimeSpan.FromSeconds(30) < pass.EnteredAt && pass.LeftAt < real.LeftAt + TimeSpan.FromSeconds(30),
                $"{pass} did not happen then");
        }
    }

    private static StoryEvent Clock(string at) =>
        new() { At = TimeSpan.Parse(at, System.Globalization.CultureInfo.InvariantCulture), For = Wrong, Do = StoryAction.Clock, Trucks = "1" };

    private async Task<(StoryFacts Facts, IReadOnlyList<StoredPass> Passes, long Unconfirmed)> TellAsync(string name, StoryScript? story)
    {
        await using var ingest = await RunningIngest.StartAsync(_folder.Combine(name));
        await using var ear = await MarkingCity.StartAsync(ingest.Port);
        ear.IsMarking = false;
        var facts = await StoryRun.TellAsync(_folder.Combine($"{name}-edge"), ingest.Port, story, lasts: "0:50", speed: 1000);
        var unconfirmed = ear.Batches.DistinctBy(batch => (batch.Session, batch.First)).Sum(batch => (long)batch.Unconfirmed);
        facts.ShouldBeStored(await ingest.StopAndReadJournalAsync());
        return (facts, await StoredPass.ReadAsync(_folder.Combine(name), _folder.Combine($"{name}.csv")), unconfirmed);
    }
}
