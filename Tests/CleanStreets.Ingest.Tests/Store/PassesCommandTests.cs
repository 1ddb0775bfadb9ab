using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Ingest.Verbs;
using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Index;
using CleanStreets.Testing;

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
        PassesCommand.Write(_bench.Data, from, to, file, TextWriter.Null, Console.Error);
}
