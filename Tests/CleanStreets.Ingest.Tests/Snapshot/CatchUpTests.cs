using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Match;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Recover;
using CleanStreets.Ingest.Score;
using CleanStreets.Ingest.Tests.Observe;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Observations;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Snapshot;

/// <summary>Match behind its queue while Score takes nothing: the slowest catch-up there can be.</summary>
public sealed class CatchUpTests : IDisposable
{
    private readonly RecoveryBench _bench = new();
    private readonly System.Threading.Channels.Channel<IngestBatch> _live = StageLoop.Queue<IngestBatch>(2);
    private readonly System.Threading.Channels.Channel<ScoreWork> _score = StageLoop.Queue<ScoreWork>(1);
    private readonly BatchPool _pool = new(4, 1 << 20);

    [Fact]
    public async Task Live_batches_are_given_back_though_score_takes_nothing_so_acknowledging_goes_on()
    {
        var running = Start(out var catchUp);
        for (var i = 0; i < 50; i++)
        {
            await GiveLiveAsync();
        }

        await Eventually.TrueAsync("every batch is back", () => _pool.Free == _pool.Capacity);
        running.IsCompleted.ShouldBeFalse();
        catchUp.Stop();
        _live.Writer.Complete();
        await TakeAllAsync();
        await running.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Stopped_it_ends_with_the_batch_it_is_at_and_says_nothing_of_an_end()
    {
        var running = Start(out var catchUp);
        await Eventually.TrueAsync("it has begun", () => _score.Reader.Count > 0);
        catchUp.Stop();
        await GiveLiveAsync();
        _live.Writer.Complete();
        var taken = await TakeAllAsync();
        await running.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        taken.ShouldAllBe(batch => batch.Marker == BatchMarker.None);
        taken.Count.ShouldBeInRange(1, 3);
        taken[^1].ThroughPosition.ShouldBeLessThan(_bench.Ends[^1]);
        _pool.Free.ShouldBe(_pool.Capacity, "what was live is on disk and is read at the next start");
    }

    public void Dispose() => _bench.Dispose();

    private Task Start(out CatchUp catchUp)
    {
        _bench.Write(seed: 3, messages: 200, startMs: 1_764_000_000_000);
        var progress = new JournalProgress();
        progress.Opened(_bench.Ends[^1], bytes: 0);
        var live = new LingeringReader<IngestBatch>(_live.Reader);
        catchUp = new CatchUp(live, _pool, _bench.Options.Pipeline, progress);
        var method = new CrowMethod(new CrowOptions());
        var recovering = Task.FromResult(_bench.Recovery().RecoverState(
            _bench.Network.Version,
            long.MaxValue,
            () => new TraceMatcher(_bench.Network, new MatchingOptions(), new ObservationOptions(), _bench.Options.Match),
            () => new ScoreKeeper(_bench.Network, method, new ScoreBoard(_bench.Network.Segments.Count))));
        var stage = new MatchStage(live, _score.Writer, recovering, catchUp, _pool, Durations.New().Match);
        return Task.Run(stage.RunAsync);
    }

    private async Task GiveLiveAsync()
    {
        IngestBatch? batch = null;
        await Eventually.TrueAsync("a batch is free", () => _pool.TryRent(out batch!));
        batch!.ThroughPosition = _bench.Ends[^1];
        await _live.Writer.WriteAsync(batch, TestContext.Current.CancellationToken);
    }

    private async Task<List<MatchedBatch>> TakeAllAsync()
    {
        var taken = new List<MatchedBatch>();
        while (await _score.Reader.WaitToReadAsync(TestContext.Current.CancellationToken))
        {
            while (_score.Reader.TryRead(out var work))
            {
                taken.Add((MatchedBatch)work);
            }
        }

        return taken;
    }
}
