using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Client;

/// <summary>Links that break and lose answers again and again in the middle of a stream of messages.</summary>
public sealed class FlakyLinkTests
{
    private const int Breaks = 8;

    [Theory]
    [InlineData(MqttProtocolVersion.V311, QualityOfService.AtLeastOnce)]
    [InlineData(MqttProtocolVersion.V500, QualityOfService.AtLeastOnce)]
    [InlineData(MqttProtocolVersion.V311, QualityOfService.ExactlyOnce)]
    [InlineData(MqttProtocolVersion.V500, QualityOfService.ExactlyOnce)]
    public async Task Broken_links_and_lost_answers_lose_and_repeat_nothing_at_our_listener(MqttProtocolVersion version, QualityOfService qualityOfService)
    {
        await using var broker = await Broker.StartAsync();
        await BreakAsync(broker.Port, version, qualityOfService);
    }

    [Theory]
    [InlineData(MqttProtocolVersion.V311, QualityOfService.ExactlyOnce)]
    [InlineData(MqttProtocolVersion.V500, QualityOfService.ExactlyOnce)]
    public async Task Broken_links_and_lost_answers_lose_and_repeat_nothing_at_Mosquitto(MqttProtocolVersion version, QualityOfService qualityOfService)
    {
        await using var mosquitto = await MosquittoServer.StartAsync();
        await BreakAsync(mosquitto.Port, version, qualityOfService);
    }

    private static async Task BreakAsync(int port, MqttProtocolVersion version, QualityOfService qualityOfService)
    {
        await using var proxy = new LinkProxy(port);
        await using var stream = await MessageStream.StartAsync(proxy.Port, version, qualityOfService);
        for (var i = 0; i < Breaks; i++)
        {
            var lost = proxy.LostAnswers;
            await stream.SendAsync(25, async () =>
            {
                proxy.LoseAnswers();
                await Eventually.TrueAsync("an answer is lost", () => proxy.LostAnswers > lost);
                proxy.Cut();
                proxy.Restore();
            });
        }

        await stream.CheckAsync();
        proxy.LostAnswers.ShouldBeGreaterThan(0);
        await stream.LinkWasLostAsync();
    }
}
