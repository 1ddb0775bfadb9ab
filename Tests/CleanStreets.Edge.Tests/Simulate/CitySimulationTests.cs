using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Simulate;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Simulate;

public sealed class CitySimulationTests : IDisposable
{
    private const long Now = 1_763_800_000_000;
    private static readonly StreetNetwork Streets = GeneratedCity.Create(1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Simulation_of_the_same_seed_sees_the_same_and_of_another_seed_something_else()
    {
        var one = await Run(Create(seed: 5), 300);
        var two = await Run(Create(seed: 5), 300);
        var other = await Run(Create(seed: 6), 300);

        one.Count.ShouldBe(300 * 4);
        one.Select(Text).ShouldBe(two.Select(Text));
        one.Select(Text).ShouldNotBe(other.Select(Text));
    }

    [Fact]
    public async Task Trucks_stay_on_streets_obey_one_ways_and_do_not_jump()
    {
        var simulation = Create(trucks: 8);
        var last = new Dictionary<int, GeoPoint>();
        for (var second = 0; second < 900; second++)
        {
            await simulation.StepAsync(Now, (truck, ms, drove, city) =>
            {
                drove.ShouldAllBe(leg => leg.Forward || !Streets.Segments[leg.SegmentIndex].OneWay);
                var reading = truck.Eyes.Look(truck, drove, city, ms);
                Metres(truck.Position, new GeoPoint(reading.Latitude, reading.Longitude)).ShouldBeLessThan(25);
                Streets.TryFindNearest(truck.Position, 1, out _).ShouldBeTrue();
                truck.Speed.ShouldBeInRange(0, 12);
                if (last.TryGetValue(truck.Index, out var before))
                {
                    Metres(before, truck.Position).ShouldBeLessThan(12.5);
                }

                last[truck.Index] = truck.Position;
                return ValueTask.CompletedTask;
            });
        }
    }

    [Fact]
    public async Task Twelve_trucks_see_most_streets_in_half_an_hour()
    {
        var simulation = Create(trucks: 12);
        var seen = new HashSet<int>();
        for (var second = 0; second < 1800; second++)
        {
            await simulation.StepAsync(Now, (_, _, drove, _) =>
            {
                seen.UnionWith(drove.Select(leg => leg.SegmentIndex));
                return ValueTask.CompletedTask;
            });
        }

        ((double)seen.Count / Streets.Segments.Count).ShouldBeGreaterThan(0.9);
    }

    [Fact]
    public async Task Dirty_street_gives_detections_and_a_clean_one_hardly_any()
    {
        var story = DirtyCity.ChooseStory(Streets);
        var city = new DirtyCity(Streets, 1, Now, story);
        city.Litter(story, Side.Left, Now).ShouldBeGreaterThan(20);
        var pieces = new Dictionary<bool, (double Count, double Metres)> { [true] = default, [false] = default };
        var simulation = Create(trucks: 12);
        for (var second = 0; second < 900; second++)
        {
            await simulation.StepAsync(Now, (truck, ms, drove, dirt) =>
            {
                var reading = truck.Eyes.Look(truck, drove, dirt, ms);
                reading.Coverage.ShouldBeInRange(0.6f, 1);
                var dirty = drove.Count == 1 && dirt.Litter(drove[0].SegmentIndex, Side.Left, ms) > 20;
                var clean = drove.Count == 1 && dirt.Litter(drove[0].SegmentIndex, Side.Left, ms) < 1 && dirt.Litter(drove[0].SegmentIndex, Side.Right, ms) < 1;
                if (dirty || clean)
                {
                    var litter = truck.Eyes.Detections.ToArray().Where(d => d.Kind == Kinds.LooseLitter).Sum(d => d.Count);
                    pieces[dirty] = (pieces[dirty].Count + litter, pieces[dirty].Metres + drove[0].LengthMetres);
                }

                return ValueTask.CompletedTask;
            });
        }
        (pieces[true].Count / pieces[true].Metres).ShouldBeGreaterThan(10 * pieces[false].Count / pieces[false].Metres);
    }

    [Fact]
    public async Task Claim_of_cleaning_removes_the_dirt_from_its_moment_on_and_brings_another_truck()
    {
        var simulation = Create(trucks: 6, story: false);
        var target = DirtyCity.ChooseStory(Streets);
        var lastSeenBy = -1;
        long now = 0;
        DirtyCity? dirt = null;
        for (var second = 0; second < 3600 && lastSeenBy < 0; second++)
        {
            await simulation.StepAsync(Now, (truck, ms, drove, city) =>
            {
                (dirt, now) = (city, ms);
                lastSeenBy = drove.Any(leg => leg.SegmentIndex == target && leg.LengthMetres > 3) ? truck.Index : lastSeenBy;
                return ValueTask.CompletedTask;
            });
        }

        lastSeenBy.ShouldBeGreaterThanOrEqualTo(0);
        for (var second = 0; second < 60; second++)
        {
            await simulation.StepAsync(Now, (_, ms, _, _) =>
            {
                now = ms;
                return ValueTask.CompletedTask;
            });
        }

        var at = simulation.NextMs;
        simulation.Clean(new Fact { FactId = "f1", SegmentId = Streets.Segments[target].Id, Kind = FactKind.CleaningClaimed, At = DateTimeOffset.FromUnixTimeMilliseconds(at) });
        dirt!.Litter(target, Side.Left, at - 1).ShouldBeGreaterThan(0);
        dirt.Litter(target, Side.Left, at).ShouldBe(0);

        var passes = new List<(int Truck, long At)>();
        for (var second = 0; second < 300; second++)
        {
            await simulation.StepAsync(Now, (truck, ms, drove, _) =>
            {
                if (truck.IsInspecting && drove.Any(leg => leg.SegmentIndex == target))
                {
                    passes.Add((truck.Index, ms));
                }

                return ValueTask.CompletedTask;
            });
        }

        passes.ShouldNotBeEmpty();
        passes.ShouldAllBe(pass => pass.At > at + 60_000, "a pass of the first minute is not believed");
        (passes[0].At - at).ShouldBeLessThan(60_000 + 180_000);
    }

    [Fact]
    public async Task Trucks_go_on_behind_their_last_reading_after_a_restart_and_remember_what_was_cleaned()
    {
        var options = Options();
        var first = Create(options);
        var readings = await Run(first, 50);
        var cleaned = Streets.Segments[7].Id;
        first.Clean(new Fact { FactId = "f", SegmentId = cleaned, Kind = FactKind.CleaningClaimed, At = DateTimeOffset.FromUnixTimeMilliseconds(first.NextMs) });

        // No Close: the power was cut.
        var second = new CitySimulation(options, Streets, WorldState.Read(options.WorldFile), Now, NullLogger.Instance);
        second.NextMs.ShouldBeGreaterThan(readings.Max(r => r.Reading.CapturedAtMs));
        (await Run(second, 1)).ShouldAllBe(r => r.Litter7 < 1);
    }

    private CitySimulation Create(int seed = 1, int trucks = 4, bool story = true) => Create(Options() with { Seed = seed, Trucks = trucks, DirtyStreet = story });

    private static CitySimulation Create(SimulateOptions options) => new(options, Streets, null, Now, NullLogger.Instance);

    private SimulateOptions Options() => new() { Host = "", Port = 1, Data = _folder.Path, Trucks = 4 };

    private static async Task<List<(Reading Reading, Detection[] Detections, double Litter7)>> Run(CitySimulation simulation, int seconds)
    {
        var readings = new List<(Reading, Detection[], double)>();
        for (var second = 0; second < seconds; second++)
        {
            await simulation.StepAsync(Now, (truck, ms, drove, city) =>
            {
                readings.Add((truck.Eyes.Look(truck, drove, city, ms), truck.Eyes.Detections.ToArray(), city.Litter(7, Side.Left, ms)));
                return ValueTask.CompletedTask;
            });
        }

        return readings;
    }

    private static string Text((Reading Reading, Detection[] Detections, double Litter7) seen) => $"{seen.Reading} {string.Join(' ', seen.Detections)}";

    private static double Metres(GeoPoint a, GeoPoint b)
    {
        var east = (a.Longitude - b.Longitude) * Math.Cos(double.DegreesToRadians(a.Latitude));
        return Math.Sqrt(Math.Pow(a.Latitude - b.Latitude, 2) + (east * east)) * 111_195;
    }
}
