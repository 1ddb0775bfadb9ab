using System.Text.Json.Nodes;
using CleanStreets.Edge.Tests.Position;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;
using CleanStreets.Testing.IotHub;

namespace CleanStreets.Edge.Tests.IotHub;

/// <summary>The agent as a process of its own, on the stand-in hub.</summary>
public sealed class HubRunTests : IDisposable
{
    private const string Folder = "Edge/CleanStreets.Edge";
    private const string Truck = "truck-1";
    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificates _certificates = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        _certificates.Dispose();
    }

    [Fact]
    public async Task Agent_sends_through_kills_and_stops_takes_desired_settings_and_answers_methods()
    {
        await using var hub = await StandInHub.StartAsync(_certificates);
        var device = hub.Add(Truck);
        var settings = await SettingsAsync(hub, await ConnectionStringAsync(hub));
        await using (var first = await StartAsync(settings))
        {
            await Eventually.TrueAsync($"readings arrive{Environment.NewLine}{first.Output}", () => HubTruck.Arrived(device).Count >= 3);
            hub.Desire(Truck, """{"version":"v2","readingsASecond":5}""");
            await Eventually.TrueAsync(
                $"the desired rate is in force without a restart (reported: {device.Reported.ToJsonString()})",
                () => device.Reported["readingsASecond"]?["value"]?.GetValue<double>() == 5 && device.Reported["status"]?["settings"]?["version"]?.GetValue<string>() == "v2");
            (await hub.InvokeAsync(Truck, "ping")).Body.ShouldContain("\"truckId\":\"truck-1\"");
            var (code, status) = await hub.InvokeAsync(Truck, "status");
            code.ShouldBe(200);
            JsonNode.Parse(status)!["settings"]!["readingsASecond"]!.GetValue<double>().ShouldBe(5);
            (await hub.InvokeAsync(Truck, "dance")).Status.ShouldBe(404);
            await first.KillAsync();
        }

        await Eventually.TrueAsync("its last will says that it is lost", () => device.Telemetry.Any(message => message.Properties.GetValueOrDefault("iothub-MessageType") == "Will"));
        var before = HubTruck.Arrived(device).Count;
        await using (var second = await StartAsync(settings))
        {
            await Eventually.TrueAsync($"it goes on{Environment.NewLine}{second.Output}", () => HubTruck.Arrived(device).Count >= before + 5);
            (await second.StopAsync(Eventually.Patience)).ShouldBe(0, second.Output);
        }

        var sessions = HubTruck.Arrived(device).ToLookup(reading => reading.Session, reading => reading.Sequence);
        sessions.Count.ShouldBe(2);
        foreach (var session in sessions)
        {
            HubTruck.ShouldBeEach(HubTruck.Arrived(device), session.Key, (int)session.Max());
        }

        var stopped = sessions.Last();
        stopped.Count().ShouldBe((int)stopped.Max(), "a clean stop repeats nothing");
        (await DeadSpool.LeftoversAsync(_folder.Combine("data", "spool"))).ShouldBeEmpty("what was taken was sent before the end");
        device.Reported["status"]!["state"]!.GetValue<string>().ShouldBe("disconnected");
        device.Telemetry.Count(message => message.Properties.ContainsKey("iothub-MessageType")).ShouldBe(1, "a good-bye leaves the will unsaid");
        foreach (var message in device.Telemetry.Where(message => message.Properties.ContainsKey("$.mid")))
        {
            (message.Properties["$.ct"], message.Properties["$.ce"]).ShouldBe(("application/json", "utf-8"));
        }

        hub.Violations.ShouldBeEmpty();
        hub.Connects.ShouldAllBe(connect => connect.Refused == null);
        hub.ServerNames.ShouldAllBe(name => name == hub.Host);
    }

    [Fact]
    public async Task Agent_whose_clock_is_two_hours_late_is_let_in_by_the_hubs_clock()
    {
        var faketime = Directory.Exists("/usr/lib") ? Directory.EnumerateFiles("/usr/lib", "libfaketime.so.1", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 2 }).FirstOrDefault() : null;
        Assert.SkipWhen(faketime is null, "needs libfaketime (apt: faketime)");
        await using var hub = await StandInHub.StartAsync(_certificates);
        var device = hub.Add(Truck);
        var settings = await SettingsAsync(hub, await ConnectionStringAsync(hub));
        await using var agent = ProductProgram.StartProcess("env", [$"LD_PRELOAD={faketime}", "FAKETIME=-2h", "dotnet", ProductProgram.AssemblyPath(Folder), "run", "--settings", settings]);
        await agent.ReadyAsync(Eventually.Patience);
        await Eventually.TrueAsync($"readings arrive{Environment.NewLine}{agent.Output}", () => HubTruck.Arrived(device).Count >= 3);
        hub.Connects.First().Refused.ShouldBe("a token that has ended");
        hub.Connects.Count(connect => connect.Refused is not null).ShouldBe(1);
        agent.Output.ShouldContain("By the hub's clock ours is -7");
        await agent.KillAsync();
    }

    [Fact]
    public async Task Agent_finds_its_hub_by_the_group_key_once_and_remembers_it()
    {
        await using var hub = await StandInHub.StartAsync(_certificates);
        hub.ProvisioningThrottled = 1;
        await File.WriteAllTextAsync(_folder.Combine("group"), Convert.ToBase64String(hub.GroupKey) + "\n", Token);
        var settings = await SettingsAsync(
            hub, $$""" "provisioning": { "idScope": "{{hub.IdScope}}", "groupKeyFile": "{{_folder.Combine("group")}}", "address": "127.0.0.1", "port": {{hub.Port}}, "httpsPort": {{hub.HttpsPort}} } """);
        for (var run = 0; run < 2; run++)
        {
            var before = run == 0 ? 0 : HubTruck.Arrived(hub.Devices[Truck]).Count;
            await using var agent = await StartAsync(settings);
            await Eventually.TrueAsync($"readings arrive{Environment.NewLine}{agent.Output}", () => hub.Devices.TryGetValue(Truck, out var device) && HubTruck.Arrived(device).Count >= before + 2, TimeSpan.FromMinutes(2));
            (await agent.StopAsync(Eventually.Patience)).ShouldBe(0, agent.Output);
        }

        hub.ServerNames.Count(name => name == hub.ProvisioningHost).ShouldBe(1, "the second start knows it already");
        hub.Connects.ShouldAllBe(connect => connect.Refused == null);
        hub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Agent_with_nothing_but_a_certificate_is_assigned_a_hub_and_let_in_and_a_stranger_is_not()
    {
        await using var hub = await StandInHub.StartAsync(_certificates);
        var (stranger, strangersKey) = TestCertificates.WritePem(_certificates.Client("truck-2"), _folder.Path, "stranger");
        await using (var refused = await StartAsync(await SettingsAsync(hub, ByCertificate(hub, stranger, strangersKey))))
        {
            await Eventually.TrueAsync($"the service refuses another's certificate{Environment.NewLine}{refused.Output}", () => hub.Connects.Any(connect => connect.Refused == "the certificate's common name is not the registration"));
            await refused.KillAsync();
        }

        hub.Devices.ContainsKey(Truck).ShouldBeFalse();
        var certificate = _certificates.Client(Truck);
        var (file, key) = TestCertificates.WritePem(certificate, _folder.Path, "box");
        await using var agent = await StartAsync(await SettingsAsync(hub, ByCertificate(hub, file, key)));
        await Eventually.TrueAsync($"readings arrive{Environment.NewLine}{agent.Output}", () => hub.Devices.TryGetValue(Truck, out var device) && HubTruck.Arrived(device).Count >= 3, TimeSpan.FromMinutes(2));
        hub.Devices[Truck].Thumbprint.ShouldBe(certificate.Thumbprint);
        hub.ServerNames.Distinct().ShouldBe([hub.ProvisioningHost, hub.Host], ignoreOrder: true);
        (await agent.StopAsync(Eventually.Patience)).ShouldBe(0, agent.Output);
        hub.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("disabled", null, "it says 'disabled' (Custom allocation failed)")]
    [InlineData("assigned", "box-7", "it makes this box device 'box-7', and the truck is 'truck-1'")]
    public async Task Agent_without_a_hub_says_why_and_keeps_its_readings(string status, string? device, string expected)
    {
        await using var hub = await StandInHub.StartAsync(_certificates);
        hub.ProvisioningStatus = status;
        hub.DeviceOf = box => device ?? box;
        await File.WriteAllTextAsync(_folder.Combine("group"), Convert.ToBase64String(hub.GroupKey) + "\n", Token);
        var settings = await SettingsAsync(
            hub, $$""" "provisioning": { "idScope": "{{hub.IdScope}}", "groupKeyFile": "{{_folder.Combine("group")}}", "address": "127.0.0.1", "port": {{hub.Port}}, "httpsPort": {{hub.HttpsPort}} } """);
        await using var agent = await StartAsync(settings);
        await Eventually.TrueAsync($"it says why{Environment.NewLine}{agent.Output}", () => agent.Output.Contains(expected, StringComparison.Ordinal));
        (await agent.StopAsync(Eventually.Patience)).ShouldBe(0, agent.Output);
        hub.Routed.ShouldBeEmpty();
    }

    [Fact]
    public async Task Readings_go_through_hub_and_event_grid_into_the_journal_once_each()
    {
        await using var hub = await StandInHub.StartAsync(_certificates);
        var device = hub.Add(Truck);
        await using var ingest = await RunningIngest.StartAsync(_folder.Combine("ingest"));
        await using var route = new EventGridRoute(hub, new Uri($"{ingest.ReadApi.TrimEnd('/')}/ingest/events")) { DeliversTwice = true };
        var settings = await SettingsAsync(hub, await ConnectionStringAsync(hub));
        for (var run = 0; run < 2; run++)
        {
            await using var agent = await StartAsync(settings);
            var before = HubTruck.Arrived(device).Count;
            await Eventually.TrueAsync($"readings arrive{Environment.NewLine}{agent.Output}", () => HubTruck.Arrived(device).Count >= before + 4);
            if (run == 0)
            {
                await agent.KillAsync();
            }
            else
            {
                (await agent.StopAsync(Eventually.Patience)).ShouldBe(0, agent.Output);
            }
        }

        var sent = HubTruck.Arrived(device).Distinct().ToList();
        await Eventually.TrueAsync($"all was delivered ({route.Delivered}, {route.Problem})", () => route.Delivered == device.Telemetry.Count);
        var stored = await ingest.StopAndReadJournalAsync();
        stored.Keys.ShouldAllBe(key => key.Truck == Truck);
        stored.Values.Sum().ShouldBe(sent.Count, "each reading of the hub is in the journal once, whatever was delivered twice, and the will is none");
    }

    [Fact]
    public async Task Doctor_looks_at_the_hub_and_leaves_the_link_of_a_running_agent_alone()
    {
        await using var hub = await StandInHub.StartAsync(_certificates);
        var settings = await SettingsAsync(hub, await ConnectionStringAsync(hub));
        var (code, output) = await ExamineAsync(settings);
        code.ShouldBe(0, output);
        output.ShouldMatch(@"unused +dns");
        output.ShouldMatch(@"ok +tls");
        output.ShouldMatch(@"ok +skew");
        output.ShouldMatch(@"ok +hub +city.azure-devices.net takes device truck-1 by its key");

        hub.Devices[Truck].IsEnabled = false;
        hub.ClockAhead = TimeSpan.FromHours(-3);
        (code, output) = await ExamineAsync(settings);
        code.ShouldBe(1, output);
        output.ShouldMatch(@"fail +skew +our clock is 10\d\d\d s ahead");
        output.ShouldMatch(@"fail +hub .*Fix: check that the device is registered");

        (hub.Devices[Truck].IsEnabled, hub.ClockAhead) = (true, TimeSpan.Zero);
        await using var agent = await StartAsync(settings);
        await Eventually.TrueAsync("the agent is there", () => hub.ConnectionsOf(Truck) == 1);
        var before = hub.Connects.Count;
        (_, output) = await ExamineAsync(settings);
        output.ShouldMatch(@"unused +hub +the agent runs");
        hub.Connects.Count.ShouldBe(before);
    }

    private static async Task<(int Code, string Output)> ExamineAsync(string settings)
    {
        await using var doctor = ProductProgram.Start(Folder, "doctor", "--settings", settings);
        var code = await doctor.ExitAsync(Eventually.Patience);
        return (code, doctor.Output);
    }

    private static async Task<ProductProgram> StartAsync(string settings)
    {
        var agent = ProductProgram.Start(Folder, "run", "--settings", settings);
        (await agent.ReadyAsync(Eventually.Patience)).ShouldBe("ready edge truck=truck-1");
        return agent;
    }

    private static string ByCertificate(StandInHub hub, string file, string key) =>
        $$""" "certificateFile": "{{file}}", "keyFile": "{{key}}", "provisioning": { "idScope": "{{hub.IdScope}}", "address": "127.0.0.1", "port": {{hub.Port}}, "httpsPort": {{hub.HttpsPort}} } """;

    private async Task<string> ConnectionStringAsync(StandInHub hub)
    {
        hub.Add(Truck);
        await File.WriteAllTextAsync(_folder.Combine("hub"), hub.ConnectionString(Truck) + "\n", Token);
        return $"\"connectionStringFile\": \"{_folder.Combine("hub")}\"";
    }

    private async Task<string> SettingsAsync(StandInHub hub, string who)
    {
        await File.WriteAllLinesAsync(_folder.Combine("drive.nmea"), Nmea.Drive(new DateTimeOffset(2026, 11, 1, 5, 0, 0, TimeSpan.Zero), 600), Token);
        var path = _folder.Combine("edge.json");
        await File.WriteAllTextAsync(
            path,
            $$"""
            {
              "truckId": "{{Truck}}", "data": "{{_folder.Combine("data")}}",
              "iotHub": {
                {{who}}, "rootsFile": "{{_certificates.WriteAuthority(_folder.Path)}}", "address": "127.0.0.1", "port": {{hub.Port}}, "httpsPort": {{hub.HttpsPort}},
                "batchSeconds": 0.5, "statusSeconds": 1
              },
              "position": { "source": "replay", "path": "{{_folder.Combine("drive.nmea")}}" }, "spool": { "capBytes": 5000000 }
            }
            """,
            Token);
        return path;
    }
}
