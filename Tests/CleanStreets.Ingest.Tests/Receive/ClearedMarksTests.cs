using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using CleanStreets.Contracts;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Receive.Broker;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Ingest.Tests.Receive;

/// <summary>What is retained on <c>acks/{truck}</c> goes with the truck's place: on our own listener, and on a real broker of others.</summary>
public sealed class ClearedMarksTests : IAsyncDisposable
{
    private const int Places = 3;

    private static readonly (string, string)[] Settings =
    [
        ("Ingest:Admission:Trucks", $"{Places}"),
        ("Ingest:Admission:ProbationIdle", "00:00:01"),
        ("Ingest:Acknowledge:MarksInterval", "00:00:00.010"),
        ($"{BrokerOptions.Section}:ReconnectMaxDelay", "00:00:00.500"),
    ];

    private MosquittoServer? _broker;
    private IngestBench? _bench;

    [Fact]
    public async Task Own_listener_retains_marks_of_known_trucks_only_and_of_no_invented_one()
    {
        _bench = new IngestBench(Settings);
        await _bench.StartAsync();
        await FloodAsync(4, SendAsync);

        await Eventually.TrueAsync("only marks of trucks with a place are retained", async () => (await RetainedAsync()).SetEquals(Known()));
        await _bench.RestartAsync();
        await Eventually.TrueAsync("and so it is after a restart", async () => (await RetainedAsync()).SetEquals(Known()));
        await SendAsync("invented-0-0", 1);
        _bench.Pipeline.Fates.Duplicates.ShouldBe(1, "what it had sent is known still");
        await Eventually.TrueAsync("nor does a mark that is told to a truck without a place stay", async () => (await RetainedAsync()).SetEquals(Known()));
    }

    [Fact]
    public async Task Broker_of_others_has_the_mark_of_a_truck_cleared_that_gave_up_its_place()
    {
        await StartAsync();
        await FloodAsync(3, SendAsync);

        await Eventually.TrueAsync("only marks of trucks with a place are retained", async () => (await RetainedAsync()).SetEquals(Known()));
        var (known, outlet) = (_bench!.Pipeline.Roster, _bench.Pipeline.Receivers.Broker!.Outlet);
        (known.Trucks, known.Forgotten, known.Displaced).ShouldBe((Places, 6, 6));
        await Eventually.TrueAsync("nothing waits", () => outlet.Waiting == 0);
    }

