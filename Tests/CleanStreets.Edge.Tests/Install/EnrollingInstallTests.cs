using System.Text.Json.Nodes;
using CleanStreets.Edge.Tests.Support;

namespace CleanStreets.Edge.Tests.Install;

/// <summary>One command at the truck: program, certificate, settings.</summary>
public sealed class EnrollingInstallTests : IDisposable
{
    private readonly ReleaseBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Install_with_a_code_gets_certificate_city_and_truck_and_the_doctor_reaches_the_city()
    {
        await using var city = await FleetCity.StartAsync();
        var codes = await city.CodesAsync("box-1,truck-1", "box-2,truck-2");
        var code = (await File.ReadAllLinesAsync(codes, TestContext.Current.CancellationToken))[1].Split(',')[2];
        var manifest = _bench.Program("0.1.0", ReleaseBench.Agent);
        var door = city.Door.ToString();
        var (_, said) = _bench.Install(manifest, "--key", _bench.PublicKey, "--ring", "canary", "--enroll", code, "--door", door);
        said.ShouldContain("enrolled box-1 on truck-1");
        said.ShouldMatch(@"(?m)^ok\s+broker\s", said);
        var settings = JsonNode.Parse(await File.ReadAllTextAsync(_bench.OnBox("etc/cleanstreets-edge/edge.json"), TestContext.Current.CancellationToken))!;
        ((string?)settings["truckId"], (string?)settings["deviceId"], (string?)settings["city"], (string?)settings["upgrade"]!["ring"]).ShouldBe(("truck-1", "box-1", door, "canary"));
        ((string?)settings["data"], (string?)settings["mqtt"]!["tls"]!["certificateFile"]).ShouldBe(("/var/lib/cleanstreets-edge", "/var/lib/cleanstreets-edge/identity/box.pem"), "paths are the box's, not the image's");
        ReleaseBench.Run("/usr/bin/stat", "-c", "%a", _bench.OnBox("var/lib/cleanstreets-edge/identity/box.pem")).Said.Trim().ShouldBe("600");
        ReleaseBench.Run("/usr/bin/stat", "-c", "%a", _bench.OnBox("etc/cleanstreets-edge/edge.json")).Said.Trim().ShouldBe("640");

        // A code that was used: said, and the newer program is on the box all the same.
        (var exit, said) = _bench.Install(_bench.Program("0.1.1", ReleaseBench.Agent), "--enroll", code, "--door", door);
        exit.ShouldBe(1);
        said.ShouldContain("was used");
        said.ShouldContain("this box is not enrolled: mend what is said above");
        _bench.Current.ShouldBe("0.1.1");

        (_, said) = _bench.Install(_bench.Program("0.1.2", ReleaseBench.Agent), "--enroll-csv", codes, "--device", "box-2", "--door", door);
        said.ShouldContain("enrolled box-2 on truck-2");
    }

    [Theory]
    [InlineData("--door is the city's door", "--enroll", "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF")]
    [InlineData("--door is the city's door", "--enroll", "AAAA", "--door", "http://city.example")]
    [InlineData("cannot be read", "--enroll-csv", "/none", "--door", "https://city.example:8443")]
    public void Wrong_use_is_a_sentence(string says, params string[] arguments)
    {
        var (code, said) = _bench.Install(_bench.Program("0.1.0", _bench.Shell("old", "exit 0")), arguments);
        code.ShouldBe(2);
        said.ShouldContain(says);
    }
}
