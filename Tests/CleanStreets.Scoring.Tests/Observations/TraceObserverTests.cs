using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Observations;
using CleanStreets.Scoring.Streets;
using CleanStreets.Scoring.Tests.Matching;
using CleanStreets.Scoring.Tests.Streets;

namespace CleanStreets.Scoring.Tests.Observations;

public class TraceObserverTests
{
    private static readonly StreetNetwork Grid = TestStreets.Grid();

    private static readonly BatchEnvelope Envelope = new()
    {
        TruckId = TruckId.Parse("truck-1"),
        SessionId = SessionId.Parse("s-1"),
        FirstSequence = 1,
        CameraId = "curb-right",
        ModelVersion = "litter-7",
    };

    [Fact]
    public void Pass_along_a_whole_segment_sees_both_strips_of_it()
    {
        var observations = Drive(["+h00", "+h01", "+h02"], (_, reading) => reading, _ => []);

        observations.Select(o => o.SegmentId.Value).ShouldBe(["h00", "h01", "h02"]);
        var middle = observations[1];
        middle.Coverage.ShouldBe(1);
        middle.Forward.ShouldBeTrue();
        middle.LengthDrivenMetres.ShouldBe(100, 0.1);
        middle.SeenMilliSquareMetres.Left.ShouldBeInRange(300_000 - 1000, 300_000 + 1000);
        middle.SeenMilliSquareMetres.Right.ShouldBe(middle.SeenMilliSquareMetres.Left);
        middle.SeenMilliSquareMetres.Unknown.ShouldBe(0);
        middle.ExposureMilliSquareMetres(Kinds.Weeds, Side.Left).ShouldBe(middle.SeenMilliSquareMetres.Left * 850 / 1000);
        (middle.LeftAtMs - middle.EnteredAtMs).ShouldBeInRange(15_200, 18_200);
        middle.EnteredAtMs.ShouldBe(observations[0].LeftAtMs);
        (middle.CameraId, middle.ModelVersion, middle.Light).ShouldBe(("curb-right", "litter-7", Light.Day));
        middle.FirstSequence.ShouldBe(observations[0].LastSequence + 1);
    }

    [Fact]
    public void Hidden_kerb_and_poor_view_are_unseen_exposure()
    {
        var hidden = Drive(["+h00", "+h01", "+h02"], (_, reading) => reading with { VisibleRightSquareMetres = 0 }, _ => []);
        var half = Drive(["+h00", "+h01", "+h02"], (_, reading) => reading with { Coverage = 0.5f }, _ => []);

        hidden[1].SeenMilliSquareMetres.Right.ShouldBe(0);
        hidden[1].SeenMilliSquareMetres.Left.ShouldBeInRange(300_000 - 1000, 300_000 + 1000);
        half[1].SeenMilliSquareMetres.Left.ShouldBeInRange(150_000 - 1000, 150_000 + 1000);
    }

    [Theory]
    [InlineData("+h00 +h01 +h02", Side.Right)]
    [InlineData("-h02 -h01 -h00", Side.Left)]
    public void Vehicle_side_becomes_the_side_of_the_segment(string streets, Side expected)
    {
        var observations = Drive(
            streets.Split(' '),
            (_, reading) => reading with { VisibleLeftSquareMetres = 0 },
            _ => [new Detection(Kinds.LooseLitter, 2, 0.8f, Side.Right)]);

        observations[1].Counts.ShouldAllBe(count => count.Side == expected && count.Kind == Kinds.LooseLitter && count.ConfidenceMilli == 800);
        observations[1].SeenMilliSquareMetres[expected].ShouldBeGreaterThan(0);
        observations[1].SeenMilliSquareMetres.Total.ShouldBe(observations[1].SeenMilliSquareMetres[expected]);
    }