    [Fact]
    public async Task What_could_not_be_cleared_while_the_broker_was_away_is_cleared_when_it_is_back()
    {
        await StartAsync();
        await FloodAsync(1, SendAsync);
        await Eventually.TrueAsync("three are retained", async () => (await RetainedAsync()).Count == Places);
        await _broker!.StopAsync();
        await FloodAsync(1, PostAsync, "later");
        await _broker.StartAgainAsync();

        await Eventually.TrueAsync("those from before are gone from the broker, which had kept them", async () => (await RetainedAsync()).SetEquals(Known()));
        Known().ShouldAllBe(truck => truck.StartsWith("later", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_could_not_be_cleared_before_ingest_ended_is_cleared_after_its_next_start()
    {
        await StartAsync();
        await FloodAsync(1, SendAsync);
        await Eventually.TrueAsync("three are retained", async () => (await RetainedAsync()).Count == Places);
        await _broker!.StopAsync();
        await FloodAsync(1, PostAsync, "later");
        await _bench!.StopAsync();
        await _broker.StartAgainAsync();
        (await RetainedAsync()).ShouldBe(["invented-0-0", "invented-0-1", "invented-0-2"], ignoreOrder: true, "the broker has them still");

        await _bench.StartAsync();

        await Eventually.TrueAsync("those from before are gone", async () => (await RetainedAsync()).SetEquals(Known()));
        Known().ShouldAllBe(truck => truck.StartsWith("later", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Broker_that_comes_back_with_what_it_retained_long_ago_has_it_cleared_again()
    {
        await StartAsync();
        await FloodAsync(1, SendAsync);
        await Eventually.TrueAsync("three are retained", async () => (await RetainedAsync()).Count == Places);

        // Its persistent data of now, as a backup would hold it.
        await _broker!.StopAsync();
        var (file, backup) = (_broker.Data, _broker.Data + ".backup");
        File.Copy(file, backup);
        await _broker.StartAgainAsync();
        await _bench!.ReceivingAsync();
        await FloodAsync(1, SendAsync, "later");
        await Eventually.TrueAsync("they are cleared", async () => (await RetainedAsync()).SetEquals(Known()));
        await _broker.KillAsync();
        File.Copy(backup, file, overwrite: true);
        await _broker.StartAgainAsync();

        await Eventually.TrueAsync("and cleared again", async () => (await RetainedAsync()).SetEquals(Known()));
    }

    [Fact]
    public async Task Clears_that_wait_for_a_broker_that_is_away_are_bounded_and_the_oldest_are_declared_lost()
    {
        _bench = new IngestBench(($"{BrokerOptions.Section}:Clears", "10")) { Broker = new BrokerAddress("127.0.0.1", FreePort.Next(), Encrypted: false, User: null) };
        await _bench.StartAsync();
        var outlet = _bench.Pipeline.Receivers.Broker!.Outlet;
        for (var i = 0; i < 100; i++)
        {
            outlet.Publish(Mark($"invented-{i}", "{}"));
            outlet.Clear(Mark($"invented-{i}", string.Empty));
        }

        (outlet.Waiting, outlet.KnownTopics, outlet.ClearsGivenUp).ShouldBe((10, 10, 90L));
        outlet.Publish(Mark("invented-99", "{}"));
        for (var i = 100; i < 110; i++)
        {
            outlet.Clear(Mark($"invented-{i}", string.Empty));
        }

        (outlet.Waiting, outlet.KnownTopics, outlet.ClearsGivenUp).ShouldBe((11, 11, 99L), "the mark that is there again is no clear");
    }

    public async ValueTask DisposeAsync()
    {
        if (_bench is not null)
        {
            await _bench.DisposeAsync();
        }

        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }
    }

    private static MqttMessage Mark(string truck, string payload) =>
        new() { Topic = Topics.Default.Acks(TruckId.Parse(truck)), Payload = Encoding.UTF8.GetBytes(payload), Retain = true, QualityOfService = QualityOfService.AtLeastOnce };

    private async Task StartAsync()
    {
        _broker = await MosquittoServer.StartAsync();
        _bench = new IngestBench(Settings) { Broker = new BrokerAddress("127.0.0.1", _broker.Port, Encrypted: false, User: null) };
        await _bench.StartAsync();
        await _bench.ReceivingAsync();
    }

    /// <summary>Names that nobody knows take all places, again and again: each round once those of the last are closed.</summary>
    private async Task FloodAsync(int rounds, Func<string, int, Task> send, string name = "invented")
    {
        for (var round = 0; round < rounds; round++)
        {
            var closed = Closed();
            var full = _bench!.Pipeline.Roster.Trucks == Places;
            await Eventually.TrueAsync("those that have the places are silent", () => !full || Open() == 0);
            for (var i = 0; i < Places; i++)
            {
                var accepted = _bench.Census().Accepted;
                var truck = $"{name}-{round}-{i}";

                // Sent again until it is there: a broker that has just come back may drop what comes before its subscribers.
                await Eventually.TrueAsync("it is accepted", async () =>
                {
                    await send(truck, 1);
                    return _bench.Census().Accepted == accepted + 1;
                });
            }

            await Eventually.TrueAsync("its sessions are closed", () => Closed() >= closed + Places);
        }
    }

    private async Task SendAsync(string truck, int sequence)
    {
        var client = await _bench!.ConnectAsync(truck);
        (await IngestBench.PublishAsync(client, $"cleanstreets/v1/readings/{truck}", Encoding.UTF8.GetBytes(EventBodies.Readings(truck, sequence)))).IsFailure().ShouldBeFalse();
    }

    private async Task PostAsync(string truck, int sequence)
    {
        using var answer = await EventBodies.PostAsync(
            _bench!.Http, EventBodies.Single, EventBodies.Plain(truck, JsonNode.Parse(EventBodies.Readings(truck, sequence)), contentType: "application/json").ToJsonString());
        answer.IsSuccessStatusCode.ShouldBeTrue();
    }

    private int Closed() => Count(JournalRecordType.SessionClosed).Count;

    private int Open() => Count(JournalRecordType.Readings).Except(Count(JournalRecordType.SessionClosed)).Count();

    private List<string> Count(JournalRecordType type)
    {
        var trucks = new List<string>();
        using var reader = new JournalReader(new IngestPaths(_bench!.Data).Journal);
        while (reader.TryReadNext(out var record))
        {
            if (record.Type == type)
            {
                trucks.Add(record.IdText);
            }
        }

        return trucks;
    }

    /// <summary>The trucks that have a place: those heard last, because each came once.</summary>
    private HashSet<string> Known() => [.. Count(JournalRecordType.Readings).TakeLast(Places)];

    /// <summary>What a subscriber that comes now finds retained.</summary>
    private async Task<HashSet<string>> RetainedAsync()
    {
        var options = new MqttClientOptions { Port = _broker?.Port ?? _bench!.MqttEndpoint.Port, ClientId = $"viewer-{Guid.NewGuid():N}" };
        await using var client = new MqttClient(options, TimeProvider.System, NullLogger<MqttClient>.Instance);
        await client.StartAsync(TestContext.Current.CancellationToken);
        await client.WaitConnectedAsync(TestContext.Current.CancellationToken);
        var (trucks, end) = (new ConcurrentDictionary<string, bool>(), new TaskCompletionSource());
        await client.SubscribeAsync("cleanstreets/v1/acks/+", QualityOfService.AtLeastOnce, (message, _) =>
        {
            if (message.Retain)
            {
                trucks[message.Topic.Split('/')[^1]] = true;
            }

            return ValueTask.CompletedTask;
        }, TestContext.Current.CancellationToken);

        // Retained messages are sent before anything that is published after them.
        await client.SubscribeAsync("end/+", QualityOfService.AtLeastOnce, (_, _) =>
        {
            end.TrySetResult();
            return ValueTask.CompletedTask;
        }, TestContext.Current.CancellationToken);
        await client.PublishAsync(new MqttMessage { Topic = $"end/{options.ClientId}", Payload = new byte[] { 1 }, QualityOfService = QualityOfService.AtLeastOnce }, TestContext.Current.CancellationToken);
        await end.Task.WaitAsync(Eventually.Patience);
        return [.. trucks.Keys];
    }
}
