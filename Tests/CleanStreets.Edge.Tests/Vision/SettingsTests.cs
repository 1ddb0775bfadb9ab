using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Vision;
using CleanStreets.Edge.Vision.Settings;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Vision;

public sealed class SettingsTests
{
    [Fact]
    public void What_is_built_in_maps_to_our_kinds_only()
    {
        var settings = VisionSettingsFile.Read(null);
        settings.Kinds.Values.Distinct().ShouldBeSubsetOf(Kinds.All);
        settings.People.ShouldContain("person");
        settings.Mask.Confidence.ShouldBeLessThan(settings.Confidence);
    }

    [Theory]
    [InlineData("""{"confidence":1.5}""", "confidence")]
    [InlineData("""{"kinds":{"person":"pile"},"people":["person"]}""", "person is a person or a vehicle")]
    [InlineData("""{"mask":{"confidence":0.1,"unsureConfidence":0.2}}""", "unsureConfidence")]
    [InlineData("""{"inputSize":100}""", "inputSize")]
    [InlineData("""{"confidance":0.5}""", "confidance")]
    [InlineData("{", "line 1")]
    public void A_wrong_file_is_refused_in_a_sentence(string json, string reason)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Combine("s.json"), json);
        Should.Throw<VisionException>(() => VisionSettingsFile.Read(folder.Combine("s.json"))).Message.ShouldContain(reason);
    }

    [Fact]
    public void Fields_left_out_keep_their_defaults()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Combine("s.json"), """{"mask":{"confidence":0.3}}""");
        var settings = VisionSettingsFile.Read(folder.Combine("s.json"));
        (settings.Mask.Confidence, settings.Mask.WidenShare, settings.Confidence, settings.Kinds.Count).ShouldBe((0.3f, 0.12f, 0.35f, 0));
    }

    [Fact]
    public void Labels_are_one_a_line()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Combine("l.txt"), "person\r\ncar\n\n");
        LabelFile.Read(folder.Combine("l.txt")).ShouldBe(["person", "car"]);
        File.WriteAllText(folder.Combine("l.txt"), "person\n\ncar\n");
        Should.Throw<VisionException>(() => LabelFile.Read(folder.Combine("l.txt"))).Message.ShouldContain("empty line");
    }
}
