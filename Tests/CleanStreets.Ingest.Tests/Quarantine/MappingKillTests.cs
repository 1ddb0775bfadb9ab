using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Ingest.Tests.Quarantine;

/// <summary>kill -9 while mappings mend: what was acknowledged counts once, and the mappings and their counts are those of a replay of the whole journal.</summary>
public sealed class MappingKillTests
{
    private const int Kills = 3;
    private static readonly TimeSpan Patience = Eventually.Patience;

    [Fact]
    public async Task Killed_while_mending_nothing_is_lost_or_counted_twice_and_a_replay_ends_the_same()
    {
        using var folder = new TemporaryFolder();
        var data = folder.Combine("ingest");
        var drive = new Drive(GeneratedCity.Create(7), "truck-1", "s-1", seed: 4, DateTimeOffset.UtcNow.AddHours(-3).ToUnixTimeMilliseconds()).Over(60);
        var random = new Random(71);
        var kept = 0;
        for (var round = 0; round <= Kills; round++)
        {
            await using var ingest = Start(data);
            var ready = await ingest.ReadyAsync(Patience);
            using var http = new HttpClient { BaseAddress = new Uri(ProductProgram.ValueOf(ready, "read-api")) };
            await ChangeAsync(http, round);
            await using var client = await ConnectAsync(ProductProgram.ValueOf(ready, "mqtt"));

            // A few that are on disk already come again, as they do from a truck whose acknowledgement was lost.
            var sequence = Math.Max(0, kept - 5);
            var until = round == Kills ? drive.Count : Math.Min(drive.Count, kept + random.Next(60, 120));
            for (; sequence < until; sequence++)
            {
                (await client.PublishAsync(
                    new MqttMessage
                    {
                        Topic = "cleanstreets/v1/readings/truck-1",
                        Payload = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(drive.Batch(sequence, 1)).Replace("\"latitude\"", "\"lat\"", StringComparison.Ordinal)),
                        QualityOfService = QualityOfService.AtLeastOnce,
                    },
                    CancellationToken.None)).ShouldBe(MqttReasonCode.Success);
            }

            kept = until;
            if (round < Kills)
            {
                await ingest.KillAsync();
            }
            else
            {
                (await ingest.StopAsync(Patience)).ShouldBe(0, ingest.Output);
            }
        }

        var killed = await StateAsync(data);
        var census = Census(data);
        (census.Accepted, census.AcceptedTwice).ShouldBe((drive.Count, 0));
        using (var list = JsonDocument.Parse(killed.Mappings))
        {
            var standing = list.RootElement.GetProperty("standing");
            standing.GetArrayLength().ShouldBe(Kills + 2, "m-keep, one a round, less the one removed");
            standing[0].GetProperty("readings").GetInt64().ShouldBe(drive.Count);
        }

        Directory.Delete(new IngestPaths(data).Snapshots, recursive: true);
        var whole = await StateAsync(data);
        whole.Mappings.ShouldBe(killed.Mappings);
        whole.Scores.ShouldBe(killed.Scores);
        whole.Scores.ShouldContain("\"seen\"");
    }

    private static async Task ChangeAsync(HttpClient http, int round)
    {
        var fix = new QuarantineFix { Fields = new Dictionary<string, string> { ["lat"] = "latitude" } };
        foreach (var (id, reason) in new[] { ("m-keep", "position_missing"), ($"m-{round}", "wrong_type"), ("m-gone", "wrong_type") })
        {
            using var added = await http.PostAsJsonAsync(
                ReadApiPaths.QuarantineMappings, new QuarantineMapping(id, "dora", 1_764_000_000_000, new QuarantineMatch(reason, null), fix), ContractJson.Default.QuarantineMapping);
            added.IsSuccessStatusCode.ShouldBeTrue(await added.Content.ReadAsStringAsync());
        }

        using var removed = await http.DeleteAsync(new Uri(ReadApiPaths.QuarantineMapping.Replace("{id}", "m-gone", StringComparison.Ordinal) + "?by=dora", UriKind.Relative));
        removed.IsSuccessStatusCode.ShouldBeTrue();
    }

    private static async Task<MqttClient> ConnectAsync(string address)
    {
        var client = new MqttClient(new MqttClientOptions { Port = int.Parse(address.Split(':')[^1]), ClientId = "truck-1" }, TimeProvider.System, NullLogger<MqttClient>.Instance);
        await client.StartAsync(CancellationToken.None);
        await client.WaitConnectedAsync(CancellationToken.None);
        return client;
    }

    private static async Task<(string Mappings, string Scores)> StateAsync(string data)
    {
        await using var ingest = Start(data);
        var address = new Uri(ProductProgram.ValueOf(await ingest.ReadyAsync(Patience), "read-api"));
        await Recovered.AtAsync(address);
        using var http = new HttpClient { BaseAddress = address };
        var state = (await http.GetStringAsync(new Uri(ReadApiPaths.QuarantineMappings, UriKind.Relative)), await http.GetStringAsync(new Uri(ReadApiPaths.Scores, UriKind.Relative)));
        (await ingest.StopAsync(Patience)).ShouldBe(0, ingest.Output);
        return state;
    }

    private static JournalCensus Census(string data)
    {
        using var reader = new JournalReader(new IngestPaths(data).Journal);
        var census = new JournalCensus();
        while (reader.TryReadNext(out var record))
        {
            census.Count(in record);
        }

        return census;
    }

    private static ProductProgram Start(string data) => ProductProgram.StartProcess("env",
    [
        "Ingest__Snapshot__Readings=40", "Ingest__Snapshot__Interval=00:00:00.010", "Ingest__Store__Log__SyncInterval=00:00:00.020", "Ingest__Journal__SegmentBytes=65536",
        "dotnet", ProductProgram.AssemblyPath("Ingest/CleanStreets.Ingest"),
        "run", "--data", data, "--mqtt", "127.0.0.1:0", "--read-api", "127.0.0.1:0", "--streets", "generated:7",
    ]);
}
