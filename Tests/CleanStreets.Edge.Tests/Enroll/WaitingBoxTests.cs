using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CleanStreets.Edge.Tests.Service;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Enroll;

/// <summary>A box that sits on no truck.</summary>
public sealed class WaitingBoxTests : FleetStory
{
    [Fact]
    public async Task Box_without_a_truck_speaks_as_none_stays_new_and_begins_when_it_is_assigned()
    {
        await using var city = await FleetCity.StartAsync();
        await EnrolAsync(city, 0, "enrolled box-1, on no truck yet", await city.CodeAsync("box-1"));
        await DriveAsync();
        await FollowUpgradesAsync();
        var said = new ConcurrentQueue<string>();
        await using var ear = new MqttClient(new MqttClientOptions { Port = city.OwnPort, ClientId = "ear" }, TimeProvider.System, NullLogger<MqttClient>.Instance);
        await ear.SubscribeAsync("cleanstreets/v1/#", QualityOfService.AtLeastOnce, (message, _) => { said.Enqueue(message.Topic); return ValueTask.CompletedTask; }, Token);
        await ear.StartAsync(Token);
        await ear.WaitConnectedAsync(Token);
        using var manager = new NotifySocket(Box.Combine("notify"));
        await using var agent = ProductProgram.StartProcess(
            "env", [$"NOTIFY_SOCKET={Box.Combine("notify")}", "WATCHDOG_USEC=3000000", "dotnet", ProductProgram.AssemblyPath(Folder), "run", "--settings", Box.Combine("edge.json")]);
        (await agent.ReadyAsync(Eventually.Patience)).ShouldBe("ready edge device=box-1");

        // systemd hears that it runs and that it is alive, the city can ask it, and its certificate is renewed.
        await Eventually.TrueAsync("the service manager is told", () => manager.Said("READY=1") == 1 && manager.Said("WATCHDOG=1") >= 2);
        await Eventually.TrueAsync("it answers", async () => (await city.AskAsync("box-1", "status")).Http == HttpStatusCode.OK);
        var status = (await city.AskAsync("box-1", "status")).Answer.GetProperty("body");
        (status.GetProperty("deviceId").GetString(), status.GetProperty("truckId").GetString(), status.GetProperty("upgrade").GetProperty("ring").GetString()).ShouldBe(("box-1", null, "canary"));
        var before = await CertificateAsync();
        (await city.AskAsync("box-1", "renew")).Http.ShouldBe(HttpStatusCode.OK, agent.Output);
        (await CertificateAsync()).ShouldNotBe(before);

        // What its ring is offered reaches it over the registry's own rules.
        await ear.PublishAsync(new MqttMessage { Topic = Contracts.Topics.Default.Release("canary", "program"), Payload = "nonsense"u8.ToArray(), QualityOfService = QualityOfService.AtLeastOnce, Retain = true }, Token);
        await Eventually.TrueAsync($"it hears of a release. {agent.Output}", async () =>
            (await city.AskAsync("box-1", "status")) is { Http: HttpStatusCode.OK } asked && asked.Answer.GetProperty("body").GetProperty("upgrade").GetProperty("program").GetProperty("state").GetString() == "refused");
        said.ShouldNotContain(topic => topic.Contains("/readings/", StringComparison.Ordinal) || topic.Contains("/status/", StringComparison.Ordinal), "it speaks as no truck");
        (await city.ReadingsAsync("accepted")).ShouldBe(0);

        await city.FleetAsync("assign", "box-1", "truck-5");
        await Eventually.TrueAsync($"it runs as its truck{agent.Output}", () => agent.Output.Contains("ready edge truck=truck-5", StringComparison.Ordinal), TimeSpan.FromMinutes(10));
        await AcceptedAsync(city, agent, 3);
        said.Where(topic => topic.Contains("/readings/", StringComparison.Ordinal) || topic.Contains("/status/", StringComparison.Ordinal)).ShouldAllBe(topic => topic.EndsWith("/truck-5", StringComparison.Ordinal));
        (await agent.StopAsync(Eventually.Patience)).ShouldBe(0, agent.Output);
        (await city.JournalAsync()).ShouldContain(" 0 quarantined");
    }

    private async Task FollowUpgradesAsync()
    {
        var settings = JsonNode.Parse(await File.ReadAllTextAsync(Box.Combine("edge.json"), Token))!;
        Directory.CreateDirectory(Box.Combine("keys"));
        settings["upgrade"] = new JsonObject { ["ring"] = "canary", ["keys"] = Box.Combine("keys"), ["install"] = Box.Combine("opt") };
        await File.WriteAllTextAsync(Box.Combine("edge.json"), settings.ToJsonString(), Encoding.UTF8, Token);
    }
}
