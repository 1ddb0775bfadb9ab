using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Vision.Boxes;
using CleanStreets.Edge.Vision.Ground;
using CleanStreets.Edge.Vision.Tracking;

namespace CleanStreets.Edge.Tests.Vision;

public sealed class ObjectTrackerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_thing_passed_at_speed_is_one_thing()
    {
        var tracker = new ObjectTracker();
        Numbers(tracker, 5, Sight(11, 3)).ShouldBe([1]);
        Numbers(tracker, 5, Sight(6.2, 3.1)).ShouldBe([1]);
        Numbers(tracker, 5, Sight(0.9, 2.9)).ShouldBe([1]);
    }

    [Fact]
    public void A_row_of_like_things_is_not_counted_as_one_however_the_truck_drives()
    {
        // Things every 5 m, the truck drives 5 m between frames: each stands where the one before stood.
        var tracker = new ObjectTracker();
        Numbers(tracker, 5, Sight(5, 3), Sight(10, 3)).ShouldBe([1, 2]);
        Numbers(tracker, 5, Sight(0, 3), Sight(5, 3), Sight(10, 3)).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void A_standing_truck_counts_what_it_sees_once()
    {
        var tracker = new ObjectTracker();
        for (var frame = 0; frame < 100; frame++)
        {
            Numbers(tracker, 0, Sight(5, 3)).ShouldBe([1]);
        }
    }

    [Fact]
    public void A_thing_missed_in_one_frame_keeps_its_number()
    {
        var tracker = new ObjectTracker();
        Numbers(tracker, 3, Sight(10, 3));
        Numbers(tracker, 3).ShouldBeEmpty();
        Numbers(tracker, 3, Sight(4, 3)).ShouldBe([1]);
    }

    [Fact]
    public void Another_kind_at_the_same_place_is_another_thing()
    {
        var tracker = new ObjectTracker();
        Numbers(tracker, 0, Sight(5, 3));
        Numbers(tracker, 0, Sight(5, 3, Kinds.Pile)).ShouldBe([2]);
    }

    [Fact]
    public void A_turn_moves_things_to_the_other_side()
    {
        var tracker = new ObjectTracker();
        Numbers(tracker, 0, Sight(0, 5));
        var numbers = new int[1];
        tracker.Track(new Motion(Second, 0, TurnDegrees: 90), [Sight(5, 0)], numbers);
        numbers.ShouldBe([1]);
    }

    [Fact]
    public void Things_long_gone_are_forgotten()
    {
        var tracker = new ObjectTracker();
        for (var frame = 0; frame < 1000; frame++)
        {
            Numbers(tracker, 8, Sight(10, 3), Sight(9, -2));
        }

        tracker.Count.ShouldBeLessThan(20);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void On_a_drive_with_errors_of_speed_and_place_things_are_counted_about_once(int seed)
    {
        var random = new Random(seed);
        var things = Enumerable.Range(0, 60).Select(i => (At: 20 + (i * 6.0) + random.NextDouble(), Right: 2 + (random.NextDouble() * 3))).ToList();
        var tracker = new ObjectTracker();
        var seen = new HashSet<int>();
        for (double at = 0, frame = 0; at < 400; frame++)
        {
            var speed = 4 + (2 * Math.Sin(frame / 7));
            at += speed * 0.5;
            var sight = things.Where(thing => thing.At - at is > 1 and < 11 && random.NextDouble() < 0.85)
                .Select(thing => Sight((thing.At - at) * (1 + (0.05 * (random.NextDouble() - 0.5))), thing.Right + (0.3 * (random.NextDouble() - 0.5)))).ToArray();
            var numbers = new int[sight.Length];
            tracker.Track(new Motion(TimeSpan.FromSeconds(0.5), speed * (1 + (0.1 * (random.NextDouble() - 0.5)))), sight, numbers);
            seen.UnionWith(numbers);
        }

        seen.Count.ShouldBeInRange(58, 64, $"seed {seed}");
    }

    private static int[] Numbers(ObjectTracker tracker, double speed, params Sighting[] sightings)
    {
        var numbers = new int[sightings.Length];
        tracker.Track(new Motion(Second, speed), sightings, numbers);
        return numbers;
    }

    private static Sighting Sight(double ahead, double right, string kind = Kinds.BulkyItem) =>
        new(kind, new Box((float)(right * 50), (float)(700 - (ahead * 30)), (float)(right * 50) + 40, (float)(740 - (ahead * 30))), new GroundPoint(ahead, right, Math.Sqrt((ahead * ahead) + (right * right))));
}
