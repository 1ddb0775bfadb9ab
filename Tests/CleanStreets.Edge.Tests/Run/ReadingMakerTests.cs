using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Position;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Run;
using CleanStreets.Edge.Sensors;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Edge.Vision;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Run;

public sealed class ReadingMakerTests
{
    private readonly ManualClock _system = new();
    private bool _isStuck;

    [Fact]
    public async Task Positions_go_on_while_a_cameras_loop_hangs_and_readings_never_go_back()
    {
        using var folder = new TemporaryFolder();
        var clock = new TruckClock(_system);
        await using var spool = FleetSpool.Open(new SpoolOptions { Folder = folder.Combine("spool") }, TimeProvider.System, NullLogger.Instance);
        var keeper = new PositionKeeper(clock, TimeSpan.FromSeconds(5));
        using var maker = new ReadingMaker(
            new LiveLane(spool, TruckId.Parse("truck-1"), () => SessionId.Parse("s-1")), ReadingFormat.Json, keeper, clock, new SensorBoard(clock))
        {
            HasCamera = true,
            IsCameraStuck = () => _isStuck,
        };
        await DriveAsync(maker);
        maker.Made.ShouldBe(0, "the camera makes them");
        var frameTakenAt = clock.GetUtcNow();

        _isStuck = true;
        await DriveAsync(maker);
        await DriveAsync(maker);
        maker.Made.ShouldBe(2);

        _isStuck = false;
        await LookAsync(frameTakenAt);
        maker.Made.ShouldBe(2, "its time has been told");
        await DriveAsync(maker);
        maker.Made.ShouldBe(2);
        await LookAsync(clock.GetUtcNow());
        await LookAsync(clock.GetUtcNow().AddDays(-1)); // The clock was put right: the camera's own readings are taken as they come.
        maker.Made.ShouldBe(4);

        ValueTask LookAsync(DateTimeOffset at)
        {
            var look = StreetLook.Blind(Light.Unknown, CameraFaults.None);
            return maker.TakeLookAsync(look.ToReading(at, keeper.Vehicle), look);
        }
    }

    private async Task DriveAsync(ReadingMaker maker)
    {
        _system.Advance(TimeSpan.FromSeconds(1));
        await maker.TakeFixAsync(new Fix { HasPosition = true, Latitude = 52, Longitude = 4, GnssTime = _system.GetUtcNow() });
    }
}
