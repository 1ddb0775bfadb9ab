using CleanStreets.Edge.Run;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Run;

public sealed class SettingsTests : IDisposable
{
    private const string Good = """{"truckId":"truck-1","mqtt":{"host":"127.0.0.1"},"position":{"source":"gpsd"}}""";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Short_settings_have_defaults_for_the_rest()
    {
        var settings = Read(Good);
        settings.Rate.ReadingsASecond.ShouldBe(1);
        LinkOptions.PortOf(settings.Mqtt!).ShouldBe(1883);
        settings.Camera.ShouldBeNull();
    }

    [Theory]
    [InlineData("\"truck-1\"", "\"truck 1\"", "truckId")]
    [InlineData("\"127.0.0.1\"", "\"mqtt://127.0.0.1\"", "mqtt.host")]
    [InlineData("\"127.0.0.1\"", "\"x\",\"port\":70000", "mqtt.port")]
    [InlineData("\"127.0.0.1\"", "\"x\",\"version\":\"4\"", "mqtt.version")]
    [InlineData("\"127.0.0.1\"", "\"x\",\"root\":\"a/#\"", "mqtt.root")]
    [InlineData("\"127.0.0.1\"", "\"x\",\"passwordFile\":\"/none\"", "mqtt.user")]
    [InlineData("\"127.0.0.1\"", "\"x\",\"tls\":{\"rootsFile\":\"/none\"}", "rootsFile '/none' is not there")]
    [InlineData("\"gpsd\"", "\"gps\"", "position.source")]
    [InlineData("\"gpsd\"", "\"nmea\"", "position.path")]
    [InlineData("\"gpsd\"", "\"gpsd\",\"baud\":1", "position.baud")]
    [InlineData("\"gpsd\"}", "\"gpsd\"},\"rate\":{\"readingsASecond\":0}", "rate.readingsASecond is 0.1 to 10")]
    [InlineData("\"gpsd\"}", "\"gpsd\"},\"rate\":{\"backlogBytesASecond\":5}", "rate.backlogBytesASecond")]
    [InlineData("\"gpsd\"}", "\"gpsd\"},\"rate\":{\"dailyBytes\":-1}", "rate.dailyBytes")]
    [InlineData("\"gpsd\"}", "\"gpsd\"},\"spool\":{\"capBytes\":1}", "spool.capBytes")]
    [InlineData("\"gpsd\"}", "\"gpsd\"},\"sensors\":[{\"kind\":\"can\",\"source\":\"x\"}]", "sensors[0].kind")]
    [InlineData("\"gpsd\"}", "\"gpsd\"},\"sensors\":[{\"kind\":\"file\",\"source\":\"x\",\"name\":\"dust\"}]", "ends in its unit")]
    [InlineData("\"gpsd\"}", "\"gpsd\"},\"sensors\":[{\"kind\":\"mqtt\",\"source\":\"box/dust\"}]", "mqtt://HOST:PORT/TOPIC")]
    [InlineData("\"gpsd\"}", "\"gpsd\"},\"format\":\"xml\"", "format")]
    [InlineData("\"gpsd\"}", "\"gpsd\"},\"colour\":1", "colour")]
    [InlineData("\"truckId\":\"truck-1\",", "", "truckId")]
    [InlineData("{", "", "wrong at line 1")]
    public void Wrong_settings_are_refused_with_the_name_of_what_is_wrong(string good, string bad, string expected)
    {
        var at = Good.IndexOf(good, StringComparison.Ordinal);
        Should.Throw<SettingsException>(() => Read(Good.Remove(at, good.Length).Insert(at, bad))).Message.ShouldContain(expected);
    }

    [Fact]
    public void All_faults_are_named_at_once()
    {
        var message = Should.Throw<SettingsException>(() => Read("""{"truckId":"","mqtt":{"host":"","port":0},"position":{"source":"x"}}""")).Message;
        foreach (var name in new[] { "truckId", "mqtt.host", "mqtt.port", "position.source" })
        {
            message.ShouldContain(name);
        }
    }

    private EdgeSettings Read(string json)
    {
        var path = _folder.Combine("edge.json");
        File.WriteAllText(path, json);
        return EdgeSettingsFile.Read(path);
    }
}
