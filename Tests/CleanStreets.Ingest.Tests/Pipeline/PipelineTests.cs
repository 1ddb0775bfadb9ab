using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Scores;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Mqtt;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Pipeline;

public sealed class PipelineTests : IAsyncDisposable
{
    private static readonly long Start = DateTimeOffset.UtcNow.AddHours(-2).ToUnixTimeMilliseconds();

    private readonly IngestBench _bench = new();

    [Theory]
    [InlineData(ReadingFormat.Json)]
    [InlineData(ReadingFormat.Protobuf)]
    public async Task Acknowledged_batch_is_in_the_journal(ReadingFormat format)
    {
        await _bench.StartAsync();
        var drive = new Drive(_bench.Network, "truck-1", "s-1", seed: 1, Start).Over(10);
        var client = await _bench.ConnectAsync("truck-1");
        var sent = 0;
        foreach (var batch in drive.Batches(20, format))
        {
            (await IngestBench.PublishAsync(client, Topics.Default.Readings(TruckId.Parse("truck-1")), batch)).ShouldBe(MqttReasonCode.Success);
            sent = Math.Min(sent + 20, drive.Count);
            _bench.Census().Accepted.ShouldBe(sent);
        }
    }

    [Fact]
    public async Task Publish_without_acknowledgement_is_kept_and_holds_up_nothing()
    {
        await _bench.StartAsync();
        var drive = new Drive(_bench.Network, "truck-1", "s-1", seed: 1, Start).Over(10);
        var client = await _bench.ConnectAsync("truck-1");
        var topic = Topics.Default.Readings(TruckId.Parse("truck-1"));
        await client.PublishAsync(new MqttMessage { Topic = topic, Payload = drive.Batch(0, 5) }, CancellationToken.None);

        (await IngestBench.PublishAsync(client, topic, drive.Batch(5, 5))).ShouldBe(MqttReasonCode.Success);

        _bench.Census().Accepted.ShouldBe(10);
    }

    [Fact]
    public async Task Forged_score_and_forged_mark_are_refused_and_reach_nobody()
    {
        await _bench.StartAsync();
        var heard = new ConcurrentQueue<string>();
        var viewer = await _bench.ConnectAsync("viewer");
        await viewer.SubscribeAsync("#", QualityOfService.AtLeastOnce, (message, _) =>
        {
            heard.Enqueue(message.Topic);
            return ValueTask.CompletedTask;
        }, CancellationToken.None);
        var forger = await _bench.ConnectAsync("forger");

        foreach (var topic in new[] { Topics.Default.Scores(_bench.Network.Segments[0].Id), Topics.Default.Acks(TruckId.Parse("truck-1")) })
        {
            var code = await forger.PublishAsync(
                new MqttMessage { Topic = topic, Payload = "{}"u8.ToArray(), QualityOfService = QualityOfService.AtLeastOnce, Retain = true }, CancellationToken.None);
            code.ShouldBe(MqttReasonCode.NotAuthorized);
        }

        await forger.PublishAsync(new MqttMessage { Topic = "after/all", Payload = "x"u8.ToArray(), QualityOfService = QualityOfService.AtLeastOnce }, CancellationToken.None);
        await Eventually.TrueAsync("what came after is heard", () => heard.Contains("after/all"));
        heard.ShouldBe(["after/all"]);
    }

    [Fact]
    public async Task Reading_that_asks_to_be_retained_is_kept_in_the_journal_and_not_in_the_listener()
    {
        await _bench.StartAsync();
        var drive = new Drive(_bench.Network, "truck-1", "s-1", seed: 1, Start).Over(5);
        var client = await _bench.ConnectAsync("truck-1");
        var heard = 0;
        var viewer = await _bench.ConnectAsync("viewer");
        var topic = Topics.Default.Readings(TruckId.Parse("truck-1"));
        await viewer.SubscribeAsync(topic, QualityOfService.AtLeastOnce, (_, _) => { Interlocked.Increment(ref heard); return ValueTask.CompletedTask; }, CancellationToken.None);
        var before = _bench.Pipeline.Receivers.Listener.RetainedMessages;
        var message = new MqttMessage { Topic = topic, Payload = drive.Batch(0, 5), QualityOfService = QualityOfService.AtLeastOnce, Retain = true };
        (await client.PublishAsync(message, CancellationToken.None)).ShouldBe(MqttReasonCode.Success);

        await Eventually.TrueAsync("whoever listens hears it", () => Volatile.Read(ref heard) == 1);
        await _bench.SettledAsync();
        _bench.Census().Accepted.ShouldBe(5);
        await Eventually.TrueAsync("only marks and scores are retained", () => _bench.Pipeline.Receivers.Listener.RetainedMessages - before <= 1 + _bench.Pipeline.Board.All().Count);
        var late = await _bench.ConnectAsync("late");
        await late.SubscribeAsync(topic, QualityOfService.AtLeastOnce, (_, _) => throw new InvalidOperationException("a reading was retained"), CancellationToken.None);
    }

