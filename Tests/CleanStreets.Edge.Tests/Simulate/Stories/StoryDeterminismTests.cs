using CleanStreets.Edge.Simulate.Stories;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Simulate.Stories;

public sealed class StoryDeterminismTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Same_seed_makes_the_same_readings_at_any_speed_and_however_the_fleet_is_shared_out_to_processes()
    {
        var story = StoryRun.Story(
            "0:15",
            new StoryEvent { At = TimeSpan.FromMinutes(2), For = TimeSpan.FromMinutes(3), Do = StoryAction.DeadZone, Trucks = "half" },
            new StoryEvent { At = TimeSpan.FromMinutes(4), For = TimeSpan.FromMinutes(8), Do = StoryAction.Grease, Trucks = "half" },
            new StoryEvent { At = TimeSpan.FromMinutes(5), For = TimeSpan.FromMinutes(3), Do = StoryAction.GpsOutliers, Metres = 500, OneIn = 4 },
            new StoryEvent { At = TimeSpan.FromMinutes(9), For = TimeSpan.FromMinutes(2), Do = StoryAction.Clock, Trucks = "1", Reads = DateTimeOffset.UnixEpoch });
        var slow = await TellAsync("slow", story, 300);
        var fast = await TellAsync("fast", story, 10_000);
        var shared = await TellAsync("shared", story, 5000, new HashSet<int> { 0, 1 }, new HashSet<int> { 2, 3 });
        var other = await TellAsync("other", story, 10_000, seed: 2);

        slow.Count.ShouldBeGreaterThan(4 * 15 * 60 * 3 / 4);
        fast.ShouldBe(slow);
        shared.ShouldBe(slow);
        other.ShouldNotBe(slow);
    }

    private Task<List<string>> TellAsync(string name, StoryScript story, double speed, params IReadOnlySet<int>[] processes) => TellAsync(name, story, speed, 1, processes);

    /// <summary>What arrived, truck by truck in the order of their sequences.</summary>
    private async Task<List<string>> TellAsync(string name, StoryScript story, double speed, int seed, params IReadOnlySet<int>[] processes)
    {
        await using var broker = await TestBroker.StartAsync();
        await using var city = await MarkingCity.StartAsync(broker.Port);
        var runs = processes.Length == 0 ? new IReadOnlySet<int>?[] { null } : processes;
        var facts = await Task.WhenAll(runs.Select((only, i) => StoryRun.TellAsync(_folder.Combine($"{name}-{i}"), broker.Port, story, trucks: 4, speed, seed, only: only)));
        facts.Sum(f => f.InSpool).ShouldBe(0);
        return [.. city.Batches
            .GroupBy(batch => (batch.Truck, batch.Session))
            .OrderBy(session => session.Key.Truck, StringComparer.Ordinal).ThenBy(session => session.Min(batch => batch.Readings[0].CapturedAtMs))
            .SelectMany(session => session
                .SelectMany(batch => batch.Readings.Select((reading, i) => (Sequence: batch.First + i, Reading: reading)))
                .DistinctBy(reading => reading.Sequence).OrderBy(reading => reading.Sequence)
                .Select(r => FormattableString.Invariant(
                    $"{session.Key.Truck} {r.Reading.CapturedAtMs} {r.Reading.LatitudeE7} {r.Reading.LongitudeE7} {r.Reading.SpeedMetresPerSecond} {r.Reading.Coverage} {r.Reading.VisibleLeftSquareMetres}")))];
    }
}
