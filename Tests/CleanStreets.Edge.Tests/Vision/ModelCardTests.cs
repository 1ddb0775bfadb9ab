using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Edge.Vision;
using CleanStreets.Edge.Vision.Model;
using CleanStreets.Edge.Vision.Settings;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Vision;

public sealed class ModelCardTests
{
    private const string Card =
        """{"version":"litter-7.2","about":"street photos of spring","sees":[{"kind":"bulky_item","light":"day","recall":0.61,"falsePositivesPerPicture":0.05,"pictures":312}]}""";

    [Fact]
    public void A_card_beside_the_model_names_its_version_and_what_it_sees()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Combine("tiny.card.json"), Card);
        using var model = Open(folder);
        model.Version.ShouldBe("litter-7.2");
        model.Card!.Sees.ShouldHaveSingleItem().ShouldBe(new ModelSees("bulky_item", "day", 0.61, 0.05, 312));
    }

    [Fact]
    public void A_card_inside_the_model_counts_as_well()
    {
        using var folder = new TemporaryFolder();
        using var model = Open(folder, ("cleanstreets.card", Card));
        model.Version.ShouldBe("litter-7.2");
        model.Card.ShouldNotBeNull();
    }

    [Fact]
    public void Without_a_card_the_models_own_version_stands()
    {
        using var folder = new TemporaryFolder();
        using var model = Open(folder, ("version", "8.3.1"));
        model.Version.ShouldBe("8.3.1");
    }

    [Theory]
    [InlineData("""{"version":""}""", "version")]
    [InlineData("""{"version":"1","sees":[{"kind":"pile","light":"day","recall":1.2,"falsePositivesPerPicture":0,"pictures":1}]}""", "recall is 0 to 1")]
    [InlineData("""{"version":"1","sees":[{"kind":"pile","light":"fog","recall":1,"falsePositivesPerPicture":0,"pictures":1}]}""", "light is")]
    [InlineData("""{"sees":[]}""", "version")]
    [InlineData("nonsense", "no model card")]
    public void A_wrong_card_is_refused(string card, string reason)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Combine("tiny.card.json"), card);
        Should.Throw<VisionException>(() => Open(folder)).Message.ShouldContain(reason);
    }

    private static DetectionModel Open(TemporaryFolder folder, params (string, string)[] metadata)
    {
        var file = folder.Combine("tiny.onnx");
        File.WriteAllBytes(file, TinyOnnx.Constant(64, 64, new float[84 * 6], [1, 84, 6], metadata));
        return DetectionModel.Open(file, ["car"], new VisionSettings(), threads: 1);
    }
}