    [Fact]
    public async Task Street_that_faded_while_the_service_was_down_does_not_come_back_as_seen()
    {
        var longAgo = DateTimeOffset.UtcNow.AddDays(-200).ToUnixTimeMilliseconds();
        await _bench.StartAsync();
        await SendAsync(new Drive(_bench.Network, "truck-1", "s-1", seed: 2, longAgo).Over(25));
        (await _bench.ScoresAsync()).ShouldContain(score => score.State == ScoreState.Seen, "as of its newest evidence it was seen");

        await _bench.RestartAsync();

        (await _bench.ScoresAsync()).ShouldAllBe(score => score.State == ScoreState.NotSeen);
    }

    [Fact]
    public async Task Driven_streets_get_scores_on_mqtt_and_on_the_read_api()
    {
        await _bench.StartAsync();
        var heard = new ConcurrentDictionary<string, SegmentScore>();
        var viewer = await _bench.ConnectAsync("viewer");
        await viewer.SubscribeAsync(
            Topics.Default.AllScores,
            QualityOfService.AtLeastOnce,
            (message, _) =>
            {
                heard[message.Topic] = JsonSerializer.Deserialize(message.Payload.Span, ContractJson.Default.SegmentScore)!;
                return ValueTask.CompletedTask;
            },
            CancellationToken.None);
        await SendAsync(new Drive(_bench.Network, "truck-1", "s-1", seed: 2, Start).Over(25));

        var scores = await _bench.ScoresAsync();
        scores.Count(score => score.State == ScoreState.Seen).ShouldBeGreaterThan(5);
        await Eventually.TrueAsync("every score is heard", () => heard.Count == scores.Count);
        var segment = scores.First(score => score.State == ScoreState.Seen).SegmentId;
        heard[Topics.Default.Scores(segment)].Index.ShouldBe(scores.First(score => score.SegmentId == segment).Index);

        (await _bench.GetAsync(ReadApiPaths.History, segment)).ShouldContain("\"index\"");
        (await _bench.GetAsync(ReadApiPaths.Passes, segment)).ShouldContain("truck-1");
        (await _bench.GetAsync(ReadApiPaths.Explain, segment)).ShouldContain("\"sentences\"");
        (await _bench.GetAsync(ReadApiPaths.Streets)).ShouldContain(segment.Value);
        (await _bench.GetAsync("/metrics")).ShouldContain("cleanstreets_ingest_readings_accepted_total ");
        (await _bench.Http.GetAsync(new Uri("/readyz", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _bench.Http.GetAsync(new Uri("/v1/segments/nowhere/passes", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Restart_gives_the_same_scores_to_the_last_bit()
    {
        await _bench.StartAsync();
        await SendAsync(new Drive(_bench.Network, "truck-1", "s-1", seed: 3, Start).Over(25));
        await SendAsync(new Drive(_bench.Network, "truck-2", "s-9", seed: 4, Start).Over(25), batch: 7, ReadingFormat.Protobuf);
        var segment = (await _bench.ScoresAsync()).First(score => score.State == ScoreState.Seen).SegmentId;
        var before = await AnswersAsync(segment);
        for (var i = 0; i < 2; i++)
        {
            await _bench.RestartAsync();
            (await AnswersAsync(segment)).ShouldBe(before);
        }

        await SendAsync(new Drive(_bench.Network, "truck-1", "s-1", seed: 3, Start).Over(25));
        (await AnswersAsync(segment)).ShouldBe(before, "a whole drive sent again changes nothing");
        (await _bench.StatusAsync()).Duplicates.ShouldBeGreaterThan(100);
    }

    [Fact]
    public async Task Truck_hears_how_far_its_sessions_are_stored()
    {
        await _bench.StartAsync();
        var drive = new Drive(_bench.Network, "truck-1", "s-1", seed: 5, Start).Over(5);
        var heard = new ConcurrentQueue<StoredMarks>();
        var client = await _bench.ConnectAsync("truck-1");
        await SendAsync(drive);
        await client.SubscribeAsync(
            Topics.Default.Acks(TruckId.Parse("truck-1")),
            QualityOfService.AtLeastOnce,
            (message, _) =>
            {
                heard.Enqueue(JsonSerializer.Deserialize(message.Payload.Span, ContractJson.Default.StoredMarks)!);
                return ValueTask.CompletedTask;
            },
            CancellationToken.None);
        await Eventually.TrueAsync("the mark reaches the end", () => heard.LastOrDefault()?.Sessions[0] is { } mark
            && mark.SessionId.Value == "s-1" && mark.StoredThrough == drive.Count);
    }

    [Fact]
    public async Task Find_waits_for_a_person_and_an_answer_counts_once()
    {
        await _bench.StartAsync();
        await SendAsync(new Drive(_bench.Network, "truck-1", "s-1", seed: 6, Start).Over(25));
        var find = _bench.Pipeline.Board.Pending()[0];
        var fact = new Fact
        {
            FactId = "f-1",
            SegmentId = find.SegmentId,
            Kind = FactKind.DetectionConfirmed,
            At = DateTimeOffset.UtcNow,
            DetectionId = find.DetectionId,
        };
        var dashboard = await _bench.ConnectAsync("dashboard");
        var payload = JsonSerializer.SerializeToUtf8Bytes(fact, ContractJson.Default.Fact);
        for (var i = 0; i < 2; i++)
        {
            (await IngestBench.PublishAsync(dashboard, Topics.Default.Facts(find.SegmentId), payload)).ShouldBe(MqttReasonCode.Success);
        }

        await _bench.SettledAsync();
        await Eventually.TrueAsync("the answer is taken over", () => _bench.Pipeline.Board.Pending().All(item => item.DetectionId != find.DetectionId));
        _bench.Network.TryFind(find.SegmentId, out var segment).ShouldBeTrue();
        _bench.Pipeline.Board[segment!.Index]!.Grade.ShouldBe(Grade.D);
        await _bench.RestartAsync();
        _bench.Pipeline.Board[segment.Index]!.Grade.ShouldBe(Grade.D);
    }

    [Fact]
    public async Task Changed_streets_rebuild_what_persists_and_serve_the_new_network()
    {
        await _bench.StartAsync();
        await SendAsync(new Drive(_bench.Network, "truck-1", "s-1", seed: 7, Start).Over(10));
        var version = _bench.Network.Version;
        _bench.Streets = "generated:8";
        await _bench.RestartAsync();
        _bench.Network.Version.ShouldNotBe(version);
        (await _bench.StatusAsync()).Ready.ShouldBeTrue();
        _bench.Streets = null;
        await _bench.RestartAsync();
        _bench.Network.Version.ShouldNotBe(version, "without --streets what was used last is used again");
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    private async Task SendAsync(Drive drive, int batch = 20, ReadingFormat format = ReadingFormat.Json)
    {
        var client = await _bench.ConnectAsync(drive.Truck + "-sender");
        foreach (var payload in drive.Batches(batch, format))
        {
            await IngestBench.PublishAsync(client, Topics.Default.Readings(TruckId.Parse(drive.Truck)), payload);
        }

        await _bench.SettledAsync();
    }

    private async Task<string> AnswersAsync(SegmentId segment) => string.Join(
        '\n',
        await _bench.GetAsync(ReadApiPaths.Scores),
        await _bench.GetAsync(ReadApiPaths.Passes, segment),
        await _bench.GetAsync(ReadApiPaths.Explain, segment),
        await _bench.GetAsync(ReadApiPaths.Confirmations));
}
