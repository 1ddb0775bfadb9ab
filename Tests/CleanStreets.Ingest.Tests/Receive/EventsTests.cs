using System.Net;
using System.Text.Json.Nodes;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Receive.Events;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Testing;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Tests.Receive;

public sealed class EventsTests : IAsyncDisposable
{
    private readonly IngestBench _bench = new();

    [Fact]
    public async Task Telemetry_of_iot_hub_is_on_disk_when_it_is_answered_in_both_schemas_as_json_and_as_base64()
    {
        await _bench.StartAsync();
        var sent = 0;
        foreach (var base64 in new[] { false, true })
        {
            var events = new JsonArray(
                EventBodies.Telemetry("truck-1", EventBodies.Readings("truck-1", ++sent), base64),
                EventBodies.Telemetry("truck-1", EventBodies.Readings("truck-1", ++sent), base64));
            await ShouldStoreAsync(EventBodies.Batch, events.ToJsonString(), taken: 2);
            _bench.Census().Accepted.ShouldBe(sent);

            events = new JsonArray(EventBodies.GridTelemetry("truck-1", EventBodies.Readings("truck-1", ++sent), base64));
            await ShouldStoreAsync(EventBodies.Grid, events.ToJsonString(), taken: 1);
            _bench.Census().Accepted.ShouldBe(sent);
        }
    }

    [Fact]
    public async Task Last_will_of_a_device_is_no_reading()
    {
        await _bench.StartAsync();
        var will = EventBodies.Telemetry("truck-1", """{"truckId":"truck-1","state":"lost","at":"2026-01-01T00:00:00Z"}""");
        will["data"]!["properties"]!["iothub-MessageType"] = "Will";
        await ShouldStoreAsync(EventBodies.Batch, new JsonArray(EventBodies.Telemetry("truck-1", EventBodies.Readings("truck-1", 1)), will).ToJsonString(), taken: 1, ignored: 1);
        (await _bench.StatusAsync()).Quarantined.ShouldBe(0);
    }

    [Fact]
    public async Task Single_event_carries_json_protobuf_or_json_in_a_string()
    {
        await _bench.StartAsync();
        var drive = new Drive(_bench.Network, "truck-1", "p-1", seed: 1, DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeMilliseconds()).Over(3);
        var protobuf = drive.Batch(0, 5, ReadingFormat.Protobuf);
        await ShouldStoreAsync(EventBodies.Single, EventBodies.Plain("truck-1", JsonNode.Parse(EventBodies.Readings("truck-1", 1)), contentType: "application/json").ToJsonString());
        await ShouldStoreAsync(EventBodies.Single, EventBodies.Plain("trucks/truck-1", base64: protobuf, contentType: "application/x-protobuf").ToJsonString());
        await ShouldStoreAsync(EventBodies.Single, EventBodies.Plain("truck-1", JsonValue.Create(EventBodies.Readings("truck-1", 2))).ToJsonString());
        _bench.Census().Accepted.ShouldBe(7);
    }

    [Fact]
    public async Task Bad_event_is_quarantined_with_its_reason_and_condemns_no_other()
    {
        await _bench.StartAsync();
        var deep = string.Concat(Enumerable.Repeat("[", 100)) + string.Concat(Enumerable.Repeat("]", 100));
        var events = new JsonArray(
            EventBodies.Telemetry("truck-1", EventBodies.Readings("truck-1", 1)),
            new JsonObject { ["hello"] = "world" },
            JsonValue.Create(7),
            EventBodies.Telemetry("truck-2", EventBodies.Readings("truck-1", 2)),
            EventBodies.Plain(subject: null, JsonNode.Parse(EventBodies.Readings("truck-1", 3))),
            EventBodies.Plain("truck-1", new JsonObject { ["truckId"] = "DEEP" }),
            EventBodies.Plain("truck-1", JsonValue.Create("not a batch")),
            new JsonObject { ["specversion"] = "1.0", ["id"] = "1", ["source"] = "s", ["type"] = "Microsoft.Devices.DeviceTelemetry", ["subject"] = "devices/truck-1", ["data"] = 1 },
            new JsonObject { ["specversion"] = "1.0", ["id"] = "1", ["source"] = "s", ["type"] = "x", ["subject"] = "truck-1", ["data_base64"] = "%%%" },
            new JsonObject { ["specversion"] = "1.0", ["id"] = "1", ["source"] = "s", ["type"] = "Microsoft.Devices.DeviceConnected", ["subject"] = "devices/truck-1", ["data"] = 1 },
            EventBodies.Plain("truck-1", JsonNode.Parse($$"""{"padding":"{{new string('x', ReadingLimits.MaxPayloadBytes)}}"}""")),
            EventBodies.Telemetry("truck-1", EventBodies.Readings("truck-1", 1)));
        await ShouldStoreAsync(EventBodies.Batch, events.ToJsonString().Replace("\"DEEP\"", deep, StringComparison.Ordinal), taken: 11, ignored: 1);

        var status = await _bench.StatusAsync();
        (status.Accepted, status.Duplicates).ShouldBe((1, 1));
        status.QuarantinedByReason.ShouldBe(
            new Dictionary<string, long>
            {
                ["event_malformed"] = 4,
                ["truck_id_not_topic"] = 1,
                ["truck_id_invalid"] = 1,
                ["malformed_json"] = 1,
                ["malformed_protobuf"] = 1,
                ["oversized"] = 1,
            },
            ignoreOrder: true);
        (status.Accepted + status.Duplicates + status.Quarantined + status.Dropped).ShouldBe(status.Received);
    }