    [Fact]
    public void Tracked_thing_seen_in_many_frames_and_across_a_junction_counts_once()
    {
        var observations = Drive(
            ["+h00", "+h01", "+h02"],
            (_, reading) => reading,
            i => i is >= 12 and <= 22 ? [new Detection(Kinds.Pile, 1, 0.9f, Side.Right, TrackId: 71, EvidenceId: $"e-{i}")] : []);

        observations.Sum(o => o.Counts.Sum(count => count.Count)).ShouldBe(1);
        var find = observations.SelectMany(o => o.Piles).ShouldHaveSingleItem();
        (find.Kind, find.Side, find.Sequence, find.EvidenceId).ShouldBe((Kinds.Pile, Side.Right, 13, "e-12"));
    }

    [Fact]
    public void Bulky_item_is_counted_and_waits_for_nobody()
    {
        var observations = Drive(
            ["+h00", "+h01"], (_, reading) => reading, i => i == 12 ? [new Detection(Kinds.BulkyItem, 1, 0.9f, Side.Right, TrackId: 5)] : []);

        observations.SelectMany(o => o.Counts).ShouldHaveSingleItem().Kind.ShouldBe(Kinds.BulkyItem);
        observations.SelectMany(o => o.Piles).ShouldBeEmpty();
    }

