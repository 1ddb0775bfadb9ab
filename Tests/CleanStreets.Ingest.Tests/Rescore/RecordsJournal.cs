using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Rescore;

/// <summary>Writes the journal of <c>Golden/Records</c>: a running ingest is sent every kind of record that there is. Used once for each version of the journal.</summary>
internal sealed class RecordsJournal : IAsyncDisposable
{
    private const int Streets = 35;

    private static readonly DateTimeOffset Evening = new DateTimeOffset(DateTimeOffset.UtcNow.UtcDateTime.Date, TimeSpan.Zero).AddDays(-2).AddHours(23.9);

    private readonly IngestBench _bench = new(("Ingest:Admission:SessionIdle", "00:00:03"));

    public static async Task WriteAsync(string file, StreetNetwork network)
    {
        await using var journal = new RecordsJournal();
        await journal._bench.StartAsync();
        journal._bench.Network.Version.ShouldBe(network.Version);
        await journal.WriteAsync();
        var written = new IngestPaths(journal._bench.Data).Journal;
        await journal._bench.StopAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Copy(Directory.EnumerateFiles(written, "*.journal").Single(), file);
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    private async Task WriteAsync()
    {
        // Over midnight, with the candidate's detector on the same frames.
        await DriveAsync("truck-1", "s-1", seed: 5, Evening);
        await DriveAsync("truck-1", "t-1", seed: 5, Evening, model: "litter-8", isTrial: true);

        // A clock an hour ahead, which says when it sent; repeats; the same streets again within hours.
        await DriveAsync("truck-1", "s-2", seed: 5, Evening.AddHours(5), ahead: TimeSpan.FromHours(1), repeats: true);
        await DriveAsync("truck-2", "s-2", seed: 6, Evening.AddHours(10));
        await _bench.SettledAsync();
        await AnswersAsync();

        // Backlog of before, late; and the new detector in use.
        await DriveAsync("truck-2", "s-1", seed: 5, Evening.AddHours(-9));
        await DriveAsync("truck-3", "s-1", seed: 5, Evening.AddHours(14), model: "litter-8");
        await MendAsync();
        await QuarantineAsync();
        await _bench.SettledAsync();
        await Eventually.TrueAsync("idle sessions are closed", () => Records().Count(type => type == JournalRecordType.SessionClosed) > 3);
        await _bench.SettledAsync();
    }

    private async Task DriveAsync(
        string truck, string session, int seed, DateTimeOffset start, string model = "litter-7", bool isTrial = false, TimeSpan ahead = default, bool repeats = false)
    {
        var client = await _bench.ConnectAsync(truck);
        var drive = new Drive(_bench.Network, truck, session, seed, (start + ahead).ToUnixTimeMilliseconds()) { Model = model, IsTrial = isTrial }.Over(Streets);
        for (var from = 0; from < drive.Count; from += 20)
        {
            var count = Math.Min(20, drive.Count - from);
            var sentAt = ahead == default ? 0 : (DateTimeOffset.UtcNow + ahead).ToUnixTimeMilliseconds();
            await SendAsync(client, truck, drive.Batch(from, count, ReadingFormat.Protobuf, sentAt));
            if (repeats && from % 60 == 0 && drive.Count > from + 13)
            {
                await SendAsync(client, truck, drive.Batch(from + 13, Math.Min(20, drive.Count - from - 13), ReadingFormat.Protobuf, sentAt));
            }
        }
    }

    /// <summary>What people answer, some of it long after the passes it is about.</summary>
    private async Task AnswersAsync()
    {
        var waiting = (await _bench.Http.GetFromJsonAsync(ReadApiPaths.Confirmations, ContractJson.Default.IReadOnlyListPendingConfirmation))!;
        var seen = (await _bench.ScoresAsync()).Where(score => score.State == Contracts.Scores.ScoreState.Seen).Select(score => score.SegmentId).ToList();
        waiting.Count.ShouldBeGreaterThan(5);
        await SayAsync(new Fact { FactId = "f-1", Kind = FactKind.DetectionConfirmed, SegmentId = waiting[0].SegmentId, DetectionId = waiting[0].DetectionId, At = Evening.AddHours(12), By = "dora" });
        await SayAsync(new Fact { FactId = "f-2", Kind = FactKind.DetectionConfirmed, SegmentId = waiting[1].SegmentId, DetectionId = waiting[1].DetectionId, At = Evening.AddHours(12), By = "dora" });
        await SayAsync(new Fact { FactId = "f-3", Kind = FactKind.DetectionRefused, SegmentId = waiting[2].SegmentId, DetectionId = waiting[2].DetectionId, At = Evening.AddHours(12), By = "dora" });
        await SayAsync(new Fact { FactId = "f-4", Kind = FactKind.CleaningClaimed, SegmentId = seen[0], At = Evening.AddHours(3), By = "crew-1", OrderId = OrderId.Parse("W-0001") });
        await SayAsync(new Fact { FactId = "f-5", Kind = FactKind.CleaningVerified, SegmentId = seen[0], At = Evening.AddHours(3), By = "crew-1", OrderId = OrderId.Parse("W-0001") });
        await SayAsync(new Fact { FactId = "f-6", Kind = FactKind.CleaningVerified, SegmentId = seen[^1], At = Evening.AddHours(3), Side = Side.Left });
        foreach (var (segment, i) in seen.Skip(1).Take(8).Select((segment, i) => (segment, i)))
        {
            await SayAsync(new Fact { FactId = $"f-{10 + i}", Kind = FactKind.TruckSent, SegmentId = segment, At = Evening.AddHours(4.9), TruckId = TruckId.Parse("truck-1"), OrderId = OrderId.Parse($"W-000{2 + i}") });
        }
    }

    /// <summary>A box with other names: mended on arrival; after the mapping has gone, quarantined and released by hand.</summary>
    private async Task MendAsync()
    {
        var fix = new QuarantineFix { Fields = new Dictionary<string, string> { ["fixes"] = "readings" }, Kinds = new Dictionary<string, string> { ["trash"] = Kinds.LooseLitter } };
        using (var added = await _bench.Http.PostAsJsonAsync(
            new Uri(ReadApiPaths.QuarantineMappings, UriKind.Relative), new QuarantineMapping("m-1", "dora", 1_764_000_000_000, new QuarantineMatch("readings_missing", "truck-4"), fix), ContractJson.Default.QuarantineMapping))
        {
            added.EnsureSuccessStatusCode();
        }

        var client = await _bench.ConnectAsync("truck-4");
        var batches = new Drive(_bench.Network, "truck-4", "s-1", seed: 6, Evening.AddHours(15).ToUnixTimeMilliseconds()).Over(20).Batches(20).ToList();
        foreach (var (batch, i) in batches.Select((batch, i) => (batch, i)))
        {
            if (i == batches.Count - 4)
            {
                using var removed = await _bench.Http.DeleteAsync(new Uri(ReadApiPaths.QuarantineMapping.Replace("{id}", "m-1", StringComparison.Ordinal) + "?by=dora", UriKind.Relative));
                removed.EnsureSuccessStatusCode();
            }

            await SendAsync(client, "truck-4", Replaced(batch, ("\"readings\"", "\"fixes\""), (Kinds.LooseLitter, "trash")));
        }

        await ReleaseAsync("readings_missing", 4, fix);
        var odd = new Drive(_bench.Network, "truck-4", "s-2", seed: 6, Evening.AddHours(17).ToUnixTimeMilliseconds()).Over(2).Batch(0, 12);
        await SendAsync(client, "truck-4", Replaced(odd, ("\"latitude\":", "\"latitude\":9")));
    }

    private async Task ReleaseAsync(string reason, int count, QuarantineFix fix)
    {
        var items = await Eventually.GetAsync($"{reason} is listed", async () =>
            (await _bench.Http.GetFromJsonAsync(new Uri($"{ReadApiPaths.QuarantineItems}?reason={reason}&limit=500", UriKind.Relative), ContractJson.Default.QuarantinePage))!.Items is { } found && found.Count >= count ? found : null);
        using var released = await _bench.Http.PostAsJsonAsync(
            new Uri(ReadApiPaths.QuarantineRelease, UriKind.Relative), new QuarantineRelease("d-1", "dora", [.. items.Reverse().Select(item => item.Id)], fix), ContractJson.Default.QuarantineRelease);
        released.EnsureSuccessStatusCode();
    }

    private async Task QuarantineAsync()
    {
        var client = await _bench.ConnectAsync("truck-5");
        await SendAsync(client, "truck-5", "{\"truckId\":"u8.ToArray());
        await SendAsync(client, "truck-5", Encoding.UTF8.GetBytes("{\"truckId\":\"truck-5\",\"note\":\"" + new string('x', 300_000) + "\"}"));
    }

    private async Task SayAsync(Fact fact)
    {
        var client = await _bench.ConnectAsync("dashboard");
        (await IngestBench.PublishAsync(client, Topics.Default.Facts(fact.SegmentId), JsonSerializer.SerializeToUtf8Bytes(fact, ContractJson.Default.Fact))).ShouldBe(Mqtt.MqttReasonCode.Success);
    }

    private static async Task SendAsync(Mqtt.Client.MqttClient client, string truck, byte[] payload) =>
        (await IngestBench.PublishAsync(client, Topics.Default.Readings(TruckId.Parse(truck)), payload)).ShouldBe(Mqtt.MqttReasonCode.Success);

    private static byte[] Replaced(byte[] json, params ReadOnlySpan<(string Old, string New)> names)
    {
        var text = Encoding.UTF8.GetString(json);
        foreach (var (old, other) in names)
        {
            text = text.Replace(old, other, StringComparison.Ordinal);
        }

        return Encoding.UTF8.GetBytes(text);
    }

    private List<JournalRecordType> Records()
    {
        var records = new List<JournalRecordType>();
        using var reader = new JournalReader(new IngestPaths(_bench.Data).Journal);
        while (reader.TryReadNext(out var record))
        {
            records.Add(record.Type);
        }

        return records;
    }
}
