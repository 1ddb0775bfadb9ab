using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Quarantine;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Mqtt;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Quarantine;

/// <summary>Mappings that stand: what they mend counts exactly once, whatever happens in between.</summary>
public sealed class MappingTests : IAsyncDisposable
{
    private const string Good = """{"capturedAt":"2026-01-01T00:00:00Z","latitude":1,"longitude":1}""";
    private const string Other = """{"capturedAt":"2026-01-01T00:00:00Z","lat":1,"lng":1,"odd":{"lat":[1,{"x":"y"}]}}""";

    private static readonly QuarantineFix Names = new() { Fields = new Dictionary<string, string> { ["lat"] = "latitude", ["lng"] = "longitude" } };

    private readonly IngestBench _bench = new();

    [Fact]
    public async Task Box_with_other_names_is_mended_on_arrival_and_what_waited_is_released()
    {
        await _bench.StartAsync();
        await SendAsync("truck-1", Batch("truck-1", 1, Other, Other));
        await SendAsync("truck-1", Batch("truck-1", 3, Other, Good));
        await WaitingAsync("position_missing", 3);

        (await TryAsync(Mapping("m-1", "position_missing", null, Names))).ShouldBe(new QuarantineMappingTrial(3, 3, false, null));
        (await TryAsync(Mapping("m-1", "position_missing", "truck-2", Names))).ShouldBe(new QuarantineMappingTrial(0, 0, false, null));
        await ShouldHaveAcceptedAsync(1);

        (await AddAsync(Mapping("m-1", "position_missing", null, Names))).ShouldBe(new QuarantineMappingAdded("m-1", 3, 3, 0, null));
        await ShouldHaveAcceptedAsync(4);
        await SendAsync("truck-1", Batch("truck-1", 5, Other, Good));
        await SendAsync("truck-1", Batch("truck-1", 5, Other, Good));
        await SendAsync("truck-1", Batch("truck-1", 3, Other, Good));

        await ShouldHaveAcceptedAsync(6);
        var status = await _bench.StatusAsync();
        (status.Quarantined, status.Duplicates).ShouldBe((3, 4), "what came again is a repeat, and nothing more is quarantined");
        _bench.Pipeline.Fates.Mended.ShouldBe(2);
        (await _bench.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative))).ShouldContain("cleanstreets_ingest_readings_mended_total 2");
        var standing = (await ListAsync()).Standing.Single();
        (standing.Mapping.Id, standing.Mapping.By, standing.Messages, standing.Readings).ShouldBe(("m-1", "dora", 1, 2));
        standing.NewestAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task Mapping_stands_after_a_stop_and_its_counts_too_and_a_removed_one_does_not()
    {
        await _bench.StartAsync();
        await AddAsync(Mapping("m-1", "position_missing", null, Names));
        await AddAsync(Mapping("m-2", "position_missing", "truck-9", Names));
        await SendAsync("truck-1", Batch("truck-1", 1, Other));
        (await RemoveAsync("m-2")).ShouldBe(HttpStatusCode.NoContent);
        var before = await ListAsync();

        await _bench.RestartAsync();

        Text(await ListAsync()).ShouldBe(Text(before));
        await SendAsync("truck-1", Batch("truck-1", 1, Other));
        await SendAsync("truck-1", Batch("truck-1", 2, Other));
        await ShouldHaveAcceptedAsync(2);
        (await ListAsync()).Standing.Single().Messages.ShouldBe(2);

        (await RemoveAsync("m-1")).ShouldBe(HttpStatusCode.NoContent);
        (await RemoveAsync("m-1")).ShouldBe(HttpStatusCode.Conflict);
        await SendAsync("truck-1", Batch("truck-1", 3, Other));
        await ShouldHaveAcceptedAsync(2);
        await WaitingAsync("position_missing", 1);
        await _bench.RestartAsync();
        (await ListAsync()).Standing.ShouldBeEmpty();
        await SendAsync("truck-1", Batch("truck-1", 4, Other));
        await ShouldHaveAcceptedAsync(2);
    }

    [Fact]
    public async Task Box_that_names_itself_counts_for_its_truck_and_hears_its_marks_under_its_own_name()
    {
        await _bench.StartAsync();
        await AddAsync(Mapping("m-1", "truck_id_not_topic", "box-8831", new QuarantineFix { TruckId = "truck-1" }));
        var marks = new TaskCompletionSource<string>();
        var listener = await _bench.ConnectAsync("box");
        await listener.SubscribeAsync("cleanstreets/v1/acks/box-8831", QualityOfService.AtLeastOnce, (message, _) =>
        {
            marks.TrySetResult(Encoding.UTF8.GetString(message.Payload.Span));
            return ValueTask.CompletedTask;
        }, CancellationToken.None);

        await SendAsync("box-8831", Batch("8831", 1, Good, Good));
        await SendAsync("truck-1", Batch("truck-1", 1, Good, Good));

        await ShouldHaveAcceptedAsync(2);
        (await _bench.StatusAsync()).Duplicates.ShouldBe(2);
        (await marks.Task.WaitAsync(Eventually.Patience)).ShouldBe("""{"sessions":[{"sessionId":"s-1","storedThrough":2}]}""");
        await SendAsync("box-1", Batch("8831", 3, Good));
        await WaitingAsync("truck_id_not_topic", 1);
        await ShouldHaveAcceptedAsync(2);
    }

    [Fact]
    public async Task Units_kinds_and_fields_too_many_are_mended_together_by_several_mappings()
    {
        await _bench.StartAsync();
        await AddAsync(Mapping("m-1", "position_out_of_range", null, new QuarantineFix { Factors = new Dictionary<string, decimal> { ["latitude"] = 0.0000001m, ["longitude"] = 0.0000001m } }));
        await AddAsync(Mapping("m-2", "value_out_of_range", null, new QuarantineFix { Factors = new Dictionary<string, decimal> { ["coverage"] = 0.01m } }));
        await AddAsync(Mapping("m-3", "wrong_type", null, new QuarantineFix { LeaveOut = ["headingDegrees"] }));
        await SendAsync("truck-1", Batch(
            "truck-1",
            1,
            """{"capturedAt":"2026-01-01T00:00:00Z","latitude":378123456,"longitude":-1223012345}""",
            """{"capturedAt":"2026-01-01T00:00:00Z","latitude":378123456,"longitude":-1223012345,"coverage":80}""",
            """{"capturedAt":"2026-01-01T00:00:00Z","latitude":378123456,"longitude":-1223012345,"headingDegrees":"north"}"""));

        await ShouldHaveAcceptedAsync(3);
        (await ListAsync()).Standing.Select(standing => standing.Messages).ShouldBe([1, 1, 1]);
        var readings = Readings();
        readings.ShouldAllBe(reading => reading.LatitudeE7 == 378123456 && reading.LongitudeE7 == -1223012345);
        readings[1].Coverage.ShouldBe(0.8f);
    }

    [Fact]
    public async Task Record_says_who_changed_what_and_keeps_fields_that_nobody_knows()
    {
        await _bench.StartAsync();
        await AddAsync(Mapping("m-1", "position_missing", null, Names));
        await SendAsync("truck-1", Batch("truck-1", 1, Other));
        var (flags, payload) = Records().Single(record => record.Type == JournalRecordType.Readings) is var found ? (found.Flags, found.Payload) : default;
        flags.ShouldBe(JournalRecordFlags.Mended);
        using var json = JsonDocument.Parse(payload);
        var names = json.RootElement.EnumerateObject().Select(field => field.Name).ToList();
        names.ShouldBe(["mended", "truckId", "sessionId", "firstSequence", "readings"]);
        json.RootElement.GetProperty("mended").GetRawText().ShouldBe("""{"mappings":[{"id":"m-1","fix":{"fields":{"lat":"latitude","lng":"longitude"},"useTimeOfReceipt":false}}]}""");
        json.RootElement.GetProperty("readings")[0].GetProperty("odd").GetRawText().ShouldContain("\"x\":\"y\"");
    }

    [Fact]
    public async Task Message_that_pretends_to_be_mended_or_released_is_counted_as_what_it_is()
    {
        await _bench.StartAsync();
        await AddAsync(Mapping("m-1", "position_missing", null, Names));
        await SendAsync("truck-1", """{"mended":{"mappings":[{"id":"m-1","fix":{}}]},""" + Batch("truck-1", 1, Good)[1..]);
        await ShouldHaveAcceptedAsync(1);
        await _bench.RestartAsync();
        (await ListAsync()).Standing.Single().Messages.ShouldBe(0);
    }

    [Fact]
    public async Task Scores_of_a_mended_drive_are_those_of_a_box_that_was_right()
    {
        await using var right = new IngestBench();
        var startMs = DateTimeOffset.UtcNow.AddHours(-2).ToUnixTimeMilliseconds();
        string[] scores = ["", ""];
        foreach (var (i, bench) in new[] { (0, _bench), (1, right) })
        {
            await bench.StartAsync();
            var client = await bench.ConnectAsync("truck");
            if (i == 0)
            {
                var fix = new QuarantineFix { Fields = new Dictionary<string, string> { ["fixes"] = "readings", ["lat"] = "latitude" }, Kinds = new Dictionary<string, string> { ["trash"] = "loose_litter" } };
                await AddAsync(Mapping("m-1", "readings_missing", "truck-1", fix));
            }

            foreach (var batch in new Drive(bench.Network, "truck-1", "s-1", seed: 2, startMs).Over(25).Batches(20))
            {
                var text = Encoding.UTF8.GetString(batch);
                var sent = i == 1 ? text : text.Replace("\"readings\"", "\"fixes\"", StringComparison.Ordinal).Replace("\"latitude\"", "\"lat\"", StringComparison.Ordinal).Replace("loose_litter", "trash", StringComparison.Ordinal);
                (await IngestBench.PublishAsync(client, "cleanstreets/v1/readings/truck-1", Encoding.UTF8.GetBytes(sent))).ShouldBe(MqttReasonCode.Success);
            }

            await bench.SettledAsync();
            await bench.RestartAsync();
            await bench.SettledAsync();
            scores[i] = JsonSerializer.Serialize(await bench.ScoresAsync(), ContractJson.Default.IReadOnlyListSegmentScore);
        }

        scores[0].ShouldContain("\"seen\"");
        scores[0].ShouldBe(scores[1]);
        (await _bench.StatusAsync()).Quarantined.ShouldBe(0);
    }

    [Fact]
    public async Task Refusals_say_why()
    {
        await using var bench = new IngestBench(("Ingest:Quarantine:Mappings", "1"));
        await bench.StartAsync();
        foreach (var (mapping, says) in new[]
        {
            (Mapping("m 1", "position_missing", null, Names), "id is missing"),
            (Mapping("m-1", "nonsense", null, Names), "no such reason"),
            (Mapping("m-1", "position_missing", "no truck", Names), "match.truckId"),
            (Mapping("m-1", "position_missing", null, new QuarantineFix()), "changes nothing"),
            (Mapping("m-1", "position_missing", null, Names with { SessionId = "s" }), "A session is one opening"),
            (Mapping("m-1", "position_missing", null, Names with { UseTimeOfReceipt = true }), "time of receipt"),
            (Mapping("m-1", "position_missing", null, Names with { TruckId = "truck-2" }), "match.truckId"),
            (Mapping("m-1", "truck_id_not_topic", "box", Names), "fix.truckId"),
            (Mapping("m-1", "captured_at_in_future", null, Names), "clock"),
            (Mapping("m-1", "malformed_json", null, Names), "cannot be read"),
            (Mapping("m-1", "malformed_fact", null, Names), "Only readings"),
            (Mapping("m-1", "window_exceeded", null, Names), "too much"),
            (Mapping("m-1", "value_out_of_range", null, new QuarantineFix { Factors = new Dictionary<string, decimal> { ["coverage"] = 0 } }), "factor"),
            (Mapping("m-1", "value_out_of_range", null, new QuarantineFix { LeaveOut = [.. Enumerable.Range(0, 33).Select(i => $"f{i}")] }), "32"),
            (Mapping("m-1", "value_out_of_range", null, new QuarantineFix { LeaveOut = [""] }), "empty"),
        })
        {
            using var answer = await bench.Http.PostAsJsonAsync(new Uri(ReadApiPaths.QuarantineMappings, UriKind.Relative), mapping, ContractJson.Default.QuarantineMapping);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, says);
            (await answer.Content.ReadAsStringAsync()).ShouldContain(says);
        }

        (await AddAsync(Mapping("m-1", "position_missing", null, Names), bench)).Items.ShouldBe(0);
        (await AddAsync(Mapping("m-1", "position_missing", null, Names), bench)).Items.ShouldBe(0, "the same again is no other");
        foreach (var (mapping, says) in new[] { (Mapping("m-2", "position_missing", null, Names), "1 mappings stand already"), (Mapping("m-1", "wrong_type", null, Names), "Another mapping") })
        {
            using var answer = await bench.Http.PostAsJsonAsync(new Uri(ReadApiPaths.QuarantineMappings, UriKind.Relative), mapping, ContractJson.Default.QuarantineMapping);
            answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            (await answer.Content.ReadAsStringAsync()).ShouldContain(says);
        }

        bench.Census().Records.ShouldBe(1, "only what changes something is a record");
    }

    [Fact]
    public async Task Every_reason_may_stand_or_says_why_not()
    {
        await Task.CompletedTask;
        foreach (var reason in Enum.GetValues<QuarantineReason>().Where(reason => reason != QuarantineReason.None))
        {
            var problem = MappingRules.Problem(Mapping("m-1", reason.Tag(), "box-1", Names with { TruckId = "truck-1" }));
            (problem is null or { Length: > 20 }).ShouldBeTrue(reason.ToString());
        }
    }

    [Fact]
    public async Task Poison_costs_a_mapping_nothing_it_cannot_pay_and_stays_quarantined()
    {
        await _bench.StartAsync();
        await AddAsync(Mapping("m-1", "readings_missing", null, Names));
        await AddAsync(Mapping("m-2", "position_missing", null, Names));
        var random = new Random(20261126);
        var client = await _bench.ConnectAsync("poison");
        for (var i = 0; i < 300; i++)
        {
            var payload = Encoding.UTF8.GetBytes(Batch("truck-1", (i * 2) + 1, Other, Other));
            for (var flips = random.Next(1, 6); flips > 0; flips--)
            {
                payload[random.Next(payload.Length)] = (byte)random.Next(256);
            }

            (await IngestBench.PublishAsync(client, "cleanstreets/v1/readings/truck-1", payload)).ShouldBe(MqttReasonCode.Success);
        }

        var status = await _bench.StatusAsync();
        (status.Accepted + status.Duplicates + status.Quarantined + status.Dropped).ShouldBe(status.Received);
        status.Quarantined.ShouldBeGreaterThan(0);
        status.Accepted.ShouldBeGreaterThan(0);
        var before = Text(await ListAsync());
        await _bench.RestartAsync();
        Text(await ListAsync()).ShouldBe(before, "seed 20261126");
        _bench.Census().AcceptedTwice.ShouldBe(0);
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    private static QuarantineMapping Mapping(string id, string reason, string? truck, QuarantineFix fix) => new(id, "dora", 1_764_000_000_000, new QuarantineMatch(reason, truck), fix);

    private static string Batch(string truck, int first, params string[] readings) =>
        $$"""{"truckId":"{{truck}}","sessionId":"s-1","firstSequence":{{first}},"readings":[{{string.Join(',', readings)}}]}""";

    private static string Text(QuarantineMappingList list) => JsonSerializer.Serialize(list, ContractJson.Default.QuarantineMappingList);

    private async Task SendAsync(string topicId, string payload) =>
        (await IngestBench.PublishAsync(await _bench.ConnectAsync(Guid.NewGuid().ToString()), $"cleanstreets/v1/readings/{topicId}", Encoding.UTF8.GetBytes(payload))).ShouldBe(MqttReasonCode.Success);

    private async Task<QuarantineMappingTrial> TryAsync(QuarantineMapping mapping)
    {
        using var answer = await _bench.Http.PostAsJsonAsync(new Uri(ReadApiPaths.QuarantineMappingTrial, UriKind.Relative), mapping, ContractJson.Default.QuarantineMapping);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync(ContractJson.Default.QuarantineMappingTrial))!;
    }

    private async Task<QuarantineMappingAdded> AddAsync(QuarantineMapping mapping, IngestBench? bench = null)
    {
        using var answer = await (bench ?? _bench).Http.PostAsJsonAsync(new Uri(ReadApiPaths.QuarantineMappings, UriKind.Relative), mapping, ContractJson.Default.QuarantineMapping);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync(ContractJson.Default.QuarantineMappingAdded))!;
    }

    private async Task<HttpStatusCode> RemoveAsync(string id)
    {
        using var answer = await _bench.Http.DeleteAsync(new Uri(ReadApiPaths.QuarantineMapping.Replace("{id}", id, StringComparison.Ordinal) + "?by=dora", UriKind.Relative));
        return answer.StatusCode;
    }

    private async Task<QuarantineMappingList> ListAsync() =>
        (await _bench.Http.GetFromJsonAsync(new Uri(ReadApiPaths.QuarantineMappings, UriKind.Relative), ContractJson.Default.QuarantineMappingList))!;

    private Task WaitingAsync(string reason, int count) => Eventually.TrueAsync($"{count} of {reason} wait", async () =>
        (await _bench.Http.GetFromJsonAsync(new Uri($"{ReadApiPaths.QuarantineItems}?reason={reason}", UriKind.Relative), ContractJson.Default.QuarantinePage))!.Items.Count(item => item.ReleasedBy is null) == count);

    private async Task ShouldHaveAcceptedAsync(int readings)
    {
        var census = _bench.Census();
        (census.Accepted, census.AcceptedTwice).ShouldBe((readings, 0));
        var status = await _bench.StatusAsync();
        (status.Accepted + status.Duplicates + status.Quarantined + status.Dropped).ShouldBe(status.Received);
    }

    private List<(JournalRecordType Type, JournalRecordFlags Flags, byte[] Payload)> Records()
    {
        var records = new List<(JournalRecordType, JournalRecordFlags, byte[])>();
        using var reader = new JournalReader(new IngestPaths(_bench.Data).Journal);
        while (reader.TryReadNext(out var record))
        {
            records.Add((record.Type, record.Flags, record.Payload.ToArray()));
        }

        return records;
    }

    private List<Reading> Readings()
    {
        var (decoder, readings) = (new ReadingDecoder(), new ReadingBuffer());
        foreach (var record in Records().Where(record => record.Type == JournalRecordType.Readings))
        {
            decoder.Decode(record.Payload, [], readings, out _).ShouldBe(QuarantineReason.None);
        }

        return [.. readings.Readings];
    }
}
