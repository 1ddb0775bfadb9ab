using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Simulate;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Edge.Tests.Simulate;

public sealed class ReplayEyesTests
{
    private const double Recall = 0.85;
    private static readonly StreetNetwork Streets = GeneratedCity.Create(1);
    private static readonly int Story = DirtyCity.ChooseStory(Streets);
    private static readonly double Length = Streets.Segments[Story].LengthMetres;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Camera_sees_the_dirt_of_the_street_on_the_side_where_it_lies(bool forward)
    {
        var city = City();
        var (left, right, squareMetres) = (0, 0, 0.0);
        for (var trace = 0; trace < 300; trace++)
        {
            foreach (var (reading, detections) in Look(Drive([.. Along(forward)]), city, seed: trace))
            {
                reading.VisibleLeftSquareMetres.ShouldBe(reading.VisibleRightSquareMetres);
                squareMetres += float.IsNaN(reading.VisibleLeftSquareMetres) ? 0 : reading.VisibleLeftSquareMetres * reading.Coverage;
                left += Litter(detections, forward ? Side.Left : Side.Right);
                right += Litter(detections, forward ? Side.Right : Side.Left);
            }
        }

        // Thousands of pieces: 5 % is several standard deviations.
        (100 * left / squareMetres / Recall).ShouldBe(city.Litter(Story, Side.Left, 0), tolerance: 0.05 * city.Litter(Story, Side.Left, 0));
        (100 * right / squareMetres / Recall).ShouldBe(city.Litter(Story, Side.Right, 0), tolerance: 0.05 * city.Litter(Story, Side.Right, 0));
    }

    [Fact]
    public void Each_metre_is_seen_once_however_the_receiver_errs_and_a_standing_truck_sees_nothing_new()
    {
        double[] offsets = [10, 20, 17, 22, 22, 19, 30, 30, 26, 45];
        var seen = Look(Drive([.. offsets.Select((o, i) => (i * 1000L, o))]), City(), seed: 1);

        seen.Select(s => float.IsNaN(s.Reading.VisibleLeftSquareMetres) ? 0 : (int)Math.Round(s.Reading.VisibleLeftSquareMetres / 3))
            .ShouldBe([0, 10, 0, 2, 0, 0, 8, 0, 0, 15]);
        seen.Where(s => s.Reading.Coverage == 0).ShouldAllBe(s => s.Detections.Length == 0);
        seen.Count(s => s.Reading.Coverage == 0).ShouldBe(6);
        seen.Where(s => s.Reading.Coverage != 0).ShouldAllBe(s => s.Reading.Coverage >= 0.6f);
    }

    [Fact]
    public void Truck_that_turned_in_the_street_sees_its_other_way_too()
    {
        double[] offsets = [10, 30, 50, 25, 15, 5];
        var seen = Look(Drive([.. offsets.Select((o, i) => (i * 1000L, o))]), City(), seed: 1);
        seen.Select(s => s.Reading.Coverage > 0).ShouldBe([false, true, true, false, true, true]);
    }

    [Fact]
    public void Nothing_is_seen_in_a_gap_across_a_junction_and_far_from_any_street()
    {
        var other = Streets.Segments.First(s => s.Index != Story && s.LengthMetres > 60).Index;
        ReplayFix[] fixes =
        [
            Fix(0, Story, 10), Fix(1_000, Story, 20),
            Fix(31_001, Story, 40), Fix(32_000, Story, 50), // After a gap.
            Fix(33_000, other, 20), Fix(34_000, other, 30), // On another street.
            Fix(35_000, other, 40) with { LatitudeE7 = 0 }, Fix(36_000, other, 45), Fix(37_000, other, 50), // Far away and back.
            Fix(36_500, other, 55), // A clock that went back.
        ];
        Look(new ReplayTrace(TruckId.Parse("t"), fixes), City(), seed: 1).Select(s => s.Reading.Coverage > 0)
            .ShouldBe([false, true, false, true, false, true, false, false, true, false]);
    }

    [Fact]
    public void Replay_of_the_same_seed_sees_the_same_whenever_it_runs_and_of_another_seed_something_else()
    {
        var drive = Drive([.. Along(forward: true)]);
        var one = Look(drive, City(), seed: 1);
        var later = Look(drive, City(), seed: 1, shiftMs: 12 * 3_600_000);
        var other = Look(drive, City(), seed: 2);

        one.Select(s => Text(s, 0)).ShouldBe(later.Select(s => Text(s, 12 * 3_600_000)));
        one.Select(s => Text(s, 0)).ShouldNotBe(other.Select(s => Text(s, 0)));
    }

    private static DirtyCity City() => new(Streets, 1, 0, Story);

    private static IEnumerable<(long AtMs, double Offset)> Along(bool forward)
    {
        for (var metres = 2.0; metres < Length - 2; metres += 7)
        {
            yield return ((long)metres * 100, forward ? metres : Length - metres);
        }
    }

    private static ReplayTrace Drive((long AtMs, double Offset)[] places) =>
        new(TruckId.Parse("replay-1"), [.. places.Select(p => Fix(p.AtMs, Story, p.Offset))]);

    private static ReplayFix Fix(long atMs, int segment, double offset)
    {
        var point = Streets.PointAt(segment, offset);
        return new ReplayFix(1_552_293_204_000 + atMs, (int)Math.Round(point.Latitude * 1e7), (int)Math.Round(point.Longitude * 1e7));
    }

    private static List<(Reading Reading, Detection[] Detections)> Look(ReplayTrace trace, DirtyCity city, int seed, long shiftMs = 0)
    {
        var eyes = new ReplayEyes(trace, Streets, city, new Random(seed));
        var seen = new List<(Reading, Detection[])>();
        foreach (var fix in trace.Fixes)
        {
            var reading = eyes.Look(fix, shiftMs);
            (reading.CapturedAtMs, reading.LatitudeE7, reading.LongitudeE7).ShouldBe((fix.AtMs + shiftMs, fix.LatitudeE7, fix.LongitudeE7));
            seen.Add((reading, eyes.Detections.ToArray()));
        }

        return seen;
    }

    private static int Litter(Detection[] detections, Side side) => detections.Where(d => d.Kind == Kinds.LooseLitter && d.Side == side).Sum(d => d.Count);

    private static string Text((Reading Reading, Detection[] Detections) seen, long shiftMs) =>
        $"{seen.Reading with { CapturedAtMs = seen.Reading.CapturedAtMs - shiftMs }} {string.Join(' ', seen.Detections)}";
}
