using System.Net.Http.Json;
using System.Text;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Store;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Ingest.Tests.Rescore;
using CleanStreets.Ingest.Verbs;
using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Index;
using CleanStreets.Testing;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Ingest.Tests.Store;

/// <summary>What an analyst takes out of the store is what the map was drawn from.</summary>
public sealed class PassesCommandTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UtcNow.AddHours(-3);

    private readonly TemporaryFolder _folder = new();
    private readonly IngestBench _bench = new();

    [Fact]
    public async Task Streets_reckoned_from_the_table_have_the_maps_index()
    {
        await _bench.StartAsync();
        var client = await _bench.ConnectAsync("truck-1");
        foreach (var batch in new Drive(_bench.Network, "truck-1", "s-1", seed: 4, Start.ToUnixTimeMilliseconds()).Over(15).Batches(20, ReadingFormat.Json))
        {
            await IngestBench.PublishAsync(client, Topics.Default.Readings(TruckId.Parse("truck-1")), batch);
        }

        await _bench.SettledAsync();
        var file = _folder.Combine("passes.csv");

        Write(Start.AddDays(-1), Start.AddDays(1), file).ShouldBe(0); // Ingest runs meanwhile.

        using var table = new StreamReader(file);
        var evidence = PassFile.Read(table, _bench.Network, out var left);
        left.ShouldBe(default);
        var indexer = new AreaIndexer(new CrowIndexMethod(CrowOptions.Crow2));
        var compared = 0;
        foreach (var score in (await _bench.ScoresAsync()).Where(score => score.State == ScoreState.Seen && evidence.ContainsKey(score.SegmentId)))
        {
            _bench.Network.TryFind(score.SegmentId, out var segment);
            var street = indexer.Now("street", [new AreaStreet(segment!, 1)], evidence.GetValueOrDefault, score.AsOf);
            if (street.Index is { } index)
            {
                index.Value.ShouldBe(score.Index!.Value, 0.02, $"index of {score.SegmentId}"); // The table rounds.
                compared++;
            }
        }

        compared.ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task Pass_that_a_work_order_brought_is_left_out_though_that_is_told_only_afterwards()
    {
        await _bench.StartAsync();
        await DriveAsync("truck-1", seed: 4, Start);
        await DriveAsync("truck-2", seed: 4, Start.AddHours(1));
        var street = Rows().First(row => row.Truck == "truck-2").Street;
        Rows().ShouldAllBe(row => row.Order.Length == 0);
        var city = await PeriodAsync();

        await SayAsync($$"""{"factId":"f-1","segmentId":"{{street}}","kind":"truck_sent","at":"{{Start.AddMinutes(55).UtcDateTime:O}}","truckId":"truck-2","orderId":"W-0001"}""", street);
        await SayAsync($$"""{"factId":"f-2","segmentId":"{{street}}","kind":"cleaning_verified","at":"{{Start.AddMinutes(56).UtcDateTime:O}}"}""", street);

        await ShouldKnowAsync("told");
        await _bench.RestartAsync();
        await ShouldKnowAsync("after a stop and a start");
        var (code, text, error) = await RescoreTests.CommandAsync("--data", _bench.Data, "--read-api", _bench.Addresses[0].Authority);
        code.ShouldBe(0, text + error);

        // A store that is begun anew has it out of the journal.
        var (paths, end, network) = (new IngestPaths(_bench.Data), _bench.Pipeline.Progress.JournalledThrough, _bench.Network.Version);
        await _bench.StopAsync();
        SqliteConnection.ClearAllPools();
        File.Delete(paths.Store);
        await _bench.StartAsync();
        await _bench.SettledAsync();
        await _bench.StopAsync();
        new StoreMarks(paths.StoreMarks, "sqlite", network).Add(new StoreGap(0, end));
        (await RescoreTests.CommandAsync("--data", _bench.Data, "--backfill", "sqlite")).Code.ShouldBe(0);
        await _bench.StartAsync();
        await ShouldKnowAsync("filled from the journal");

        async Task ShouldKnowAsync(string when)
        {
            var ordered = Rows().Where(row => row.Order.Length > 0).ToList();
            ordered.ShouldNotBeEmpty(when);
            ordered.ShouldAllBe(row => row.Order == "W-0001" && row.Street == street && row.Truck == "truck-2", when);
            File.ReadAllLines(_folder.Combine("facts.csv")).Skip(1).Select(line => string.Join(' ', line.Split(',').Where((_, i) => i != 2)))
                .ShouldBe([$"{street} truck_sent  truck-2 W-0001", $"{street} cleaning_verified   "], when);

            // What an analyst reckons from the tables is what the running service says, and both leave the pass out.
            var table = Reckon();
            var live = await PeriodAsync();
            live.Passes.ShouldBeLessThan(city.Passes, when);
            table.Passes.ShouldBe(live.Passes, when);
            table.Index!.Value.Value.ShouldBe(live.Index!.Value, 0.02, when);
        }
    }

    [Fact]
    public void Folder_without_a_store_is_wrong_use()
    {
        using var error = new StringWriter();

        PassesCommand.Write(_folder.Path, Start, Start.AddDays(1), _folder.Combine("x.csv"), TextWriter.Null, error).ShouldBe(2);

        error.ToString().ShouldContain("There is no store in " + _folder.Path);
    }

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        _folder.Dispose();
    }

    private int Write(DateTimeOffset from, DateTimeOffset to, string file) =>
        PassesCommand.Write(_bench.Data, from, to, file, TextWriter.Null, Console.Error, facts: _folder.Combine("facts.csv"));

    private async Task DriveAsync(string truck, int seed, DateTimeOffset start)
    {
        var client = await _bench.ConnectAsync(truck);
        foreach (var batch in new Drive(_bench.Network, truck, "s-1", seed, start.ToUnixTimeMilliseconds()).Over(15).Batches(20))
        {
            await IngestBench.PublishAsync(client, Topics.Default.Readings(TruckId.Parse(truck)), batch);
        }

        await _bench.SettledAsync();
    }

    private async Task SayAsync(string fact, string street)
    {
        await IngestBench.PublishAsync(await _bench.ConnectAsync("desk"), Topics.Default.Facts(SegmentId.Parse(street)), Encoding.UTF8.GetBytes(fact));
        await _bench.SettledAsync();
    }

    private List<(string Street, string Truck, string Order)> Rows()
    {
        Write(Start.AddDays(-1), Start.AddDays(1), _folder.Combine("passes.csv")).ShouldBe(0);
        return [.. File.ReadAllLines(_folder.Combine("passes.csv")).Skip(1).Select(line => line.Split(',')).Select(cells => (cells[0], cells[1], cells[^2]))];
    }

    private AreaIndex Reckon()
    {
        using var passes = new StreamReader(_folder.Combine("passes.csv"));
        using var facts = new StreamReader(_folder.Combine("facts.csv"));
        var evidence = PassFile.Read(passes, _bench.Network, out _);
        FactFile.Read(facts, _bench.Network, evidence).ShouldBe(0);
        return new AreaIndexer(new CrowIndexMethod(CrowOptions.Crow2))
            .Over("city", [.. _bench.Network.Segments.Select(segment => new AreaStreet(segment, InsideShare: 1))], evidence.GetValueOrDefault, Start.AddDays(-1), Start.AddDays(1));
    }

    /// <summary>The city as a zone that holds it all, as the running service reckons it.</summary>
    private async Task<AreaFigures> PeriodAsync()
    {
        var points = _bench.Network.Segments.SelectMany(segment => segment.Geometry).ToList();
        var (south, north) = (points.Min(point => point.Latitude) - 0.01, points.Max(point => point.Latitude) + 0.01);
        var (west, east) = (points.Min(point => point.Longitude) - 0.01, points.Max(point => point.Longitude) + 0.01);
        var question = new AreaQuestion(Zone: [[west, south], [east, south], [east, north], [west, north]], From: Start.AddDays(-1), To: Start.AddDays(1));
        using var answer = await _bench.Http.PostAsJsonAsync(new Uri(ReadApiPaths.AreaIndex, UriKind.Relative), question, ContractJson.Default.AreaQuestion);
        return (await answer.Content.ReadFromJsonAsync(ContractJson.Default.AreaReport))!.Areas.Single();
    }
}
