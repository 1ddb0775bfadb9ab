using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Simulate.Box;

namespace CleanStreets.Edge.Tests.Simulate.Stories;

public sealed class SimulatedLensTests
{
    private const double Speed = 8;

    [Fact]
    public void Clean_lens_shows_no_fault_to_the_agents_watch()
    {
        var lens = new SimulatedLens(seed: 1);
        for (var second = 0; second < 1200; second++)
        {
            Drive(lens, 1, 0, isGreased: false);
            (lens.Faults, lens.Clear).ShouldBe((CameraFaults.None, 1.0), $"second {second}");
        }
    }

    [Theory]
    [InlineData(1, 0.2)]
    [InlineData(2, 0.35)]
    [InlineData(3, 0.45)]
    public void Mud_hides_about_its_share_once_the_watch_has_noticed_and_nothing_when_it_is_wiped(int seed, double share)
    {
        var lens = new SimulatedLens(seed);
        Drive(lens, 300, 0, isGreased: false);
        Drive(lens, 5, share, isGreased: false);
        lens.Clear.ShouldBe(1, "nobody has noticed yet");
        Drive(lens, 300, share, isGreased: false);
        lens.Faults.ShouldBe(CameraFaults.Dirty);
        lens.Clear.ShouldBeInRange(0.25, 1 - (share / 3), "where the mud lies decides how many square metres it hides");
        Drive(lens, 600, 0, isGreased: false);
        (lens.Faults, lens.Clear).ShouldBe((CameraFaults.None, 1.0));
    }

    [Fact]
    public void Grease_leaves_nothing_that_may_count_as_seen()
    {
        var lens = new SimulatedLens(seed: 1);
        Drive(lens, 300, 0, isGreased: false);
        Drive(lens, 300, 0, isGreased: true);
        (lens.Faults, lens.Clear).ShouldBe((CameraFaults.Dirty, 0.0));
    }

    private static void Drive(SimulatedLens lens, int seconds, double mud, bool isGreased)
    {
        for (var second = 0; second < seconds; second++)
        {
            lens.Take(Speed, Speed, mud, isGreased);
        }
    }
}
