using System.Net;
using System.Net.Http.Json;
using System.Text;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Mqtt;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Quarantine;

public sealed class ReleaseTests : IAsyncDisposable
{
    private const string Topic = "cleanstreets/v1/readings/truck-1";
    private const string Good = """{"capturedAt":"2026-01-01T00:00:00Z","latitude":1,"longitude":1}""";

    private readonly IngestBench _bench = new();

    [Fact]
    public async Task Message_of_a_box_with_another_name_counts_once_after_its_truck_was_named()
    {
        await _bench.StartAsync();
        await SendAsync("cleanstreets/v1/readings/box-8831", Batch("truck-1", Good, Good));
        var item = (await ListAsync("truck_id_not_topic")).Single();
        item.TruckId.ShouldBe("box-8831");

        (await ReleaseAsync(new QuarantineFix(), item.Id)).ShouldBe([new QuarantineReleaseResult(item.Id, 2, 0, null)]);
        (await ReleaseAsync(new QuarantineFix(), item.Id)).ShouldBe([new QuarantineReleaseResult(item.Id, 0, 2, null)], "twice is once");
        (await ReleaseAsync(new QuarantineFix { TruckId = "truck-2" }, item.Id)).Single().Problem!.ShouldContain("already released");
        await SendAsync(Topic, Batch("truck-1", Good, Good));

        await ShouldHaveAcceptedAsync(2);
        await Eventually.TrueAsync("the release is noted", async () => (await ListAsync("truck_id_not_topic")).Single().ReleasedBy == "dora");
        await _bench.RestartAsync();
        await ShouldHaveAcceptedAsync(2);
        (await ReleaseAsync(new QuarantineFix { TruckId = "truck-2" }, item.Id)).Single().Problem!.ShouldContain("already released");
        (await ReleaseAsync(new QuarantineFix { SessionId = "s-2" }, item.Id)).Single().Problem!.ShouldContain("already released");
        (await ReleaseAsync(new QuarantineFix(), item.Id)).ShouldBe([new QuarantineReleaseResult(item.Id, 0, 2, null)], "a restart forgets nothing");
        await ShouldHaveAcceptedAsync(2);
        (await ListAsync("truck_id_not_topic")).Single().ReleasedBy.ShouldBe("dora");
    }