    [Fact]
    public async Task Byte_order_mark_and_members_that_are_null_say_nothing()
    {
        await _bench.StartAsync();
        var plain = EventBodies.Plain("truck-1", JsonNode.Parse(EventBodies.Readings("truck-1", 1)));
        await ShouldStoreAsync(EventBodies.Batch, "\uFEFF" + new JsonArray(plain).ToJsonString());
        var both = EventBodies.Plain("truck-1", JsonNode.Parse(EventBodies.Readings("truck-1", 2)));
        both["data_base64"] = null;
        await ShouldStoreAsync(EventBodies.Single, both.ToJsonString());
        var status = await _bench.StatusAsync();
        (status.Accepted, status.Quarantined).ShouldBe((2, 0));
    }

    /// <summary>One event whose text is none must not have the readings of all others sent again for ever.</summary>
    [Fact]
    public async Task Half_a_character_in_base64_condemns_no_other_event()
    {
        await _bench.StartAsync();
        const string Half = "\"\\ud800\"";
        var telemetry = EventBodies.Telemetry("truck-2", EventBodies.Readings("truck-2", 1));
        telemetry["data"]!["body"] = "HALF";
        var plain = EventBodies.Plain("truck-2");
        plain.Remove("data");
        plain["data_base64"] = "HALF";
        var events = new JsonArray(telemetry, plain, EventBodies.Telemetry("truck-1", EventBodies.Readings("truck-1", 1)));
        await ShouldStoreAsync(EventBodies.Batch, events.ToJsonString().Replace("\"HALF\"", Half, StringComparison.Ordinal), taken: 3);
        var status = await _bench.StatusAsync();
        status.Accepted.ShouldBe(1);
        status.QuarantinedByReason.ShouldBe(new Dictionary<string, long> { ["event_malformed"] = 2 });
    }

    /// <summary>200 means on disk: an answer to a handshake would say so of the readings beside it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Validation_beside_readings_is_no_handshake(bool comesFirst)
    {
        await _bench.StartAsync();
        var validation = new JsonObject
        {
            ["id"] = "1",
            ["eventType"] = "Microsoft.EventGrid.SubscriptionValidationEvent",
            ["data"] = new JsonObject { ["validationCode"] = "c-1" },
        };
        var telemetry = EventBodies.GridTelemetry("truck-1", EventBodies.Readings("truck-1", 1));
        var events = comesFirst ? new JsonArray(validation, telemetry) : new JsonArray(telemetry, validation);
        await ShouldStoreAsync(EventBodies.Grid, events.ToJsonString(), taken: 1, ignored: 1);
        _bench.Census().Accepted.ShouldBe(1);
    }

