using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.IotHub.Twin;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;
using CleanStreets.Testing.IotHub;

namespace CleanStreets.Edge.Tests.IotHub;

/// <summary>Desired properties in order, reported ones as differences, and the commands behind direct methods.</summary>
public sealed class DeviceTwinTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificates _certificates = new();

    public void Dispose()
    {
        _folder.Dispose();
        _certificates.Dispose();
    }

    [Fact]
    public async Task Desired_properties_arrive_in_order_with_holes_and_absences_filled_and_are_said_back()
    {
        await using var hub = await StandInHub.StartAsync(_certificates);
        var inForce = new TruckSettings();
        var taken = new List<string>();
        var options = HubTruck.Options(hub, _certificates) with { InForce = () => Volatile.Read(ref inForce) };
        var device = hub.Devices[SendingTruck.Id];
        hub.Desire(device.Id, """{"readingsASecond":2}""", isTold: false);
        await using var truck = HubTruck.Open(_folder.Path, hub, options, change: publish => publish with
        {
            Configure = message =>
            {
                lock (taken)
                {
                    taken.Add(Encoding.UTF8.GetString(message.Span));
                }

                var wanted = message.IsEmpty ? new TruckSettings() : JsonSerializer.Deserialize(message.Span, ContractJson.Default.TruckSettings)!;
                Volatile.Write(ref inForce, wanted.ReadingsASecond > 10 ? inForce with { Refused = "too fast" } : wanted);
            },
        });
        await SaysAsync("what was desired before the start is in force", "readingsASecond", 2, 200, 2);

        hub.Desire(device.Id, """{"readingsASecond":3,"note":"not a setting"}""");
        await SaysAsync("a change is taken", "readingsASecond", 3, 200, 3);
        device.Reported.ContainsKey("note").ShouldBeFalse();

        hub.Desire(device.Id, """{"dailyBytes":5000}""", isTold: false); // Lost on the way.
        hub.Desire(device.Id, """{"readingsASecond":4}""");
        await SaysAsync("after a hole both are in force", "readingsASecond", 4, 200, 5);
        await SaysAsync("the lost one as well", "dailyBytes", 5000, 200, 5);

        hub.Desire(device.Id, """{"readingsASecond":50}""");
        await SaysAsync("what is refused is said with its reason, and the value that holds", "readingsASecond", 4, 400, 6);
        device.Reported["readingsASecond"]!["ad"]!.GetValue<string>().ShouldBe("too fast");

        hub.Drop(device.Id);
        hub.Desire(device.Id, """{"readingsASecond":null,"dailyBytes":7000}""");
        await SaysAsync("changes made while it was away", "dailyBytes", 7000, 200, 7);
        device.Reported.ContainsKey("readingsASecond").ShouldBeFalse("what is not desired any more is not said back");
        await Eventually.TrueAsync("its status is there", () => device.Reported["status"]?["state"]?.GetValue<string>() == "ready");
        hub.Violations.ShouldBeEmpty();
        lock (taken)
        {
            taken[0].ShouldBe("""{"readingsASecond":2,"version":"twin-2"}""");
            JsonNode.Parse(taken[^1])!["dailyBytes"]!.GetValue<long>().ShouldBe(7000);
        }

        Task SaysAsync(string why, string name, double value, int code, long version) => Eventually.TrueAsync(
            $"{why} (reported: {device.Reported.ToJsonString()})",
            () => device.Reported[name] is JsonObject said && said["value"]!.GetValue<double>() == value && said["ac"]!.GetValue<int>() == code && said["av"]!.GetValue<long>() == version);
    }

    [Fact]
    public async Task Direct_methods_are_answered_by_the_commands_and_unknown_ones_with_404()
    {
        await using var hub = await StandInHub.StartAsync(_certificates);
        var options = HubTruck.Options(hub, _certificates);
        options.Commands.Register("echo", (payload, _) => ValueTask.FromResult(CommandAnswer.Ok(payload)));
        options.Commands.Register("parse", (payload, _) => ValueTask.FromResult(CommandAnswer.Ok(Encoding.UTF8.GetBytes(JsonNode.Parse(payload.Span)!["a"]!.ToJsonString()))));
        options.Commands.Register("break", (_, _) => throw new InvalidOperationException("worn out"));
        await using var truck = HubTruck.Open(_folder.Path, hub, options);
        await truck.Link.ConnectedOnce.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        (await hub.InvokeAsync(SendingTruck.Id, "echo", """{"a":1}""")).ShouldBe((200, """{"a":1}"""));
        (await hub.InvokeAsync(SendingTruck.Id, "parse", """{"a":[1]}""")).ShouldBe((200, "[1]"));
        (await hub.InvokeAsync(SendingTruck.Id, "parse", "{")).Status.ShouldBe(400);
        (await hub.InvokeAsync(SendingTruck.Id, "break")).ShouldBe((500, """{"detail":"'break' failed: worn out"}"""));
        var (status, body) = await hub.InvokeAsync(SendingTruck.Id, "dance");
        status.ShouldBe(404);
        body.ShouldContain("echo, parse");
        Should.Throw<InvalidOperationException>(() => options.Commands.Register("echo", (_, _) => default));
        hub.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"a":1,"b":{"c":2}}""", """{"a":1,"b":{"c":2}}""", "{}")]
    [InlineData("""{"a":1,"b":{"c":2,"d":3}}""", """{"a":2,"b":{"c":2}}""", """{"a":2,"b":{"d":null}}""")]
    [InlineData("""{"a":{"b":1}}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"a":1}""", """{"b":{"c":{"d":true}}}""", """{"a":null,"b":{"c":{"d":true}}}""")]
    public void Patch_between_two_objects_makes_one_of_the_other(string before, string after, string expected)
    {
        var (old, now) = (JsonNode.Parse(before)!.AsObject(), JsonNode.Parse(after)!.AsObject());
        var patch = MergePatch.Between(old, now);
        JsonNode.DeepEquals(patch, JsonNode.Parse(expected)).ShouldBeTrue(patch.ToJsonString());
        MergePatch.Apply(old, patch);
        JsonNode.DeepEquals(old, now).ShouldBeTrue(old.ToJsonString());
    }
}
