using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Publish;

/// <summary>A count means little without the eye that counted: the model's version travels with the readings, its card with the status.</summary>
public sealed class ModelWithReadingsTests : IDisposable
{
    private static readonly ModelStatus Card = new("litter-7.2", "spring", [new ModelSees("pile", "day", 0.6, 0.01, 300)]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Readings_carry_the_model_that_made_them_also_when_they_are_sent_by_a_box_that_has_another()
    {
        await using var broker = await TestBroker.StartAsync();
        await using (var before = SendingTruck.Open(_folder.Path, port: 9, "s-1", about: new SessionAbout("box-1", "kerb", "litter-7.1", "c-1")))
        {
            await before.TakeAsync(5); // No server there: they stay.
        }

        await using var city = await MarkingCity.StartAsync(broker.Port);
        await using (var after = SendingTruck.Open(_folder.Path, broker.Port, "s-2", about: new SessionAbout("box-1", "kerb", "litter-7.2", "c-2")))
        {
            await after.TakeAsync(5);
            await after.StoredAsync();
        }

        var said = city.Batches.Select(batch => (batch.Session, batch.Envelope.ModelVersion, batch.Envelope.CalibrationId, batch.Envelope.CameraId, batch.Envelope.DeviceId)).Distinct();
        said.Order().ShouldBe([("s-1", "litter-7.1", "c-1", "kerb", "box-1"), ("s-2", "litter-7.2", "c-2", "kerb", "box-1")]);
        Directory.GetFiles(_folder.Path, "*.about", SearchOption.AllDirectories).Length.ShouldBe(2, "one a session, until an opening finds none of its readings");
        await using var spool = FleetSpool.Open(new SpoolOptions { Folder = _folder.Combine("spool") }, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        Directory.GetFiles(_folder.Path, "*.about", SearchOption.AllDirectories).ShouldBeEmpty("all is stored");
    }

    [Fact]
    public async Task Readings_of_a_model_on_trial_say_so_also_when_another_opening_sends_them()
    {
        await using var broker = await TestBroker.StartAsync();
        await using (var before = SendingTruck.Open(_folder.Path, port: 9, "t-1", about: new SessionAbout("box-1", "kerb", "litter-8", "c-1", Trial: true)))
        {
            await before.TakeAsync(5);
        }

        await using var city = await MarkingCity.StartAsync(broker.Port);
        await using (var after = SendingTruck.Open(_folder.Path, broker.Port, "s-2", about: new SessionAbout("box-1", "kerb", "litter-7", "c-1")))
        {
            await after.TakeAsync(5);
            await after.StoredAsync();
        }

        city.Batches.Select(batch => (batch.Session, batch.Envelope.ModelVersion, batch.Envelope.IsTrial)).Distinct().Order()
            .ShouldBe([("s-2", "litter-7", false), ("t-1", "litter-8", true)]);
    }

    [Fact]
    public async Task Status_carries_the_camera_always_and_the_whole_card_at_first()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var city = await MarkingCity.StartAsync(broker.Port);
        var truck = SendingTruck.Open(_folder.Path, broker.Port, change: options => options with
        {
            Model = Card,
            Camera = () => new CameraStatus("kerb", ["dirty"], 0.7, 1.2),
        });
        await Eventually.TrueAsync("the truck is ready", () => city.Statuses.Any(status => status.State == TruckState.Ready));
        await truck.DisposeAsync();
        await Eventually.TrueAsync("it said good-bye", () => city.Statuses.Any(status => status.State == TruckState.Disconnected));
        var first = city.Statuses.First(status => status.State == TruckState.Ready);
        first.Model!.Version.ShouldBe("litter-7.2");
        first.Model.Sees.ShouldBe(Card.Sees);
        first.Camera!.Faults.ShouldBe(["dirty"]);
        var last = city.Statuses.Last(status => status.State == TruckState.Disconnected);
        (last.Model!.Version, last.Model.Sees, last.Camera!.Coverage).ShouldBe(("litter-7.2", null, 0.7));
    }
}