    [Fact]
    public void Standing_truck_counts_what_it_sees_once()
    {
        var fixes = SimulatedDrive.Along(Grid, SimulatedDrive.Legs(Grid, "+h00", "+h01"), sigma: 0);
        var standing = Enumerable.Range(1, 200).Select(i => fixes[15] with { TimeMs = fixes[15].TimeMs + (i * 1000) });
        var later = fixes.Skip(16).Select(fix => fix with { TimeMs = fix.TimeMs + 201_000 });

        var observations = Observe(
            [.. fixes.Take(16), .. standing, .. later], (_, reading) => reading, i => i is >= 15 and <= 215 ? [new Detection(Kinds.LooseLitter, 3)] : []);

        observations.Sum(o => o.Counts.Sum(count => count.Count)).ShouldBe(3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Truck_parked_for_hours_makes_no_pass(int seed)
    {
        var random = new Random(seed);
        var parked = Enumerable.Range(0, 10_000).Select(i => new SimulatedDrive.Fix(
            SimulatedDrive.StartMs + (i * 1000), SimulatedDrive.Noisy(Grid, TestStreets.Place(seed * 20, 3), 4, random), 0, true, 0, 0));

        Observe([.. parked], (_, reading) => reading, _ => [new Detection(Kinds.LooseLitter, 3)], out var counters).ShouldBeEmpty();

        counters.DroppedPasses.ShouldBeGreaterThan(0);
        counters.DroppedThings.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Truck_that_parks_on_its_way_passes_the_street_once()
    {
        var random = new Random(8);
        var fixes = SimulatedDrive.Along(Grid, SimulatedDrive.Legs(Grid, "+h00", "+h01", "+h02"), sigma: 4, seed: 8);
        var (before, after) = (fixes.Take(25).ToList(), fixes.Skip(25).ToList());
        var stop = Grid.PointAt(before[^1].Segment, before[^1].Offset);
        var parked = Enumerable.Range(1, 5000).Select(i => before[^1] with
        {
            TimeMs = before[^1].TimeMs + (i * 1000),
            Place = SimulatedDrive.Noisy(Grid, stop, 4, random),
        });

        var observations = Observe([.. before, .. parked, .. after.Select(fix => fix with { TimeMs = fix.TimeMs + 5_000_000 })], (_, reading) => reading, _ => []);

        observations.Select(o => o.SegmentId.Value).ShouldBe(["h00", "h01", "h02"]);
        (observations[1].LeftAtMs - observations[1].EnteredAtMs).ShouldBeGreaterThan(5_000_000);
        observations[1].SeenMilliSquareMetres.Left.ShouldBeInRange(299_000, 301_000);
    }

    [Fact]
    public void Side_street_touched_at_a_junction_is_no_pass()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            Drive(["+h10", "+h11", "+h12"], (_, reading) => reading, _ => [], seed, sigma: 4)
                .ShouldAllBe(o => o.SegmentId.Value.StartsWith("h1"), $"seed {seed}");
        }
    }

    [Fact]
    public void Reading_with_a_fault_is_ignored()
    {
        var clean = Drive(["+h00", "+h01"], (_, reading) => reading, _ => []);
        var faulty = Drive(["+h00", "+h01"], (i, reading) => i == 9 ? new Reading { CapturedAtMs = 0, LatitudeE7 = 0, LongitudeE7 = 0, Fault = QuarantineReason.WrongType } : reading, _ => []);

        faulty.Count.ShouldBe(clean.Count);
    }

    [Fact]
    public void Observations_are_the_same_to_the_last_bit_however_the_readings_were_batched()
    {
        var city = GeneratedCity.Create(2);
        var random = new Random(42);
        var route = new StreetRouter(city).Find(new StreetPosition(10, 5), new StreetPosition(300, 5))!;
        var buffer = new ReadingBuffer();
        var fixes = SimulatedDrive.Along(city, route.Legs);
        for (var i = 0; i < fixes.Count; i++)
        {
            Detection[] detections = random.Next(3) == 0 ? [new Detection(Kinds.LooseLitter, random.Next(1, 5), random.NextSingle(), (Side)random.Next(3), TrackId: random.Next(40))] : [];
            buffer.Add(ReadingOf(fixes[i]) with { Coverage = random.NextSingle(), Light = (Light)random.Next(5) }, detections);
        }

        var expected = JsonSerializer.Serialize(Split(city, buffer, [buffer.Count]));
        expected.Length.ShouldBeGreaterThan(5000);
        for (var trial = 0; trial < 8; trial++)
        {
            var sizes = Enumerable.Range(0, buffer.Count).Select(_ => random.Next(1, 40)).ToArray();
            JsonSerializer.Serialize(Split(city, buffer, sizes)).ShouldBe(expected, $"trial {trial}");
        }
    }

    /// <summary>Feeds the readings in batches of the given sizes, each with an envelope and a buffer of its own.</summary>
    private static List<Observation> Split(StreetNetwork network, ReadingBuffer all, int[] sizes)
    {
        var observer = new TraceObserver(network, new MatchingOptions(), new ObservationOptions());
        var observations = new List<Observation>();
        for (int next = 0, batch = 0; next < all.Count; batch++)
        {
            var (buffer, first) = (new ReadingBuffer(), next);
            for (var i = 0; i < sizes[batch] && next < all.Count; i++, next++)
            {
                buffer.Add(all.Readings[next], all.DetectionsOf(all.Readings[next]));
            }

            var completed = new List<Observation>();
            for (var i = 0; i < buffer.Count; i++)
            {
                ref readonly var reading = ref buffer.Readings[i];
                observer.Add(reading, buffer.DetectionsOf(reading), first + i + 1, Envelope with { FirstSequence = first + 1 }, completed);
            }

            observations.AddRange(completed);
        }

        observer.Break(observations);
        return observations;
    }

    private static List<Observation> Drive(
        string[] streets, Func<int, Reading, Reading> change, Func<int, Detection[]> see, int seed = 1, double sigma = 0.5) =>
        Observe(SimulatedDrive.Along(Grid, SimulatedDrive.Legs(Grid, streets), seed: seed, sigma: sigma), change, see);

    private static List<Observation> Observe(
        IReadOnlyList<SimulatedDrive.Fix> fixes, Func<int, Reading, Reading> change, Func<int, Detection[]> see) => Observe(fixes, change, see, out _);

    private static List<Observation> Observe(
        IReadOnlyList<SimulatedDrive.Fix> fixes, Func<int, Reading, Reading> change, Func<int, Detection[]> see, out TraceCounters counters)
    {
        var observer = new TraceObserver(Grid, new MatchingOptions(), new ObservationOptions());
        var observations = new List<Observation>();
        for (var i = 0; i < fixes.Count; i++)
        {
            observer.Add(change(i, ReadingOf(fixes[i])), see(i), i + 1, Envelope, observations);
        }

        observer.Break(observations);
        counters = observer.Counters;
        return observations;
    }

    private static Reading ReadingOf(SimulatedDrive.Fix fix) => new()
    {
        CapturedAtMs = fix.TimeMs,
        LatitudeE7 = (int)Math.Round(fix.Place.Latitude * 1e7),
        LongitudeE7 = (int)Math.Round(fix.Place.Longitude * 1e7),
        Light = Light.Day,
    };
}
