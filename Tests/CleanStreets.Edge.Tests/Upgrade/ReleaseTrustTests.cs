using System.Security.Authentication;
using System.Text;
using System.Text.Json.Nodes;
using CleanStreets.Contracts;
using CleanStreets.Edge.Run;
using CleanStreets.Edge.Tests.Enroll;
using CleanStreets.Edge.Tests.Install;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Edge.Upgrade;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Upgrade;

/// <summary>Whose web server an enrolled box fetches releases from.</summary>
public sealed class ReleaseTrustTests : FleetStory
{
    [Fact]
    public async Task Enrolled_box_fetches_a_release_from_a_server_with_a_public_certificate()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the system's roots are set by SSL_CERT_FILE");
        await using var city = await FleetCity.StartAsync();
        using var bench = new ReleaseBench();
        bench.Install(bench.Program("0.1.0", bench.Shell("old", "exit 0")), "--key", bench.PublicKey);
        await EnrolAsync(city, 0, "enrolled box-1", await city.CodeAsync("box-1", "truck-1"));
        await DriveAsync();
        var settings = JsonNode.Parse(await File.ReadAllTextAsync(Box.Combine("edge.json"), Token))!;
        settings["upgrade"] = new JsonObject { ["ring"] = "all", ["keys"] = bench.OnBox("etc/cleanstreets-edge/release-keys"), ["install"] = bench.Home };
        await File.WriteAllTextAsync(Box.Combine("edge.json"), settings.ToJsonString(), Token);

        using var everybodys = new TestCertificates("An authority that everybody knows");
        await using var server = new HttpsFiles(everybodys.Server(), bench.Out);
        await using var desk = new MqttClient(new MqttClientOptions { Port = city.OwnPort, ClientId = "desk" }, TimeProvider.System, NullLogger<MqttClient>.Instance);
        await desk.StartAsync(Token);
        await desk.WaitConnectedAsync(Token);
        var offer = bench.Make("offer", "--print", "--manifest", bench.Program("0.2.0", bench.Shell("new", "exit 0")), "--url", server.Url.ToString(), "--ring", "all");
        await desk.PublishAsync(new MqttMessage { Topic = Topics.Default.Release("all", "program"), Payload = Encoding.UTF8.GetBytes(offer), QualityOfService = QualityOfService.AtLeastOnce, Retain = true }, Token);

        await using var agent = ProductProgram.StartProcess(
            "env", [$"SSL_CERT_FILE={everybodys.WriteAuthority(Box.Path)}", "dotnet", ProductProgram.AssemblyPath(Folder), "run", "--settings", Box.Combine("edge.json")]);
        (await agent.ExitAsync(TimeSpan.FromMinutes(11))).ShouldBe(75, agent.Output);
        File.Exists(Box.Combine("edge", "upgrade", "program", "ready")).ShouldBeTrue(agent.Output);
    }

    [Fact]
    public async Task City_may_vouch_for_its_own_server_and_a_stranger_for_none()
    {
        using var citys = new TestCertificates("The city");
        using var strangers = new TestCertificates("A stranger");
        await File.WriteAllTextAsync(Box.Combine("file"), "a release", Token);
        await using var own = new HttpsFiles(citys.Server(), Box.Path);
        await using var strange = new HttpsFiles(strangers.Server(), Box.Path);
        using var http = CityHttp.Create(new TlsSettings { RootsFile = citys.WriteAuthority(Box.Path) });
        (await http.GetStringAsync(new Uri(own.Url, "file"), Token)).ShouldBe("a release");
        (await Should.ThrowAsync<HttpRequestException>(() => http.GetStringAsync(new Uri(strange.Url, "file"), Token))).InnerException.ShouldBeOfType<AuthenticationException>();
    }
}
