using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Client;

/// <summary>Real brokers that go away in the middle of a stream of messages and come back with what they keep.</summary>
public sealed class BrokerRestartTests
{
    [Theory]
    [InlineData(MqttProtocolVersion.V311, QualityOfService.AtLeastOnce)]
    [InlineData(MqttProtocolVersion.V500, QualityOfService.AtLeastOnce)]
    [InlineData(MqttProtocolVersion.V311, QualityOfService.ExactlyOnce)]
    [InlineData(MqttProtocolVersion.V500, QualityOfService.ExactlyOnce)]
    public async Task Nothing_acknowledged_is_lost_when_Mosquitto_restarts(MqttProtocolVersion version, QualityOfService qualityOfService)
    {
        await using var mosquitto = await MosquittoServer.StartAsync();
        await using var stream = await MessageStream.StartAsync(mosquitto.Port, version, qualityOfService);
        await stream.SendAsync(200, async () =>
        {
            await mosquitto.StopAsync();
            await mosquitto.StartAgainAsync();
        });
        await stream.CheckAsync();
        await stream.LinkWasLostAsync();
    }

    [Theory]
    [InlineData(MqttProtocolVersion.V500, QualityOfService.AtLeastOnce)]
    [InlineData(MqttProtocolVersion.V311, QualityOfService.ExactlyOnce)]
    [InlineData(MqttProtocolVersion.V500, QualityOfService.ExactlyOnce)]
    public async Task Nothing_acknowledged_is_lost_when_our_broker_is_killed(MqttProtocolVersion version, QualityOfService qualityOfService)
    {
        using var folder = new TemporaryFolder();
        var port = FreePort.Next();
        ProductProgram Start() => ProductProgram.Start("Ingest/CleanStreets.Ingest", "broker", "--listen", $"127.0.0.1:{port}", "--data", folder.Path);
        var broker = Start();
        try
        {
            await broker.ReadyAsync(Eventually.Patience);
            await using var stream = await MessageStream.StartAsync(port, version, qualityOfService);
            await stream.SendAsync(200, async () =>
            {
                await broker.KillAsync();
                await broker.DisposeAsync();
                broker = Start();
            });
            await stream.CheckAsync();
            await stream.LinkWasLostAsync();
        }
        finally
        {
            await broker.DisposeAsync();
        }
    }

    [Fact]
    public async Task Nothing_acknowledged_is_lost_when_RabbitMQ_is_killed()
    {
        await using var rabbit = await RabbitMqServer.StartAsync();
        await using var stream = await MessageStream.StartAsync(rabbit.Port, MqttProtocolVersion.V311, QualityOfService.AtLeastOnce);
        await stream.SendAsync(200, async () =>
        {
            await rabbit.KillAsync();
            await rabbit.StartAgainAsync();
        });
        await stream.CheckAsync();
        await stream.LinkWasLostAsync();

        // It takes QoS 2 for QoS 1 and answers PUBACK: the client lives with that.
        await using var twice = await MessageStream.StartAsync(rabbit.Port, MqttProtocolVersion.V311, QualityOfService.ExactlyOnce, name: "twice");
        await twice.SendAsync(20, () => Task.CompletedTask);
        await twice.CheckAsync();
    }
}
