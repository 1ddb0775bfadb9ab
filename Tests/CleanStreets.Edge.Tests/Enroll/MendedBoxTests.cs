using System.Security.Cryptography.X509Certificates;
using System.Text;
using CleanStreets.Contracts;
using CleanStreets.Edge.Enroll;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Enroll;

/// <summary>A box that was away too long, and a box that finds itself in a list.</summary>
public sealed class MendedBoxTests : FleetStory
{
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(75);

    [Fact]
    public async Task Box_whose_certificate_ended_keeps_the_citys_settings_and_its_readings_and_a_new_code_mends_it_without_a_restart()
    {
        await using var city = await FleetCity.StartAsync(certificates: Life);
        await EnrolAsync(city, 0, "enrolled box-1", await city.CodeAsync("box-1", "truck-1"));
        await DriveAsync();
        await using var desk = new MqttClient(new MqttClientOptions { Port = city.OwnPort, ClientId = "desk" }, TimeProvider.System, NullLogger<MqttClient>.Instance);
        var statuses = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await desk.SubscribeAsync(Topics.Default.Status(TruckId.Parse("truck-1")), QualityOfService.AtLeastOnce, (message, _) => { statuses.Enqueue(Encoding.UTF8.GetString(message.Payload.Span)); return ValueTask.CompletedTask; }, Token);
        await desk.StartAsync(Token);
        await desk.WaitConnectedAsync(Token);
        await desk.PublishAsync(
            new MqttMessage { Topic = Topics.Default.Config(TruckId.Parse("truck-1")), Payload = """{"version":"night","readingsASecond":0.5}"""u8.ToArray(), QualityOfService = QualityOfService.AtLeastOnce, Retain = true }, Token);
        await using (var first = ProductProgram.Start(Folder, "run", "--settings", Box.Combine("edge.json")))
        {
            await first.ReadyAsync(Eventually.Patience);
            await AcceptedAsync(city, first, 1);
            await Eventually.TrueAsync($"the city's settings are in force. {first.Output}", () => statuses.Any(status => status.Contains("\"night\"", StringComparison.Ordinal)));
            await first.KillAsync();
        }

        await Eventually.TrueAsync("the certificate has ended", async () => await EndsAsync() < TimeProvider.System.GetUtcNow());
        statuses.Clear();
        var accepted = await city.ReadingsAsync("accepted");
        await using var agent = ProductProgram.Start(Folder, "run", "--settings", Box.Combine("edge.json"));
        await agent.ReadyAsync(Eventually.Patience);
        await Eventually.TrueAsync($"it says what is wrong. {agent.Output}", () => agent.Output.Contains("enroll", StringComparison.Ordinal));
        agent.Output.ShouldContain("night", Case.Sensitive, "settings of the city are kept over a restart without a link");
        (await city.ReadingsAsync("accepted")).ShouldBe(accepted, "nobody speaks with a certificate that has ended");

        await EnrolAsync(city, 0, "enrolled box-1 on truck-1", await city.CodeAsync("box-1", "truck-1"));
        await AcceptedAsync(city, agent, 3);
        await Eventually.TrueAsync("the settings of before are in force", () => statuses.LastOrDefault()?.Contains("\"night\"", StringComparison.Ordinal) == true);
        (await agent.StopAsync(Eventually.Patience)).ShouldBe(0, agent.Output);
        (await city.JournalAsync()).ShouldContain(" 0 quarantined");
    }

    [Fact]
    public async Task Code_counts_again_while_the_settings_could_not_be_written_and_the_key_is_the_agents()
    {
        await using var city = await FleetCity.StartAsync();
        var code = await city.CodeAsync("box-1", "truck-1");
        await File.WriteAllTextAsync(Box.Combine("etc"), "no folder", Token);
        Directory.CreateDirectory(Box.Combine("edge"));
        if (Environment.IsPrivilegedProcess)
        {
            Install.ReleaseBench.Run("/bin/chown", "65534:65534", Box.Combine("edge")).Code.ShouldBe(0);
        }

        string[] places = ["--data", Box.Combine("edge"), "--settings", Box.Combine("etc", "edge.json")];
        await EnrolAsync(city, 1, "the code still counts for this box", [code, .. places]);
        var certificate = await CertificateAsync();
        File.Delete(Box.Combine("etc"));
        await EnrolAsync(city, 0, "enrolled box-1 on truck-1", [code, .. places]);
        (await CertificateAsync()).ShouldBe(certificate, "the same key, and so the same certificate");
        File.Exists(Box.Combine("edge", "identity", "pending.key")).ShouldBeFalse("the next wish is made with a new key");
        Install.ReleaseBench.Run("/usr/bin/stat", "-c", "%u", Box.Combine("edge", "identity"), Box.Combine("edge", "identity", "box.pem"), Box.Combine("edge", "identity", "authority.pem")).Said
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Single().ShouldBe(Install.ReleaseBench.Run("/usr/bin/stat", "-c", "%u", Box.Combine("edge")).Said.Trim());
        await EnrolAsync(city, 1, "was used", [code, .. places]);
    }

