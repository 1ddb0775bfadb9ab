using CleanStreets.Edge.Position;
using CleanStreets.Edge.Tests.Support;

namespace CleanStreets.Edge.Tests.Position;

public sealed class ClockTests
{
    private static readonly DateTimeOffset Truth = new(2026, 11, 26, 5, 38, 11, TimeSpan.Zero);
    private readonly ManualClock _system = new();

    [Theory]
    [InlineData(1970)]
    [InlineData(2006)]
    [InlineData(2046)]
    public void Box_with_a_wrong_clock_has_no_time_until_satellites_say_it_and_keeps_it_without_them(int year)
    {
        _system.Advance(new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero) - _system.GetUtcNow());
        var clock = new TruckClock(_system);
        clock.IsTrusted.ShouldBeFalse();

        clock.Take(Truth).ShouldBeTrue();
        clock.IsTrusted.ShouldBeTrue();
        _system.Advance(TimeSpan.FromSeconds(90));
        clock.GetUtcNow().ShouldBe(Truth.AddSeconds(90));
        clock.SystemAhead.ShouldBe(_system.GetUtcNow() - Truth.AddSeconds(90));
    }

    [Fact]
    public void Receiver_whose_week_counter_rolled_over_is_not_believed()
    {
        var clock = new TruckClock(_system);
        var keeper = new PositionKeeper(clock, TimeSpan.FromSeconds(5));
        var fix = keeper.Take(new Fix { HasPosition = true, Latitude = 1, Longitude = 2, GnssTime = Truth.AddDays(-1024 * 7) });
        fix.GnssTime.ShouldBeNull();
        clock.IsFromGnss.ShouldBeFalse();
        clock.GetUtcNow().ShouldBe(_system.GetUtcNow());
        keeper.State.ShouldBe(Contracts.Trucks.PositionState.Fix, "its place is still a place");
    }

    [Fact]
    public void Old_place_is_never_the_place_of_now()
    {
        var keeper = new PositionKeeper(new TruckClock(_system), TimeSpan.FromSeconds(5));
        keeper.State.ShouldBe(Contracts.Trucks.PositionState.Silent);
        keeper.Take(new Fix { HasPosition = true, Latitude = 1, Longitude = 2 });
        _system.Advance(TimeSpan.FromSeconds(5));
        keeper.Now.ShouldNotBeNull();
        _system.Advance(TimeSpan.FromSeconds(0.1));
        keeper.State.ShouldBe(Contracts.Trucks.PositionState.Stale);
        keeper.Now.ShouldBeNull();
        keeper.Vehicle.HasPosition.ShouldBeFalse();
        keeper.Take(new Fix());
        keeper.State.ShouldBe(Contracts.Trucks.PositionState.NoFix);
        keeper.Now.ShouldBeNull();
    }
}
