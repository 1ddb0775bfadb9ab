using CleanStreets.Contracts.Trucks;

namespace CleanStreets.Edge.Tests.Upgrade;

/// <summary>A model that the city sends.</summary>
public sealed class ModelUpgradeTests : ModelUpgradeStory
{
    [Fact]
    public async Task Good_model_is_taken_by_its_ring_and_travels_with_the_readings_and_a_wrong_one_is_not()
    {
        await MountCameraAsync();
        await using var unit = new UnitRunner(Bench, _ => LongStart);
        await UntilAsync(unit, "the camera looks with its own model", () => Looks("litter-1"));

        await OfferAsync("canary", Model("7.0.0", "litter-7"), kind: "model");
        await OfferAsync("all", Model("7.0.0", "litter-7", key: Bench.StrangeKey()), kind: "model");
        await UntilAsync(unit, "what a stranger has signed is refused", () => Refused("no key in"));
        await OfferAsync("all", Model("7.0.1", "litter-7", isModel: false), kind: "model");
        await UntilAsync(unit, "what is no model is refused before it is used", () => Refused("7.0.1: "));
        await OfferAsync("all", Model("7.0.2", "litter-7", card: "nonsense"), kind: "model");
        await UntilAsync(unit, "a model that cannot say how well it sees is refused", () => Refused("7.0.2: "));
        unit.Codes.ShouldBeEmpty(unit.Story);
        City.Statuses.Last(status => status.Model is not null).Model!.Version.ShouldBe("litter-1", "the other ring's model is not its");

        await OfferAsync("all", Model("7.1.0", "litter-7.1"), kind: "model");
        await UntilAsync(unit, "the new model is confirmed by a look", () => Said is { Model: { Version: "7.1.0", State: UpgradeState.Confirmed } } && Looks("litter-7.1"));
        unit.Codes.ToArray().ShouldBe([75], unit.Story);
        await UntilAsync(unit, "readings carry its name", () => City.Batches.Any(batch => batch.Envelope.ModelVersion == "litter-7.1"));
        Bench.Current.ShouldBe("0.1.0", "the program is the same");
    }
}
