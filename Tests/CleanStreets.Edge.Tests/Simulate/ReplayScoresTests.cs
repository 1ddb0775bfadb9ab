using System.Net.Http.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Scores;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Simulate;

/// <summary>What the real city says of streets that recorded trucks drove.</summary>
public sealed class ReplayScoresTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Replay_with_a_camera_gives_streets_different_grades()
    {
        var grades = (await ReplayAsync(scores => scores.Count(s => s.State == ScoreState.Seen) > 200))
            .Where(s => s.State == ScoreState.Seen).CountBy(s => s.Grade!.Value).ToDictionary();
        grades.Count.ShouldBeGreaterThanOrEqualTo(4, string.Join(", ", grades));
        grades.Values.Max().ShouldBeLessThan(grades.Values.Sum() * 7 / 10, string.Join(", ", grades));
    }

    [Fact]
    public async Task Replay_without_a_camera_leaves_every_driven_street_not_seen() =>
        (await ReplayAsync(scores => scores.Count(s => s.NewestObservationAt is not null) > 300, "--no-camera"))
            .ShouldAllBe(s => s.State == ScoreState.NotSeen && s.Grade == null);

    [Fact]
    public async Task No_camera_for_a_simulated_fleet_is_wrong_use()
    {
        await using var edge = ProductProgram.Start("Edge/CleanStreets.Edge", "simulate", "--no-camera", "--data", _folder.Combine("edge"));
        (await edge.ExitAsync(Eventually.Patience)).ShouldBe(2, edge.Output);
        edge.Output.ShouldContain("--replay");
    }

    [Fact]
    public async Task Address_of_a_broker_without_a_port_is_wrong_use()
    {
        await using var edge = ProductProgram.Start("Edge/CleanStreets.Edge", "simulate", "--mqtt", "::1", "--data", _folder.Combine("edge"));
        (await edge.ExitAsync(Eventually.Patience)).ShouldBe(2, edge.Output);
        edge.Output.ShouldContain("[::1]:1883");
    }

    private async Task<IReadOnlyList<SegmentScore>> ReplayAsync(Func<IReadOnlyList<SegmentScore>, bool> until, params string[] more)
    {
        var traces = SharedData.Require("data/hof/points.csv");
        var streets = SharedData.Require("data/hof/network.geojson");
        await using var ingest = await RunningIngest.StartAsync(_folder.Combine("ingest"), streets);
        await using var edge = ProductProgram.Start(
            "Edge/CleanStreets.Edge",
            ["simulate", "--mqtt", ingest.Mqtt, "--replay", traces, "--streets", streets, "--data", _folder.Combine("edge"), "--speed", "max", .. more]);
        (await edge.ExitAsync(TimeSpan.FromMinutes(5))).ShouldBe(0, edge.Output);
        using var http = new HttpClient { BaseAddress = new Uri(ingest.ReadApi) };
        return await Eventually.GetAsync<IReadOnlyList<SegmentScore>>("the driven streets have scores", async () =>
        {
            var scores = await http.GetFromJsonAsync(ReadApiPaths.Scores, ContractJson.Default.IReadOnlyListSegmentScore);
            return until(scores!) ? scores : null;
        });
    }
}
