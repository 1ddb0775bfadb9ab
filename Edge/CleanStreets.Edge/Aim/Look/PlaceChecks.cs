using System.Globalization;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Doctor;
using CleanStreets.Edge.Position;

namespace CleanStreets.Edge.Aim.Look;

/// <summary>Whether the truck's place and time are known.</summary>
internal static class PlaceChecks
{
    /// <summary>A line each for position and clock.</summary>
    public static IReadOnlyList<Diagnosis> Of(PositionKeeper? keeper, TruckClock clock)
    {
        if (keeper is null)
        {
            return [Diagnosis.Unused("position", "not looked at: start with --settings to have it checked"), Clock(clock)];
        }

        var place = keeper.State switch
        {
            PositionState.Fix when keeper.Fresh is { } fix => Diagnosis.Ok(
                "position", string.Create(CultureInfo.InvariantCulture, $"fresh fix at {fix.Latitude:0.00000}, {fix.Longitude:0.00000}{(double.IsFinite(fix.AccuracyMetres) ? $", within {fix.AccuracyMetres:0} m" : "")}")),
            PositionState.NoFix => Diagnosis.Fail("position", "the receiver has no fix", "give the antenna a free view of the sky and wait some minutes"),
            PositionState.Silent => Diagnosis.Fail("position", "the receiver says nothing", "check that it is plugged in, and position in the box's settings"),
            _ => Diagnosis.Fail("position", "the receiver has fallen silent", "check its cable"),
        };
        return [place, Clock(clock)];
    }

    private static Diagnosis Clock(TruckClock clock) =>
        clock.IsFromGnss ? Diagnosis.Ok("clock", "set by satellites")
        : clock.IsTrusted ? Diagnosis.Unused("clock", "the box's own, not confirmed by satellites")
        : Diagnosis.Fail("clock", $"{clock.GetUtcNow():yyyy-MM-dd HH:mm} UTC cannot be", "wait for the first fix of the receiver");
}
