using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Position;
using CleanStreets.Edge.Tests.Support;

namespace CleanStreets.Edge.Tests.Position;

public sealed class PlausiblePolicyTests
{
    private const double MetresPerDegree = 111_195;
    private readonly ManualClock _system = new();

    [Theory]
    [InlineData(110, 1, 8, true)]
    [InlineData(115, 1, 8, false)]
    [InlineData(115, 1, double.NaN, true)]
    [InlineData(140, 1, double.NaN, false)]
    [InlineData(2000, 45, 8, false)]
    [InlineData(2000, 60, 8, true)]
    public void Place_is_believed_when_a_truck_could_have_reached_it(double metres, double afterSeconds, double speed, bool isBelieved)
    {
        var policy = new PlausiblePolicy();
        policy.Take(At(0, speed), TimeSpan.Zero).ShouldBeTrue();
        policy.Take(At(metres, speed), TimeSpan.FromSeconds(afterSeconds)).ShouldBe(isBelieved);
    }

    [Fact]
    public void Deception_does_not_become_the_place_that_the_next_is_judged_by()
    {
        var policy = new PlausiblePolicy();
        policy.Take(At(0), TimeSpan.Zero).ShouldBeTrue();
        for (var second = 1; second <= 150; second++)
        {
            policy.Take(At(2000 + second), TimeSpan.FromSeconds(second)).ShouldBeFalse();
        }

        policy.Take(At(1200), TimeSpan.FromSeconds(151)).ShouldBeTrue("the truck drove on meanwhile");
    }

    [Theory]
    [InlineData(8, false)]
    [InlineData(0, true)]
    [InlineData(double.NaN, true)]
    public void Place_that_stays_the_same_at_speed_is_not_believed(double speed, bool isBelieved)
    {
        var policy = new PlausiblePolicy();
        for (var second = 0; second < 10; second++)
        {
            policy.Take(At(0, speed), TimeSpan.FromSeconds(second)).ShouldBeTrue();
        }

        policy.Take(At(0, speed), TimeSpan.FromSeconds(10)).ShouldBe(isBelieved);
        policy.Take(At(8, speed), TimeSpan.FromSeconds(11)).ShouldBeTrue();
    }

    [Fact]
    public void Place_that_cannot_be_true_is_no_fix_but_its_time_sets_the_clock()
    {
        var clock = new TruckClock(_system);
        var keeper = new PositionKeeper(clock, TimeSpan.FromSeconds(5));
        keeper.Take(At(0));
        _system.Advance(TimeSpan.FromSeconds(1));
        var time = new DateTimeOffset(2026, 11, 26, 5, 38, 11, TimeSpan.Zero);
        keeper.Take(At(500) with { GnssTime = time }).HasPosition.ShouldBeFalse();
        keeper.State.ShouldBe(PositionState.NoFix);
        keeper.Vehicle.HasPosition.ShouldBeFalse();
        keeper.NotBelieved.ShouldBe(1);
        clock.GetUtcNow().ShouldBe(time);
    }

    private static Fix At(double metres, double speed = 8) => new() { HasPosition = true, Latitude = 37 + (metres / MetresPerDegree), Longitude = -122, SpeedMetresPerSecond = speed };
}
