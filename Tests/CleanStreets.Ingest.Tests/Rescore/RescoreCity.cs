using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Rescore;
using CleanStreets.Ingest.Tests.Pipeline;

namespace CleanStreets.Ingest.Tests.Rescore;

/// <summary>A running ingest that four trucks and an office have told something. Tests only read it.</summary>
public sealed class RescoreCity : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UtcNow.AddHours(-8);

    internal IngestBench Bench { get; } = new();

    internal Rescorer Rescorer => new(new IngestPaths(Bench.Data), Bench.Network, Bench.Service<IngestOptions>());

    public async ValueTask InitializeAsync()
    {
        await Bench.StartAsync();
        for (var i = 0; i < 4; i++)
        {
            var truck = TruckId.Parse($"truck-{i}");
            var client = await Bench.ConnectAsync(truck.Value);
            foreach (var batch in new Drive(Bench.Network, truck.Value, "s-1", seed: 40 + i, Start.AddMinutes(i).ToUnixTimeMilliseconds()).Over(40).Batches(20))
            {
                await IngestBench.PublishAsync(client, Topics.Default.Readings(truck), batch);
            }
        }

        await Bench.SettledAsync();
        var seen = (await Bench.ScoresAsync()).First(score => score.State == ScoreState.Seen);
        var office = await Bench.ConnectAsync("office");
        var fact = new Fact { FactId = "f-1", Kind = FactKind.CleaningVerified, SegmentId = seen.SegmentId, At = seen.AsOf.AddMinutes(-1), By = "office" };
        await IngestBench.PublishAsync(office, Topics.Default.Facts(seen.SegmentId), JsonSerializer.SerializeToUtf8Bytes(fact, ContractJson.Default.Fact));
        await Bench.SettledAsync();
    }

    public ValueTask DisposeAsync() => Bench.DisposeAsync();
}
