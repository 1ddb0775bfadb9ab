using CleanStreets.Contracts.Trucks;

namespace CleanStreets.Edge.Tests.Upgrade;

/// <summary>A model that is what it should be, and does not work on this box.</summary>
public sealed class FailingModelTests : ModelUpgradeStory
{
    [Fact]
    public async Task Model_with_which_the_camera_never_looks_gives_way_to_the_one_before_and_is_not_tried_again()
    {
        await MountCameraAsync();
        await using var unit = new UnitRunner(Bench, _ => LongStart);
        await UntilAsync(unit, "the camera looks with its own model", () => Looks("litter-1"));
        Directory.Move(Bench.Combine("frames"), Bench.Combine("away"));
        var manifest = Model("7.2.0", "litter-7.2");
        await OfferAsync("all", manifest, kind: "model");
        for (var start = 1; start <= 3; start++)
        {
            var wanted = start;
            await UntilAsync(unit, $"start {start} of the model on trial", () => unit.Story.Split("running 0.1.0").Length - 1 == wanted + 1 && Said is { Model: { Version: "7.2.0", State: UpgradeState.Trial } });
            await unit.CutAsync();
        }

        await UntilAsync(unit, "it is given up", () => Said is { Model: { Version: null, State: UpgradeState.RolledBack, Detail: { } why } } && why.Contains("7.2.0: the camera did not look in 3 starts", StringComparison.Ordinal));
        Directory.Move(Bench.Combine("away"), Bench.Combine("frames"));
        var asked = Server.Asked.Count;
        await unit.CutAsync();
        await UntilAsync(unit, "it looks with its own again", () => Looks("litter-1"));
        await OfferAsync("all", manifest, kind: "model");
        await UntilAsync(unit, "the offer is known", () => Said is { Model.State: UpgradeState.RolledBack });
        Server.Asked.Count.ShouldBe(asked, "the same is not fetched again");
    }
}
