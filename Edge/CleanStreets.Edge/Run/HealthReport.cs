using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Position;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Sensors;
using CleanStreets.Edge.Spool;

namespace CleanStreets.Edge.Run;

/// <summary>Gathers how the box is, for its status. Called by the link's loop.</summary>
internal sealed class HealthReport(
    EdgeSettings settings, FleetSpool spool, PositionKeeper keeper, TruckClock clock, ReadingMaker maker, SensorBoard sensors, UploadBudget budget, CertificateRenewal? renewal = null)
{
    /// <summary>How the box is now.</summary>
    public TruckHealth Now() => new()
    {
        PositionState = keeper.State,
        ClockFromGnss = clock.IsFromGnss,
        ClockAheadSeconds = Math.Round(clock.SystemAhead.TotalSeconds, 1),
        FixesWithoutTime = maker.FixesWithoutTime,
        SpoolBytes = spool.Bytes,
        ReadingsDropped = spool.Dropped,
        DiskFreeBytes = BoxHealth.DiskFreeBytes(settings.Data),
        TemperatureCelsius = BoxHealth.TemperatureCelsius(),
        ResidentBytes = Environment.WorkingSet,
        SentBytesToday = budget.Today,
        CertificateEndsAt = renewal?.EndsAt,
        BadSensorLines = sensors.BadLines,
    };
}
