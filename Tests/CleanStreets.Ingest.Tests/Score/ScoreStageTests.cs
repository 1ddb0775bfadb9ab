using CleanStreets.Contracts;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Match;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Score;
using CleanStreets.Ingest.Store;
using CleanStreets.Ingest.Tests.Observe;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Ingest.Tests.Score;

public sealed class ScoreStageTests
{
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task Sweep_shows_nothing_before_the_replay_has_ended(bool ended, int swept)
    {
        var input = StageLoop.Queue<ScoreWork>(4);
        var (toPublish, toStore) = (StageLoop.Queue<IReadOnlyList<SegmentScore>>(8), StageLoop.Queue<StoreBatch>(8));
        var method = new CrowMethod(new CrowOptions());
        var network = StreetNetwork.Create([new StreetDefinition(SegmentId.Parse("a"), "A", null, OneWay: false, [new(52, 13), new(52.001, 13)])]);
        var stage = new ScoreStage(
            input.Reader,
            toPublish.Writer,
            toStore.Writer,
            Task.FromResult(new ScoreKeeper(network, method, new ScoreBoard(network.Segments.Count))),
            method,
            new RoundPacer(TimeSpan.Zero, TimeProvider.System, () => ThreadCpu.Time),
            loggedThrough: 0,
            TimeProvider.System,
            Durations.New().Score,
            recovered: () => { });
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
}
