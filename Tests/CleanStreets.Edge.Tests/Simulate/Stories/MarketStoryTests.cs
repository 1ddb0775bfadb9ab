using System.Net.Http.Json;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Scores;
using CleanStreets.Edge.Simulate.Stories;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Simulate.Stories;

public sealed class MarketStoryTests : IDisposable
{
    private static readonly StoryPlace Place = new() { Near = "centre", RadiusMetres = 400, Most = 8 };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Market_makes_its_streets_dirty_and_hides_their_kerbs_and_after_a_verified_sweep_they_are_clean()
    {
        await using var ingest = await RunningIngest.StartAsync(_folder.Combine("ingest"));
        using var http = new HttpClient { BaseAddress = new Uri(ingest.ReadApi) };
        var stored = 0L;

        // Three chapters of one day, each told to its end before the next is begun.
        var morning = await TellAsync(null);
        var market = new StoryEvent { At = TimeSpan.Zero, For = TimeSpan.FromMinutes(30), Do = StoryAction.Market, Where = Place, Litter = 90, Piles = 1, Hides = 0.6 };
        var (marketFacts, evening) = await TellAsync(StoryRun.Story("1:10", market));
        var (sweepFacts, _) = await TellAsync(StoryRun.Story("0:30", new StoryEvent { At = TimeSpan.Zero, Do = StoryAction.Sweep, Where = Place }));

        var streets = marketFacts.Episodes[0].Segments;
        streets.Count.ShouldBe(8);
        var passes = new Dictionary<string, IReadOnlyList<PassSummary>>();
        foreach (var street in streets)
        {
            passes[street] = (await http.GetFromJsonAsync($"/v1/segments/{street}/passes?limit=500", ContractJson.Default.IReadOnlyListPassSummary))!;
        }

        var (opens, closes, swept) = (marketFacts.Episodes[0].From, marketFacts.Episodes[0].To, sweepFacts.Episodes[0].From);
        var seen = streets.Where(street => IsSeen(morning.Scores, street) && passes[street].Any(pass => pass.EnteredAt > closes && pass.LeftAt < swept && pass.ExposureSquareMetres > 20)).ToList();
        seen.Count.ShouldBeGreaterThan(0);
        seen.ShouldAllBe(street => evening[street].Index > morning.Scores[street].Index);
        seen.Count(street => evening[street].Grade > morning.Scores[street].Grade).ShouldBeGreaterThan(0, "grades fall");
        var all = passes.Values.SelectMany(list => list).ToList();
        Rate(all.Where(pass => pass.EnteredAt > opens && pass.LeftAt < closes)).ShouldBeLessThan(0.7 * Rate(all.Where(pass => pass.LeftAt < opens)), "stalls hide the kerb");
        all.ShouldContain(pass => pass.EnteredAt > closes && pass.LeftAt < swept && pass.Counts.ContainsKey(Kinds.Pile), "piles stay behind");

        // What the dashboard does: a truck passed after the sweep and saw the street clean, so it says verified.
        var clean = seen.Where(street => passes[street].Any(pass => pass.EnteredAt > swept.AddMinutes(1) && pass.Grade <= Grade.A && pass.ExposureSquareMetres > 50)).ToList();
        clean.Count.ShouldBeGreaterThan(0);
        foreach (var street in clean)
        {
            await VerifyAsync(ingest.Port, street, swept);
            await Eventually.TrueAsync($"{street} is clean again", async () =>
                (await ScoresAsync())[street] is { Grade: <= Grade.A } score && score.Index < evening[street].Index);
        }

        async Task<(StoryFacts Facts, IReadOnlyDictionary<string, SegmentScore> Scores)> TellAsync(StoryScript? story)
        {
            var facts = await StoryRun.TellAsync(_folder.Combine("edge"), ingest.Port, story, trucks: 8, lasts: "0:30", speed: 1500);
            facts.InSpool.ShouldBe(0);
            stored += facts.Stored;
            await Eventually.TrueAsync("everything stored is scored", async () =>
                await http.GetFromJsonAsync(ReadApiPaths.Status, ContractJson.Default.IngestStatus) is { OldestUnstoredAgeSeconds: 0 } status && status.Accepted >= stored);
            return (facts, await ScoresAsync());
        }

        async Task<IReadOnlyDictionary<string, SegmentScore>> ScoresAsync() =>
            (await http.GetFromJsonAsync(ReadApiPaths.Scores, ContractJson.Default.IReadOnlyListSegmentScore))!.ToDictionary(score => score.SegmentId.Value);
    }

    private static bool IsSeen(IReadOnlyDictionary<string, SegmentScore> scores, string street) => scores.GetValueOrDefault(street) is { State: ScoreState.Seen };

    /// <summary>Square metres seen in a second.</summary>
    private static double Rate(IEnumerable<PassSummary> passes) =>
        passes.Where(pass => pass.ExposureSquareMetres > 0).ToList() is var seen ? seen.Sum(pass => pass.ExposureSquareMetres!.Value) / seen.Sum(pass => (pass.LeftAt - pass.EnteredAt).TotalSeconds) : 0;

    private static async Task VerifyAsync(int port, string street, DateTimeOffset at)
    {
        await using var desk = new MqttClient(new MqttClientOptions { Port = port, ClientId = $"desk-{street}" }, TimeProvider.System, NullLogger<MqttClient>.Instance);
        await desk.StartAsync(TestContext.Current.CancellationToken);
        await desk.WaitConnectedAsync(TestContext.Current.CancellationToken).WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        var verified = new Fact { FactId = $"verified-{street}", SegmentId = SegmentId.Parse(street), Kind = FactKind.CleaningVerified, At = at };
        await desk.PublishAsync(
            new MqttMessage
            {
                Topic = Topics.Default.Facts(verified.SegmentId),
                Payload = JsonSerializer.SerializeToUtf8Bytes(verified, ContractJson.Default.Fact),
                QualityOfService = QualityOfService.AtLeastOnce,
            },
            TestContext.Current.CancellationToken);
    }
}