    [Fact]
    public async Task Fields_and_kinds_with_other_names_are_mapped_and_the_streets_get_their_scores()
    {
        await _bench.StartAsync();
        var drive = new Drive(_bench.Network, "truck-1", "s-1", seed: 2, DateTimeOffset.UtcNow.AddHours(-2).ToUnixTimeMilliseconds()).Over(25);
        foreach (var batch in drive.Batches(20))
        {
            await SendAsync(Topic, Encoding.UTF8.GetString(batch)
                .Replace("\"readings\"", "\"fixes\"", StringComparison.Ordinal)
                .Replace("\"latitude\"", "\"lat\"", StringComparison.Ordinal)
                .Replace("\"longitude\"", "\"lng\"", StringComparison.Ordinal)
                .Replace("loose_litter", "trash", StringComparison.Ordinal));
        }

        await ListedAsync(_bench);
        var items = await ListAsync("readings_missing");
        items.Count.ShouldBe((drive.Count + 19) / 20);
        var detail = (await _bench.Http.GetFromJsonAsync(Path(ReadApiPaths.QuarantineItem, items[0].Id), ContractJson.Default.QuarantineDetail))!;
        detail.IsJson.ShouldBeTrue();
        detail.Fields.ShouldContain("lat");
        detail.Kinds.ShouldContain("trash");

        var fix = new QuarantineFix
        {
            Fields = new Dictionary<string, string> { ["fixes"] = "readings", ["lat"] = "latitude", ["lng"] = "longitude" },
            Kinds = new Dictionary<string, string> { ["trash"] = "loose_litter" },
        };

        // Oldest first, as the truck drove.
        var results = await ReleaseAsync(fix, [.. items.Reverse().Select(item => item.Id)]);
        results.ShouldAllBe(result => result.Problem == null);
        results.Sum(result => result.Accepted).ShouldBe(drive.Count);
        await _bench.SettledAsync();
        (await _bench.ScoresAsync()).Count(score => score.State == ScoreState.Seen).ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task Reading_with_a_bad_field_or_a_wrong_clock_is_accepted_without_it_and_only_that_one()
    {
        await _bench.StartAsync();
        await SendAsync(Topic, Batch(
            "truck-1",
            Good,
            Good.Replace("}", ",\"speedMetresPerSecond\":\"fast\"}", StringComparison.Ordinal),
            Good.Replace("2026-01-01", "2126-01-01", StringComparison.Ordinal),
            Good));
        await ShouldHaveAcceptedAsync(2);
        var speed = (await ListAsync("wrong_type")).Single();
        var clock = (await ListAsync("captured_at_in_future")).Single();
        (speed.Sequence, clock.Sequence).ShouldBe((2, 3));

        var accepted = speed.Id.Replace("-2", "-1", StringComparison.Ordinal);
        (await ReleaseAsync(new QuarantineFix { TruckId = "truck-2" }, accepted)).Single().Problem.ShouldBe("It is not quarantined.");
        (await ReleaseAsync(new QuarantineFix(), speed.Id)).Single().Problem!.ShouldContain("wrong type");
        (await ReleaseAsync(new QuarantineFix { LeaveOut = ["speedMetresPerSecond"] }, speed.Id)).ShouldBe([new QuarantineReleaseResult(speed.Id, 1, 0, null)]);
        (await ReleaseAsync(new QuarantineFix(), clock.Id)).Single().Problem!.ShouldContain("check the clock");
        (await ReleaseAsync(new QuarantineFix { UseTimeOfReceipt = true }, clock.Id)).ShouldBe([new QuarantineReleaseResult(clock.Id, 1, 0, null)]);
        await ShouldHaveAcceptedAsync(4);
        await _bench.RestartAsync();
        (await ReleaseAsync(new QuarantineFix { UseTimeOfReceipt = true, TruckId = "truck-2" }, clock.Id)).Single().Problem!.ShouldContain("already released");
        await ShouldHaveAcceptedAsync(4);
    }

    [Fact]
    public async Task What_cannot_be_replayed_is_told_why_and_stays()
    {
        await _bench.StartAsync();
        await SendAsync(Topic, "{\"truckId\":");
        await SendAsync(Topic, new string('x', 300_000));
        await SendAsync("cleanstreets/v1/facts/s-1", "{}");
        foreach (var (reason, says) in new[] { ("malformed_json", "JSON"), ("oversized", "beginning"), ("malformed_fact", "Only readings") })
        {
            var item = (await ListAsync(reason)).Single();
            (await ReleaseAsync(new QuarantineFix { TruckId = "truck-1" }, item.Id)).Single().Problem!.ShouldContain(says, Case.Insensitive, reason);
            (await ListAsync(reason)).Single().ReleasedBy.ShouldBeNull();
        }

        (await ReleaseAsync(new QuarantineFix(), "999999-0")).Single().Problem!.ShouldContain("does not hold it");
        await ShouldHaveAcceptedAsync(0);
    }

    [Fact]
    public async Task Payload_is_shown_as_text_and_downloaded_as_it_came()
    {
        await _bench.StartAsync();
        const string Hostile = "<script>alert(1)</script>\u0000\u001b[31m";
        await SendAsync(Topic, Hostile);
        var item = (await ListAsync("malformed_protobuf")).Single();
        var detail = (await _bench.Http.GetFromJsonAsync(Path(ReadApiPaths.QuarantineItem, item.Id), ContractJson.Default.QuarantineDetail))!;
        (detail.Text, detail.IsJson).ShouldBe(("<script>alert(1)</script>··[31m", false));
        using var download = await _bench.Http.GetAsync(Path(ReadApiPaths.QuarantinePayload, item.Id));
        download.Content.Headers.ContentType!.MediaType.ShouldBe("application/octet-stream");
        download.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        download.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        (await download.Content.ReadAsByteArrayAsync()).ShouldBe(Encoding.UTF8.GetBytes(Hostile));
    }

    [Fact]
    public async Task List_is_bounded_filtered_and_paged()
    {
        await using var bench = new IngestBench(("Ingest:Quarantine:ListedItems", "100"));
        await bench.StartAsync();
        var client = await bench.ConnectAsync("truck");
        for (var i = 0; i < 130; i++)
        {
            await IngestBench.PublishAsync(client, $"cleanstreets/v1/readings/truck-{i % 2}", Encoding.UTF8.GetBytes(i % 13 == 0 ? "{" : "x"));
        }

        await ListedAsync(bench);
        (await PageAsync(bench, "limit=500")).Counts.Sum(count => count.Listed).ShouldBe(100, "the oldest are gone");
        (await PageAsync(bench, "reason=malformed_json&limit=500")).Items.ShouldAllBe(item => item.Reason == "malformed_json");
        (await PageAsync(bench, "truckId=truck-1&limit=500")).Items.ShouldAllBe(item => item.TruckId == "truck-1");
        var seen = new List<string>();
        string? next = string.Empty;
        while (next is not null)
        {
            var page = await PageAsync(bench, $"limit=30&before={next}");
            seen.AddRange(page.Items.Select(item => item.Id));
            next = page.Next;
        }

        seen.Count.ShouldBe(100);
        seen.Distinct().Count().ShouldBe(100);
        using var unknown = await bench.Http.GetAsync(new Uri($"{ReadApiPaths.QuarantineItems}?reason=nonsense", UriKind.Relative));
        unknown.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task List_that_was_lost_is_made_again_from_the_journal()
    {
        await _bench.StartAsync();
        await SendAsync("cleanstreets/v1/readings/box-1", Batch("truck-1", Good));
        var item = (await ListAsync("truck_id_not_topic")).Single();
        await ReleaseAsync(new QuarantineFix(), item.Id);
        await Eventually.TrueAsync("the release is noted", async () => (await ListAsync("truck_id_not_topic")).Single().ReleasedBy is not null);
        var before = (await ListAsync("truck_id_not_topic")).Single();
        await _bench.StopAsync();
        foreach (var file in Directory.EnumerateFiles(_bench.Data, "quarantine.db*"))
        {
            File.Delete(file);
        }

        await _bench.StartAsync();
        await Eventually.TrueAsync("the release is noted again", async () => (await ListAsync("truck_id_not_topic")).Single().ReleasedBy is not null);
        (await ListAsync("truck_id_not_topic")).Single().ShouldBe(before);
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    private static string Batch(string truck, params string[] readings) =>
        $$"""{"truckId":"{{truck}}","sessionId":"s-1","firstSequence":1,"readings":[{{string.Join(',', readings)}}]}""";

    private static Uri Path(string template, string id) => new(template.Replace("{id}", id, StringComparison.Ordinal), UriKind.Relative);

    private async Task SendAsync(string topic, string payload) =>
        (await IngestBench.PublishAsync(await _bench.ConnectAsync(Guid.NewGuid().ToString()), topic, Encoding.UTF8.GetBytes(payload))).ShouldBe(MqttReasonCode.Success);

    private async Task ShouldHaveAcceptedAsync(int readings)
    {
        var census = _bench.Census();
        (census.Accepted, census.AcceptedTwice).ShouldBe((readings, 0));
        var status = await _bench.StatusAsync();
        (status.Accepted + status.Duplicates + status.Quarantined + status.Dropped).ShouldBe(status.Received);
    }

    private async Task<IReadOnlyList<QuarantineReleaseResult>> ReleaseAsync(QuarantineFix fix, params string[] items)
    {
        using var answer = await _bench.Http.PostAsJsonAsync(
            new Uri(ReadApiPaths.QuarantineRelease, UriKind.Relative), new QuarantineRelease("d-1", "dora", items, fix), ContractJson.Default.QuarantineRelease);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync(ContractJson.Default.IReadOnlyListQuarantineReleaseResult))!;
    }

    private async Task<IReadOnlyList<QuarantineListItem>> ListAsync(string reason) =>
        await Eventually.GetAsync($"{reason} is listed", async () => (await PageAsync(_bench, $"reason={reason}&limit=500")).Items is { Count: > 0 } items ? items : null);

    /// <summary>Waits until the newest record of the journal, which is to be a quarantined one, is listed with all before it.</summary>
    private static Task ListedAsync(IngestBench bench) => Eventually.TrueAsync(
        "everything quarantined is listed", () => bench.Pipeline.QuarantineIndex.Cursor == bench.Pipeline.Progress.JournalledThrough);

    private static async Task<QuarantinePage> PageAsync(IngestBench bench, string query) =>
        (await bench.Http.GetFromJsonAsync(new Uri($"{ReadApiPaths.QuarantineItems}?{query}", UriKind.Relative), ContractJson.Default.QuarantinePage))!;
}
