using System.Threading.Channels;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Match;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Score;
using CleanStreets.Ingest.Store;
using CleanStreets.Ingest.Tests.Observe;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Score;

public sealed class ScoreStageTests
{
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task Sweep_shows_nothing_before_the_replay_has_ended(bool ended, int swept)
    {
        var input = StageLoop.Queue<ScoreWork>(4);
        var toStore = StageLoop.Queue<StoreBatch>(8);
        var stage = Stage(input, toStore);
        var marker = ended ? BatchMarker.ReplayEnd : BatchMarker.None;
        input.Writer.TryWrite(new MatchedBatch { Marker = marker, Replayed = true, ThroughPosition = 100 }).ShouldBeTrue();
        input.Writer.TryWrite(new SweepWork { AsOfMs = 1 }).ShouldBeTrue();
        input.Writer.Complete();

        await stage.RunAsync();

        var stored = new List<StoreBatch>();
        while (toStore.Reader.TryRead(out var batch))
        {
            stored.Add(batch);
        }

        // A sweep is known by its position: it covers nothing of the journal.
        stored.Count(batch => batch.ThroughPosition == 0).ShouldBe(swept);
    }

    [Fact]
    public async Task Round_waits_for_all_batches_of_a_commit()
    {
        var input = StageLoop.Queue<ScoreWork>(4);
        var toStore = StageLoop.Queue<StoreBatch>(8);
        var running = Stage(input, toStore).RunAsync();

        input.Writer.TryWrite(new MatchedBatch { Marker = BatchMarker.None, Replayed = false, ThroughPosition = 100, HasFollower = true }).ShouldBeTrue();
        await Eventually.TrueAsync("the first batch is taken", () => input.Reader.Count == 0);
        input.Writer.TryWrite(new MatchedBatch { Marker = BatchMarker.None, Replayed = false, ThroughPosition = 200 }).ShouldBeTrue();
        input.Writer.Complete();
        await running;

        toStore.Reader.TryRead(out var round).ShouldBeTrue();
        round!.ThroughPosition.ShouldBe(200);
        toStore.Reader.TryRead(out _).ShouldBeFalse();
    }

    private static ScoreStage Stage(Channel<ScoreWork> input, Channel<StoreBatch> toStore)
    {
        var method = new CrowMethod(new CrowOptions());
        var network = StreetNetwork.Create([new StreetDefinition(SegmentId.Parse("a"), "A", null, OneWay: false, [new(52, 13), new(52.001, 13)])]);
        return new ScoreStage(
            input.Reader,
            StageLoop.Queue<IReadOnlyList<SegmentScore>>(8).Writer,
            toStore.Writer,
            Task.FromResult(new ScoreKeeper(network, method, new ScoreBoard(network.Segments.Count))),
            method,
            new RoundPacer(new ScoreStageOptions { Interval = TimeSpan.Zero }, TimeProvider.System, () => ThreadCpu.Time, () => false),
            loggedThrough: 0,
            TimeProvider.System,
            Durations.New().Score,
            recovered: () => { });
    }
}
