using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Ingest.Tests.Faults;

/// <summary>What comes over a truck's link: cuts, acknowledgements that get lost, and poison.</summary>
public sealed class TruckLinkTests : IAsyncDisposable
{
    private const string Topic = "cleanstreets/v1/readings/truck-1";
    private const int Breaks = 6;

    private readonly IngestBench _bench = new();

    [Fact]
    public async Task Link_that_flaps_and_loses_acknowledgements_loses_no_reading_and_counts_none_twice()
    {
        await _bench.StartAsync();
        var drive = new Drive(_bench.Network, "truck-1", "s-1", seed: 4, DateTimeOffset.UtcNow.AddHours(-3).ToUnixTimeMilliseconds()).Over(20);
        await using var link = new LinkProxy(_bench.MqttEndpoint.Port);
        var options = new MqttClientOptions { Port = link.Port, ClientId = "truck-1", ReconnectMinDelay = TimeSpan.FromMilliseconds(10), ReconnectMaxDelay = TimeSpan.FromMilliseconds(50) };
        await using var client = new MqttClient(options, TimeProvider.System, NullLogger<MqttClient>.Instance);
        await client.StartAsync(TestContext.Current.CancellationToken);
        await client.WaitConnectedAsync(TestContext.Current.CancellationToken);
        var each = drive.Count / (Breaks + 1);
        for (var i = 0; i < Breaks; i++)
        {
            var (lost, received) = (link.LostAnswers, _bench.Pipeline.Fates.Received);
            link.LoseAnswers();
            var sending = Task.WhenAll(Enumerable.Range(i * each, each).Select(sequence => SendAsync(client, drive.Batch(sequence, 1))));
            await Eventually.TrueAsync("readings arrive, and their acknowledgements do not", () => link.LostAnswers > lost && _bench.Pipeline.Fates.Received > received);
            link.Cut();
            link.Restore();
            await sending.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        }

        await Task.WhenAll(Enumerable.Range(Breaks * each, drive.Count - (Breaks * each)).Select(sequence => SendAsync(client, drive.Batch(sequence, 1))));

        await _bench.SettledAsync();
        (_bench.Pipeline.Fates.Accepted, _bench.Pipeline.Fates.Quarantined).ShouldBe((drive.Count, 0));
        _bench.Pipeline.Fates.Duplicates.ShouldBeGreaterThanOrEqualTo(Breaks);
        (_bench.Census().Accepted, _bench.Census().AcceptedTwice).ShouldBe((drive.Count, 0));
    }

    // telegraf#13476, #14685: poison filled the window of what is not delivered, and everything stopped without a word.
    [Fact]
    public async Task Poison_of_twice_the_window_is_acknowledged_and_the_good_behind_it_is_taken()
    {
        await _bench.StartAsync();
        var window = new Mqtt.Listener.MqttListenerOptions().ReceiveMaximum;
        var client = await _bench.ConnectAsync("truck-1", inFlight: window);
        var random = new Random(5);
        var poison = Enumerable.Range(0, 2 * window).Select(_ =>
        {
            var payload = new byte[random.Next(1, 100)];
            random.NextBytes(payload);
            return IngestBench.PublishAsync(client, Topic, payload).AsTask();
        });
        var drive = new Drive(_bench.Network, "truck-1", "s-1", seed: 4, DateTimeOffset.UtcNow.AddHours(-3).ToUnixTimeMilliseconds()).Over(3);

        List<Task<MqttReasonCode>> all = [.. poison, IngestBench.PublishAsync(client, Topic, drive.Batch(0, 10)).AsTask()];

        (await Task.WhenAll(all).WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken)).ShouldAllBe(code => !code.IsFailure());
        (_bench.Pipeline.Fates.Accepted, _bench.Pipeline.Fates.Quarantined).ShouldBe((10, 2 * window));
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    /// <summary>Until it is acknowledged, however often the link breaks.</summary>
    private static async Task SendAsync(MqttClient client, byte[] payload)
    {
        while (true)
        {
            try
            {
                (await IngestBench.PublishAsync(client, Topic, payload)).ShouldBe(MqttReasonCode.Success);
                return;
            }
            catch (MqttLinkLostException)
            {
                await client.WaitConnectedAsync(TestContext.Current.CancellationToken);
            }
        }
    }
}