    [Fact]
    public async Task Packed_body_is_told_so()
    {
        await _bench.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(EventsApi.Path, UriKind.Relative))
        {
            Content = new ByteArrayContent([0x1F, 0x8B, 8, 0]) { Headers = { ContentType = new(EventBodies.Batch), ContentEncoding = { "gzip" } } },
        };
        using var answer = await _bench.Http.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("Content-Encoding");
    }

    [Theory]
    [InlineData(EventBodies.Batch, "[{", HttpStatusCode.BadRequest, "not JSON")]
    [InlineData(EventBodies.Batch, "", HttpStatusCode.BadRequest, "not JSON")]
    [InlineData(EventBodies.Batch, "{}", HttpStatusCode.BadRequest, "not a list")]
    [InlineData(EventBodies.Single, "[]", HttpStatusCode.BadRequest, "is not an object")]
    [InlineData(EventBodies.Single, "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\"}", HttpStatusCode.BadRequest, "has no type")]
    [InlineData(EventBodies.Single, "{\"specversion\":\"0.3\",\"id\":\"1\",\"source\":\"s\"}", HttpStatusCode.BadRequest, "specversion '0.3'")]
    [InlineData(EventBodies.Single, "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\"}", HttpStatusCode.BadRequest, "neither data nor")]
    [InlineData("text/plain", "[]", HttpStatusCode.UnsupportedMediaType, "application/cloudevents-batch+json")]
    [InlineData("application/octet-stream", "[]", HttpStatusCode.UnsupportedMediaType, "binary content mode")]
    public async Task Bad_request_is_told_why_and_nothing_of_it_is_taken(string contentType, string body, HttpStatusCode status, string says)
    {
        await _bench.StartAsync();
        using var answer = await EventBodies.PostAsync(_bench.Http, contentType, body);
        answer.StatusCode.ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await answer.Content.ReadAsStringAsync()).ShouldContain(says);
        (await _bench.StatusAsync()).Received.ShouldBe(0);
    }

    [Fact]
    public async Task Body_and_number_of_events_have_a_bound()
    {
        await using var bench = new IngestBench(Setting("MaxBodyBytes", "5000"), Setting("MaxEvents", "3"));
        await bench.StartAsync();
        using var large = await EventBodies.PostAsync(bench.Http, EventBodies.Batch, new string(' ', 5001));
        large.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        using var many = await EventBodies.PostAsync(bench.Http, EventBodies.Batch, "[1,2,3,4]");
        many.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await bench.StatusAsync()).Received.ShouldBe(0);
    }

    [Fact]
    public async Task Request_beyond_the_bound_is_told_to_come_back_before_its_body_is_read()
    {
        await using var bench = new IngestBench(Setting("MaxRequests", "1"));
        await bench.StartAsync();
        using var held = await SlowRequest.SendAsync(bench.Http.BaseAddress!.Port, EventBodies.Batch, "[]");
        using (var refused = await EventBodies.PostAsync(bench.Http, EventBodies.Batch, "[]"))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
            refused.Headers.RetryAfter.ShouldNotBeNull();
        }

        (await held.FinishAsync()).ShouldContain("200 OK");
        await Eventually.TrueAsync("the place is free again", async () =>
        {
            using var answer = await EventBodies.PostAsync(bench.Http, EventBodies.Batch, "[]");
            return answer.IsSuccessStatusCode;
        });
    }

    [Fact]
    public async Task Sender_that_is_told_to_come_back_counts_once()
    {
        await using var bench = new IngestBench(Setting("Patience", "00:00:02"));
        await bench.StartAsync();
        var journal = bench.Service<IOptions<JournalOptions>>().Value;
        journal.CommitInterval = TimeSpan.FromHours(1);
        var body = new JsonArray(EventBodies.Telemetry("truck-1", EventBodies.Readings("truck-1", 1))).ToJsonString();
        using (var first = await EventBodies.PostAsync(bench.Http, EventBodies.Batch, body))
        {
            first.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, "the commit takes longer than the request waits");
            first.Headers.RetryAfter.ShouldNotBeNull();
        }

        journal.CommitInterval = TimeSpan.Zero;
        await Eventually.TrueAsync("what is sent again is stored", async () =>
        {
            using var again = await EventBodies.PostAsync(bench.Http, EventBodies.Batch, body);
            return again.IsSuccessStatusCode;
        });
        await bench.SettledAsync();
        bench.Census().Accepted.ShouldBe(1);
        bench.Census().AcceptedTwice.ShouldBe(0);
    }

    [Fact]
    public async Task Many_senders_at_once_lose_nothing_and_count_nothing_twice()
    {
        await using var bench = new IngestBench(Setting("MaxRequests", "4"), ("Ingest:Pipeline:PoolBatches", "4"));
        await bench.StartAsync();
        await Parallel.ForEachAsync(Enumerable.Range(1, 200), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, cancellationToken) =>
        {
            var truck = $"truck-{number % 7}";
            var body = new JsonArray(
                EventBodies.Telemetry(truck, EventBodies.Readings(truck, number)),
                EventBodies.Telemetry(truck, EventBodies.Readings(truck, number), base64: true)).ToJsonString();
            while (true)
            {
                using var answer = await EventBodies.PostAsync(bench.Http, EventBodies.Batch, body);
                if (answer.IsSuccessStatusCode)
                {
                    break;
                }

                answer.StatusCode.ShouldBeOneOf(HttpStatusCode.TooManyRequests, HttpStatusCode.ServiceUnavailable);
                await Task.Delay(5, cancellationToken);
            }
        });
        var census = bench.Census();
        (census.Accepted, census.AcceptedTwice).ShouldBe((200, 0));
        var status = await bench.StatusAsync();
        (status.Accepted + status.Duplicates + status.Quarantined + status.Dropped).ShouldBe(status.Received);
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    internal static (string Name, string Value) Setting(string name, string value) => ($"{EventsOptions.Section}:{name}", value);

    private async Task ShouldStoreAsync(string contentType, string body, int taken = 1, int ignored = 0)
    {
        using var answer = await EventBodies.PostAsync(_bench.Http, contentType, body);
        var said = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, said);
        said.ShouldBe($$"""{"taken":{{taken}},"ignored":{{ignored}}}""");
    }
}
