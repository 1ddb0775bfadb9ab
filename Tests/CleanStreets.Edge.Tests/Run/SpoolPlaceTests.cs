using CleanStreets.Edge.Run;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Run;

public sealed class SpoolPlaceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Key_is_the_one_named_else_the_credential_else_beside_the_spool()
    {
        var settings = new EdgeSettings { TruckId = "t", Data = _folder.Combine("data"), Mqtt = new MqttSettings { Host = "h" }, Position = new PositionSettings { Source = "gpsd" } };
        var beside = SpoolPlace.Of(settings, _folder.Path);
        (beside.KeyFile, beside.MayMakeKey).ShouldBe((_folder.Combine("data", "spool.key"), true));

        File.WriteAllBytes(_folder.Combine("spool-key"), new byte[32]);
        var handedOver = SpoolPlace.Of(settings, _folder.Path);
        (handedOver.KeyFile, handedOver.MayMakeKey).ShouldBe((_folder.Combine("spool-key"), false));

        settings.Spool.KeyFile = _folder.Combine("mine");
        var named = SpoolPlace.Of(settings, _folder.Path);
        (named.KeyFile, named.MayMakeKey).ShouldBe((_folder.Combine("mine"), true));
    }
}
