using System.Text;
using CleanStreets.Edge.IotHub.Access;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Mqtt.Client.Transport;
using CleanStreets.Testing;
using CleanStreets.Testing.IotHub;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.IotHub;

/// <summary>The stand-in is as strict as the hub: a test against it means something.</summary>
public sealed class StandInHubTests : IDisposable
{
    private const string Device = "truck-1";
    private readonly TestCertificates _certificates = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _certificates.Dispose();

    [Theory]
    [InlineData("user name", "no device")]
    [InlineData("client id", "no device")]
    [InlineData("no user", "no user name")]
    [InlineData("another form", "user name")]
    [InlineData("key", "a wrong signature")]
    [InlineData("resource", "a token for")]
    [InlineData("ended", "a token that has ended")]
    [InlineData("no token", "no token")]
    [InlineData("policy", "parts missing")]
    [InlineData("keep-alive", "keep-alive")]
    [InlineData("will", "a will elsewhere")]
    public async Task Connection_that_the_hub_would_refuse_is_refused(string wrong, string why)
    {
        await using var hub = await StandInHub.StartAsync(_certificates);
        var right = Connection(hub);
        var ends = TimeProvider.System.GetUtcNow().AddHours(1);
        var key = hub.Devices[Device].Key;
        var options = wrong switch
        {
            "user name" => right with { UserName = $"{hub.Host}/truck-2/?api-version=2021-04-12" },
            "client id" => right with { ClientId = "Truck-1" },
            "no user" => right with { UserName = null, Password = null },
            "another form" => right with { UserName = $"{hub.Host}/{Device}/api-version=2021-04-12" },
            "key" => right with { Password = SharedAccessSignature.Create($"{hub.Host}/devices/{Device}", [1, .. key[1..]], ends) },
            "resource" => right with { Password = SharedAccessSignature.Create($"{hub.Host}/devices/truck-2", key, ends) },
            "ended" => right with { Password = SharedAccessSignature.Create($"{hub.Host}/devices/{Device}", key, ends.AddHours(-2)) },
            "no token" => right with { Password = null },
            "policy" => right with { Password = SharedAccessSignature.Create($"{hub.Host}/devices/{Device}", key, ends, "device") },
            "keep-alive" => right with { KeepAlive = TimeSpan.FromSeconds(1178) },
            _ => right with { Will = new MqttMessage { Topic = $"devices/{Device}/messages/events/", Retain = true } },
        };
        var refused = new TaskCompletionSource<MqttConnectionChange>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var client = new MqttClient(options, TimeProvider.System, NullLogger<MqttClient>.Instance);
        client.ConnectionChanged += change => refused.TrySetResult(change);
        await client.StartAsync(Token);
        (await refused.Task.WaitAsync(Eventually.Patience, Token)).Reason.ShouldBe(MqttReasonCode.NotAuthorized);
        hub.Connects.First().Refused.ShouldNotBeNull().ShouldContain(why);
    }

    [Theory]
    [InlineData("qos 2", "QoS 2")]
    [InlineData("topic", "publish to 'cleanstreets")]
    [InlineData("another device", "publish to 'devices/truck-2")]
    [InlineData("size", "a message of")]
    [InlineData("filter", "subscription to 'a/b'")]
    [InlineData("all", "subscription to '#'")]
    public async Task Client_that_breaks_a_rule_loses_its_link_without_a_word(string wrong, string why)
    {
        await using var hub = await StandInHub.StartAsync(_certificates);
        await using var client = new MqttClient(Connection(hub), TimeProvider.System, NullLogger<MqttClient>.Instance);
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ConnectionChanged += change =>
        {
            if (!change.Connected)
            {
                lost.TrySetResult();
            }
        };
        await client.StartAsync(Token);
        await client.WaitConnectedAsync(Token).WaitAsync(Eventually.Patience, Token);
        var message = new MqttMessage { Topic = $"devices/{Device}/messages/events/", Payload = Encoding.UTF8.GetBytes("{}"), QualityOfService = QualityOfService.AtLeastOnce };
        (await client.PublishAsync(message, Token)).ShouldBe(MqttReasonCode.Success);
        _ = wrong switch
        {
            "qos 2" => client.PublishAsync(message with { QualityOfService = QualityOfService.ExactlyOnce }, Token).AsTask(),
            "topic" => client.PublishAsync(message with { Topic = "cleanstreets/v1/readings/truck-1" }, Token).AsTask(),
            "another device" => client.PublishAsync(message with { Topic = "devices/truck-2/messages/events/" }, Token).AsTask(),
            "size" => client.PublishAsync(message with { Payload = new byte[(256 * 1024) + 1] }, Token).AsTask(),
            "filter" => client.SubscribeAsync("a/b", QualityOfService.AtMostOnce, (_, _) => ValueTask.CompletedTask, Token),
            _ => client.SubscribeAsync("#", QualityOfService.AtMostOnce, (_, _) => ValueTask.CompletedTask, Token),
        };
        await lost.Task.WaitAsync(Eventually.Patience, Token);
        hub.Violations.First().ShouldContain(why);
        hub.Devices[Device].Telemetry.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Name_that_is_not_of_a_hub_gets_no_encryption()
    {
        await using var hub = await StandInHub.StartAsync(_certificates);
        var options = Connection(hub) with { Tls = new MqttClientTlsOptions { ServerName = "localhost", TrustedRoots = [_certificates.Authority] } };
        var refused = new TaskCompletionSource<MqttConnectionChange>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var client = new MqttClient(options, TimeProvider.System, NullLogger<MqttClient>.Instance);
        client.ConnectionChanged += change => refused.TrySetResult(change);
        await client.StartAsync(Token);
        (await refused.Task.WaitAsync(Eventually.Patience, Token)).Connected.ShouldBeFalse();
        hub.Connects.ShouldBeEmpty();
    }

    private MqttClientOptions Connection(StandInHub hub) => new()
    {
        Host = "127.0.0.1",
        Port = hub.Port,
        ProtocolVersion = MqttProtocolVersion.V311,
        ClientId = Device,
        UserName = $"{hub.Host}/{Device}/?api-version=2021-04-12",
        Password = SharedAccessSignature.Create($"{hub.Host}/devices/{Device}", hub.Add(Device).Key, TimeProvider.System.GetUtcNow().AddHours(1)),
        Tls = new MqttClientTlsOptions { ServerName = hub.Host, TrustedRoots = [_certificates.Authority] },
        ReconnectMinDelay = TimeSpan.FromMinutes(1),
        ReconnectMaxDelay = TimeSpan.FromMinutes(1),
    };
}