    [Fact]
    public async Task Wiped_box_whose_settings_are_not_its_own_to_remove_says_so_and_is_enrolled_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");
        await using var city = await FleetCity.StartAsync();
        await EnrolAsync(city, 0, "enrolled box-1", await city.CodeAsync("box-1", "truck-1"));

        // A file that can be read under this name, and that nobody can remove under it.
        await using (var agent = ProductProgram.StartProcess(
            "bash", ["-c", $"exec 3<'{Box.Combine("edge.json")}'; exec env --default-signal dotnet '{ProductProgram.AssemblyPath(Folder)}' run --settings /proc/$$/fd/3"]))
        {
            await agent.ReadyAsync(Eventually.Patience);
            await city.FleetAsync("wipe", "box-1");
            (await agent.ExitAsync(TimeSpan.FromMinutes(11))).ShouldBe(0, agent.Output);
            agent.Output.ShouldContain("does not start again until it is enrolled");
        }

        File.Exists(Box.Combine("edge.json")).ShouldBeTrue();
        File.Exists(Box.Combine("edge", "identity", "box.pem")).ShouldBeFalse();
        await using (var again = ProductProgram.Start(Folder, "run", "--settings", Box.Combine("edge.json")))
        {
            (await again.ExitAsync(Eventually.Patience)).ShouldBe(0, again.Output);
            await Eventually.TrueAsync($"it says why. {again.Output}", () => again.Output.Contains("enroll it again", StringComparison.Ordinal));
        }

        await EnrolAsync(city, 0, "enrolled box-1 on truck-1", await city.CodeAsync("box-1", "truck-1"));
        await using var anew = ProductProgram.Start(Folder, "run", "--settings", Box.Combine("edge.json"));
        (await anew.ReadyAsync(Eventually.Patience)).ShouldBe("ready edge truck=truck-1");
        (await anew.StopAsync(Eventually.Patience)).ShouldBe(0, anew.Output);
    }

    [Fact]
    public async Task Box_finds_itself_by_its_serial_number_in_a_list_of_many()
    {
        var serial = HardwareIds.Of().FirstOrDefault(id => DeviceId.TryCreate(id, out _));
        Assert.SkipWhen(serial is null, "this machine has neither a serial number nor a machine id");
        await using var city = await FleetCity.StartAsync();
        var codes = await city.CodesAsync("box-1,truck-1", $"{serial},truck-2", "box-3,truck-3");
        await EnrolAsync(city, 0, $"enrolled {serial} on truck-2", "--csv", codes);
        (await city.BoxAsync("box-1")).GetProperty("state").GetString().ShouldNotBe("enrolled", "the codes of others are theirs");
    }

    [Fact]
    public void Numbers_of_a_board_are_read_as_their_makers_write_them()
    {
        Directory.CreateDirectory(Box.Combine("sys/firmware/devicetree/base"));
        Directory.CreateDirectory(Box.Combine("etc"));
        File.WriteAllText(Box.Combine("sys/firmware/devicetree/base/serial-number"), "10000000a3f5c21e\0");
        File.WriteAllText(Box.Combine("etc/machine-id"), "0123456789abcdef0123456789abcdef\n");
        HardwareIds.Of(Box.Path).ShouldBe(["10000000a3f5c21e", "0123456789abcdef0123456789abcdef"], "the board's number goes before one that an image may have copied");
    }

    private async Task<DateTimeOffset> EndsAsync()
    {
        using var certificate = X509Certificate2.CreateFromPem(await CertificateAsync());
        return new DateTimeOffset(certificate.NotAfter).ToUniversalTime();
    }
}
